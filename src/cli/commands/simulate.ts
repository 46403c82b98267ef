/** `dant simulate`: a recording whose neurons and motion are known. */
import type { Command } from 'commander';
import { PROBE_NAMES } from '../../core/simulation/probes.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { refuseToReplace } from '../refuse-to-replace.ts';
import {
  optionError,
  readSimulation,
  SIMULATION_NUMBERS,
  SIMULATION_PRESETS,
  simulationDefault,
} from '../simulation-input.ts';
import { formatSimulation } from '../ui/summary.ts';
import { addCommonOptions, collect } from './options.ts';

interface Options extends CommonOptions {
  readonly preset?: string;
  readonly probe?: string;
  readonly peth: boolean;
  readonly halves?: boolean;
  readonly set?: readonly string[];
  readonly force?: boolean;
}

const EXAMPLES = `
OUT becomes a data folder for \`dant run\`; neuron_id.npy and true_motion.npy hold the truth for \`dant score\`.
Presets: chronic is a few hundred units, tracked in seconds; large is what a big recording amounts to.

Examples:
  dant simulate demo
  dant simulate demo --preset chronic --drift 30 --seed 4
  dant simulate shanks --probe np2-four-shank --sessions 8
  dant simulate demo --set wander.shape=0.1 --set peth.missing=0.3`;

export function addSimulateCommand(program: Command): void {
  const command = program
    .command('simulate')
    .summary('simulate a recording whose neurons are known')
    .description('Simulate a chronic recording whose neurons and motion are known.')
    .argument('<out>', 'data folder to write')
    .option('-p, --preset <name>', `start from ${Object.keys(SIMULATION_PRESETS).join(' or ')}`)
    .option('--probe <name>', `${PROBE_NAMES.join(', ')} (default: ${simulationDefault('probe')})`);
  const numbers = new Map<string, string>();
  for (const { flag, key, description } of SIMULATION_NUMBERS) {
    const value = simulationDefault(key);
    command.option(flag, value === undefined ? description : `${description} (default: ${value})`, (text) => {
      numbers.set(key, text);
      return text;
    });
  }
  command
    .option('--no-peth', 'a recording without PETH')
    .option('--halves', 'also the waveforms over either half of the spikes, for dant evaluate')
    .option('-s, --set <key=number>', 'set any other number; may stand several times', collect)
    .option('--force', 'replace a recording that is there already');
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('simulate', options, async ({ onEvent, signal, ifStopped }) => {
        const simulation = readSimulation({ ...options, numbers });
        const dataFolder = resolvePath('argument OUT', out);
        if (options.force !== true) refuseToReplace(dataFolder);
        ifStopped(`Stopped. Nothing was changed in ${dataFolder}.`);
        const { simulateFolder } = await import('../../stages/simulate.ts');
        const result = await simulateFolder(dataFolder, simulation, {
          halves: options.halves,
          onEvent,
          signal,
        }).catch((error) => {
          throw optionError(error);
        });
        return { result, text: formatSimulation(result) };
      }),
    );
}
