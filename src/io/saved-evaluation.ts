/** What `dant evaluate` wrote into the folder of a result. */
import { InputError } from '../core/errors.ts';
import type { Evaluation } from '../core/evaluation/evaluation.ts';
import type { Store } from './byte-source.ts';

export const EVALUATION_FILE = 'Evaluation.json';

/** One evaluation, or one for each shank; numbers that are none are null. */
export interface SavedEvaluation {
  /** Features of the matching and of the motion. */
  readonly used: readonly string[];
  readonly shanks: readonly { readonly shank?: number; readonly evaluation: Evaluation }[];
}

/** @returns undefined before the result was evaluated. @throws InputError when the file is damaged */
export async function readEvaluation(store: Store): Promise<SavedEvaluation | undefined> {
  const source = await store.open(EVALUATION_FILE);
  if (!source) return undefined;
  const text = new TextDecoder().decode(await source.read(0, source.size));
  try {
    const { used, shanks } = JSON.parse(text) as SavedEvaluation;
    // Versions before told no warnings.
    const whole = shanks.map(({ shank, evaluation }) => ({
      ...(shank !== undefined && { shank }),
      evaluation: { ...evaluation, warnings: evaluation.warnings ?? [] },
    }));
    return { used, shanks: whole };
  } catch (cause) {
    throw new InputError(
      {
        where: source.name,
        found: 'text that is no evaluation',
        expected: 'what `dant evaluate` wrote',
        remedy: 'The file is damaged: evaluate again.',
      },
      { cause },
    );
  }
}
