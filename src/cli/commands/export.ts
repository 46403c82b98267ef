/** `dant export`: a result in the formats of other programs. */
import { type Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../io/export/formats.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatExport } from '../ui/summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly to: ExportFormat;
  readonly output?: string;
  readonly automatic?: boolean;
  readonly data?: string;
}

const EXAMPLES = `
csv             units.csv (one row per unit) and neurons.csv (neurons × sessions)
parquet         the same tables as Parquet
mat             Output.mat, a struct Output for MATLAB (v7.3)
nwb             session_<k>.nwb with spike times, waveforms and neurons
phy             copies of cluster_*.tsv with a column neuron_id, and cluster_neuron_id.tsv for phy to show
spikeinterface  a unit property and a curation file for every session
unitmatch       MatchTable.csv, the candidate pairs

Neurons curated by hand are used when there are some, applied or not; --automatic passes over them.
What the files hold, and how Python, MATLAB and R read them: docs/export.md.

Examples:
  dant export DANT_Output --to csv
  dant export DANT_Output --to mat --output for-matlab
  dant export DANT_Output --to nwb --data data`;

export function addExportCommand(program: Command): void {
  addCommonOptions(
    program
      .command('export')
      .summary('write a result for other programs')
      .description('Write a result as tables or in the formats of other programs.')
      .argument('<out>', 'result folder')
      .addOption(new Option('--to <format>', 'what to write').choices(EXPORT_FORMATS).makeOptionMandatory())
      .option('-o, --output <dir>', 'folder to write into (default: export/<format> in the result folder)')
      .option('--automatic', 'neurons as they were before curation by hand')
      .option('--data <dir>', 'data folder, for nwb (default: the one that was tracked)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('export', options, async ({ onEvent, signal, ifStopped }) => {
        const { exportResult } = await import('../../stages/export.ts');
        ifStopped('Stopped. Nothing was changed.');
        const result = await exportResult(resolvePath('argument OUT', out), {
          to: options.to,
          output: resolveIfGiven('--output', options.output),
          automatic: options.automatic,
          dataFolder: resolveIfGiven('--data', options.data),
          onEvent,
          signal,
        });
        return { result, text: formatExport(result) };
      }),
    );
}
