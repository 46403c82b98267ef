/** `dant compare`: two results of one recording. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { formatComparison } from '../ui/evaluation-text.ts';
import { addCommonOptions } from './options.ts';

const EXAMPLES = `
A result is a folder of dant or pyDANT, an IdxCluster.npy, or a table (.csv) with the columns unit and neuron, as other programs can write it.

Examples:
  dant compare DANT_Output pyDANT_Output
  dant compare DANT_Output curated/units.csv --json`;

export function addCompareCommand(program: Command): void {
  addCommonOptions(
    program
      .command('compare')
      .summary('compare two results of one recording')
      .description('Compare two results: agreement of matched pairs, neurons that differ, units that moved.')
      .argument('<a>', 'a result')
      .argument('<b>', 'another result of the same recording'),
  )
    .addHelpText('after', EXAMPLES)
    .action((a: string, b: string, options: CommonOptions) =>
      execute('compare', options, async () => {
        const { compareFolders } = await import('../../stages/compare.ts');
        const result = await compareFolders(resolvePath('argument A', a), resolvePath('argument B', b));
        return { result, text: formatComparison(result) };
      }),
    );
}
