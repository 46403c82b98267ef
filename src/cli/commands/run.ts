/** `dant run`: track the neurons of a recording. */
import { type Command, Option } from 'commander';
import { CHECKPOINT_MODES, hasCheckpoint } from '../../stages/checkpoint-mode.ts';
import type { RunOptions } from '../../stages/stage-options.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { type InputOptions, readInput, readMemory } from '../input.ts';
import { formatRunSummary } from '../ui/summary.ts';
import { addCommonOptions, addDataOptions, integer } from './options.ts';

interface Options extends CommonOptions, InputOptions {
  readonly shanks: RunOptions['shanks'];
  readonly shank?: number;
  readonly figures: boolean;
  readonly resume?: boolean;
  readonly memory?: string;
  readonly checkpoints: RunOptions['checkpoints'];
}

const EXAMPLES = `
DATA is a data folder, to be tracked with the default settings, or a settings file. Without it, settings.json in the
current folder is used when there is one, else the data in the current folder.

Examples:
  dant run data
  dant run data --output results --set clustering.max_distance=50
  dant run settings.json --preset recommended
  dant run settings.json --set 'clustering.features=["Waveform","AutoCorr","ISI"]'
  dant run data --quiet --json > summary.json
  dant run data --output results --resume
  dant run data --memory 8`;

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .summary('track the neurons of a recording')
    .description(
      'Track the neurons of a recording: find the units of different sessions that are one neuron.',
    )
    .argument('[data]', 'data folder or settings file')
    .option(
      '-o, --output <dir>',
      'folder for the results (default: ./DANT_Output, or what the settings say)',
    );
  addDataOptions(command)
    .option(
      '--shank <id>',
      'track this shank alone, into Shank<id>/ of the output folder; `dant merge` puts shanks together',
      integer(),
    )
    .option('--no-figures', 'draw no figures')
    .option('--memory <GB>', 'memory that may be used (default: 70 % of what the machine has)')
    .option('--resume', 'go on where an earlier run into the same folder was stopped')
    .addOption(
      new Option(
        '--checkpoints <when>',
        'keep finished steps for --resume. auto: once a run has lasted 30 s; always; never',
      )
        .choices(CHECKPOINT_MODES)
        .default('auto'),
    );
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((data: string | undefined, options: Options) =>
      execute('run', options, async (context) => {
        const input = await readInput(data, options);
        for (const text of input.notes) context.onEvent({ kind: 'log', text });
        for (const text of input.warnings) context.onEvent({ kind: 'warning', text });
        const output = input.userSettings.output_folder;
        context.ifStopped(() => {
          const goOn = hasCheckpoint(output) ? ' Go on with --resume.' : '';
          return `Stopped. Nothing was changed in ${output}.${goOn}`;
        });
        const lastStage = options.figures ? 'figures' : 'write';
        const { runFolder } = await import('../../stages/run.ts');
        const summary = await runFolder(input.userSettings, {
          onEvent(event) {
            context.onEvent(event);
            if (event.kind === 'stage' && event.stage === lastStage && event.state === 'end') {
              context.ifStopped(`Stopped while putting the results in ${output}: run the command again.`);
            }
          },
          signal: context.signal,
          fromFile: input.fromFile,
          source: input.source,
          shanks: options.shanks,
          shank: options.shank,
          figures: options.figures,
          memory: readMemory(options.memory),
          resume: options.resume,
          checkpoints: options.checkpoints,
        });
        const result = { ...summary, warnings: [...input.warnings, ...summary.warnings] };
        return { result, text: formatRunSummary(result, { figures: options.figures }) };
      }),
    );
}
