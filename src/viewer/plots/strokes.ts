import { sessionInk } from '../theme/palette.ts';

/** How the lines of the units are told apart. */
export interface Strokes {
  readonly units: readonly number[];
  readonly colour: (unit: number) => string;
  /** Units that stand out; all do when there are none. */
  readonly chosen: ReadonlySet<number>;
  /** Names in exported tables. */
  readonly session: Int32Array;
}

export const sessionStrokes = (
  units: readonly number[],
  session: Int32Array,
  chosen: ReadonlySet<number>,
): Strokes => ({
  units,
  session,
  colour: (unit) => sessionInk(session[unit]),
  chosen: new Set(units.filter((unit) => chosen.has(unit))),
});

/** Attributes of the line of a unit. */
export function strokeOf({ colour, chosen }: Strokes, unit: number) {
  const faded = chosen.size > 0 && !chosen.has(unit);
  return { stroke: colour(unit), strokeWidth: faded ? 0.9 : 1.25, opacity: faded ? 0.22 : 0.9, fill: 'none' };
}
