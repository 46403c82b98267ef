/** `dant compare`: two results of one recording. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { formatComparison } from '../ui/evaluation-text.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly curated?: boolean;
}

const EXAMPLES = `
A result is a folder of dant or pyDANT, an IdxCluster.npy, or a table (.csv) with the columns unit and neuron, as other programs can write it.

Examples:
  dant compare DANT_Output pyDANT_Output
  dant compare DANT_Output DANT_Output/IdxCluster_curated.npy
  dant compare DANT_Output curated/units.csv --json`;

export function addCompareCommand(program: Command): void {
  addCommonOptions(
    program
      .command('compare')
      .summary('compare two results of one recording')
      .description('Compare two results: agreement of matched pairs, neurons that differ, units that moved.')
      .argument('<a>', 'a result')
      .argument('<b>', 'another result of the same recording')
      .option('--curated', 'neurons of folders as they were curated by hand (default: the automatic ones)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((a: string, b: string, options: Options) =>
      execute('compare', options, async ({ onEvent }) => {
        const { compareFolders } = await import('../../stages/compare.ts');
        const result = await compareFolders(resolvePath('argument A', a), resolvePath('argument B', b), {
          curated: options.curated,
          onEvent,
        });
        return { result, text: formatComparison(result) };
      }),
    );
}
