/** `dant score`: compare a result with the truth of a simulated recording. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatScore } from '../ui/summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly curated?: boolean;
}

const EXAMPLES = `
Needs neuron_id.npy, and for the motion true_motion.npy, as \`dant simulate\` writes them into the data folder.

Examples:
  dant score DANT_Output
  dant score DANT_Output --data demo --json`;

export function addScoreCommand(program: Command): void {
  addCommonOptions(
    program
      .command('score')
      .summary('compare a result with the truth of a simulated recording')
      .description(
        'Compare a result with the truth: precision and recall of matched pairs, Rand index, motion error.',
      )
      .argument('<out>', 'result folder')
      .option('--data <dir>', 'data folder with the truth (default: the one that was tracked)')
      .option('--curated', 'neurons as they were curated by hand (default: the automatic ones)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('score', options, async ({ onEvent }) => {
        const { scoreFolder } = await import('../../stages/score.ts');
        const result = await scoreFolder(resolvePath('argument OUT', out), {
          dataFolder: resolveIfGiven('--data', options.data),
          curated: options.curated,
          onEvent,
        });
        return { result, text: formatScore(result) };
      }),
    );
}
