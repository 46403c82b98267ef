/** `dant merge`: put shanks together that were tracked by jobs of their own. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatMerge } from '../ui/summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly figures: boolean;
}

const EXAMPLES = `
Shanks can be tracked one by one, on several machines: \`dant run DATA --output OUT --shank ID\` writes OUT/Shank<ID>/.
The merged files are those of \`dant run DATA --shanks each\`.

Examples:
  dant merge results
  dant merge results --data moved/data`;

export function addMergeCommand(program: Command): void {
  addCommonOptions(
    program
      .command('merge')
      .summary('put shanks together that were tracked one by one')
      .description('Put the shank folders of an output folder together into files of the whole recording.')
      .argument('<out>', 'output folder with Shank<ID>/ of every shank')
      .option('--data <dir>', 'data folder (default: the one that was tracked)')
      .option('--no-figures', 'draw no figures'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('merge', options, async ({ onEvent, signal, ifStopped }) => {
        const outputFolder = resolvePath('argument OUT', out);
        ifStopped(`Stopped. Nothing was changed in ${outputFolder}.`);
        const { mergeShanks } = await import('../../stages/merge-shanks.ts');
        const dataFolder = resolveIfGiven('--data', options.data);
        const { figures } = options;
        const result = await mergeShanks(outputFolder, { dataFolder, figures, onEvent, signal });
        return { result, text: formatMerge(result) };
      }),
    );
}
