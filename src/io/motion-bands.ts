/** How certain the motion of a result is, from `resultIter.json`. */
import { z } from 'zod';
import type { Motion } from '../core/motion/motion.ts';
import type { Store } from './byte-source.ts';
import { shankFolder } from './result-folder.ts';

/** 2.5 and 97.5 percentile of the motion at one depth. */
export interface SavedBand {
  /** µm; undefined for rigid motion, which is the same at all depths. */
  readonly depth?: number;
  /** (sessions,) µm. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

const NUMBERS = z.array(z.number());
const ROUNDS = z.array(
  z.object({
    motion: z.object({ linear: NUMBERS, constant: NUMBERS }).nullish(),
    bands: z.array(z.object({ depth: z.number().optional(), lower: NUMBERS, upper: NUMBERS })).optional(),
  }),
);

/**
 * The bands of each motion; none where no round is known that estimated it, such as for a motion that was given.
 * @param motions those of the result with the shank each belongs to, undefined for a result without
 */
export async function readMotionBands(
  store: Store,
  motions: readonly { readonly shankId?: number; readonly motion: Motion }[],
): Promise<readonly (readonly SavedBand[])[]> {
  const source = await store.open('resultIter.json');
  const content = source && parsed(new TextDecoder().decode(await source.read(0, source.size)));
  return motions.map(({ shankId, motion }) => {
    const list =
      shankId === undefined ? content : (content as Record<string, unknown>)?.[shankFolder(shankId)];
    const rounds = ROUNDS.safeParse(list);
    if (!rounds.success) return [];
    const own = rounds.data.findLast(
      (round) => same(round.motion?.constant, motion.constant) && same(round.motion?.linear, motion.linear),
    );
    return (own?.bands ?? []).filter(({ lower, upper }) =>
      [lower, upper].every((values) => values.length === motion.constant.length),
    );
  });
}

/** Undefined for what is no JSON: another program's file of that name says nothing here. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const same = (a: readonly number[] | undefined, b: Float64Array) =>
  a?.length === b.length && a.every((value, i) => value === b[i]);
