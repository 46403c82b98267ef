/** `dant curate`: what a curation by hand has come to, and its result as files. */
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { type CommonOptions, execute, type Outcome } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';
import { formatCurated, formatCuration } from '../ui/curation-summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly apply?: boolean;
  readonly setAside?: boolean;
}

const EXAMPLES = `
Curate with \`dant view OUT\`; the operations stand in OUT/Curation.jsonl. --apply replays them and writes into OUT
IdxCluster_curated.npy, ClusterMatrix_curated.npy, MatchedPairs_curated.npy, Curation.csv (a row per unit) and
Curation.json (SpikeInterface's curation format). The automatic result stays as it is.

Examples:
  dant curate DANT_Output
  dant curate DANT_Output --apply
  dant curate DANT_Output --set-aside      begin anew after tracking again; the old log is kept`;

export function addCurateCommand(program: Command): void {
  addCommonOptions(
    program
      .command('curate')
      .summary('show a curation by hand, or write its result')
      .description('Show what a curation by hand has come to, or write its result.')
      .argument('<out>', 'folder of a finished result')
      .option('--apply', 'write the curated result beside the automatic one')
      .option('--set-aside', 'keep the curation of another result under another name')
      .option('--data <dir>', 'data folder that was tracked (default: the one that the result names)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('curate', options, async ({ onEvent }): Promise<Outcome> => {
        const folder = resolvePath('argument OUT', out);
        if (options.apply && options.setAside) throw contradiction();
        const { applyCuration, curationSummary, setAside } = await import('../../stages/curate.ts');
        if (options.setAside) {
          const file = await setAside(folder);
          return { result: { file }, text: file ? `The curation is now ${file}.` : 'There is no curation.' };
        }
        if (options.apply) {
          const result = await applyCuration(folder, {
            dataFolder: resolveIfGiven('--data', options.data),
            warn: (text) => onEvent({ kind: 'warning', text }),
          });
          return { result, text: formatCurated(result, out) };
        }
        const result = await curationSummary(folder);
        for (const text of result.warnings) onEvent({ kind: 'warning', text });
        return { result, text: formatCuration(result) };
      }),
    );
}

const contradiction = () =>
  new InputError({
    where: '--apply --set-aside',
    found: 'both',
    expected: 'one of them',
    remedy: 'Apply a curation, or set it aside.',
  });
