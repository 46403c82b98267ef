/** `dant report`: a result as one HTML file. */
import type { Command } from 'commander';
import { formatBytes } from '../../core/format-bytes.ts';
import { packageVersion } from '../../stages/package-version.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { readNumbers } from '../neuron-numbers.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatNumberOf } from '../ui/text.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly neurons?: string;
  readonly data?: string;
}

const EXAMPLES = `
One file with the overview, the table of all neurons and a page for each neuron asked for. It opens in any browser
without dant, and fetches nothing. Operations made in \`dant view\` are included.

Examples:
  dant report DANT_Output report.html
  dant report DANT_Output report.html --neurons 1,5,9`;

export function addReportCommand(program: Command): void {
  addCommonOptions(
    program
      .command('report')
      .summary('write a result as one HTML file')
      .description('Write a result as one HTML file that needs nothing else.')
      .argument('<out>', 'folder of a finished result')
      .argument('<file>', 'HTML file to write')
      .option('--neurons <numbers>', 'neurons with a page of their own, such as 1,5,9')
      .option('--data <dir>', 'data folder that was tracked (default: the one that the result names)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, file: string, options: Options) =>
      execute('report', options, async ({ onEvent, signal }) => {
        const neurons = options.neurons === undefined ? [] : readNumbers('--neurons', options.neurons);
        const { writeReport } = await import('../../stages/report.ts');
        const location = resolvePath('argument FILE', file);
        const result = await writeReport(resolvePath('argument OUT', out), location, {
          neurons,
          dataFolder: resolveIfGiven('--data', options.data),
          version: packageVersion(),
          warn: (text) => onEvent({ kind: 'warning', text }),
          signal,
          onProgress: (done, total) => {
            if (total > 0) onEvent({ kind: 'progress', stage: 'figures', step: 'Neurons', done, total });
          },
        });
        const pages = result.pages > 0 ? `, ${formatNumberOf(result.pages, 'page')} of neurons` : '';
        return {
          result: { file: location, ...result },
          text: `${file} (${formatBytes(result.bytes)}): ${formatNumberOf(result.neurons, 'neuron')}${pages}`,
        };
      }),
    );
}
