/** `dant evaluate`: how good a result is, without ground truth. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatEvaluation } from '../ui/evaluation-text.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly dates?: string;
  readonly figures: boolean;
}

const EXAMPLES = `
Estimates false and missed matches with intervals, and checks whether matched units behave alike in features that neither the matching nor
the motion used. To hold the spike trains out, track by waveforms alone. Judged is the automatic result, also where neurons were curated
by hand. Writes Evaluation.json and Figures/Evaluation.png into the result folder.

Examples:
  dant evaluate DANT_Output
  dant evaluate DANT_Output --dates 2024-03-01,2024-03-04,2024-03-11
  dant run data --output byWaveform --set 'clustering.features=["Waveform"]' --set 'motionEstimation.features=[["Waveform"]]'
  dant evaluate byWaveform --json`;

export function addEvaluateCommand(program: Command): void {
  addCommonOptions(
    program
      .command('evaluate')
      .summary('estimate how good a result is')
      .description('Evaluate a result: error rates without ground truth, functional checks, survival, yield.')
      .argument('<out>', 'result folder')
      .option('--data <dir>', 'data folder (default: the one that was tracked)')
      .option('--dates <list>', 'date or day number of every session (default: those of units.csv)')
      .option('--no-figures', 'draw no figure'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('evaluate', options, async ({ onEvent, signal }) => {
        const { evaluateFolder } = await import('../../stages/evaluate.ts');
        const result = await evaluateFolder(resolvePath('argument OUT', out), {
          dataFolder: resolveIfGiven('--data', options.data),
          dates: options.dates?.split(','),
          figures: options.figures,
          onEvent,
          signal,
        });
        return { result, text: formatEvaluation(result, options.figures) };
      }),
    );
}
