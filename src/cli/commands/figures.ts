/** `dant figures`: pictures of single neurons. */
import path from 'node:path';
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { readNumbers } from '../neuron-numbers.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatNumberOf } from '../ui/text.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly clusters: string;
  readonly data?: string;
}

const EXAMPLES = `
Each shows one neuron over all sessions: waveforms on the probe, autocorrelogram, inter-spike intervals, PETH, depth
with the motion, and the similarities of its units. The other figures of a result are drawn by \`dant run\`. Numbers
are those of the curated result when there is a curation (\`dant view\`).

Examples:
  dant figures DANT_Output --clusters 1,5,9
  dant figures DANT_Output --clusters all`;

export function addFiguresCommand(program: Command): void {
  addCommonOptions(
    program
      .command('figures')
      .summary('draw single neurons over all sessions')
      .description('Draw single neurons over all sessions, as OUT/Figures/Clusters/Cluster<k>.png.')
      .argument('<out>', 'folder of a finished result')
      .requiredOption('--clusters <numbers>', 'neurons to draw, such as 1,5,9, or all')
      .option('--data <dir>', 'data folder that was tracked (default: the one that the result names)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('figures', options, async ({ onEvent, signal, ifStopped }) => {
        const clusters = options.clusters === 'all' ? 'all' : readNumbers('--clusters', options.clusters);
        const { writeClusterFigures } = await import('../../stages/cluster-figures.ts');
        const folder = resolvePath('argument OUT', out);
        ifStopped(`Stopped. The figures that are finished are in ${folder}.`);
        const files = await writeClusterFigures(folder, {
          clusters,
          dataFolder: resolveIfGiven('--data', options.data),
          warn: (text) => onEvent({ kind: 'warning', text }),
          signal,
          onProgress: (done, total) =>
            onEvent({ kind: 'progress', stage: 'figures', step: 'Neurons', done, total }),
        });
        return {
          result: { files },
          text: `${formatNumberOf(files.length, 'figure')} in ${path.join(out, 'Figures', 'Clusters')}`,
        };
      }),
    );
}
