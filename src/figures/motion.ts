/** Motion: how far the probe moved between sessions, with its 95 % band. */
import type { Motion } from '../core/motion/motion.ts';
import type { MotionBand, MotionRound, MovedResult } from '../core/result.ts';
import { finiteExtent } from './histogram.ts';
import {
  colourOf,
  count,
  type Frame,
  messagePanel,
  micrometres,
  page,
  panelOf,
  panelWidth,
} from './panel.ts';
import { type RecordedShank, type Recording, shankTitle } from './recording.ts';
import { COLOURS, type FigureSpec, type Kinds, type Layer, SHANK_COLOURS, type View } from './theme.ts';
import { sessionScale } from './unit-locations.ts';

/** Where along the probe a curve holds. */
const EVERYWHERE = 'all depths';
const LARGEST_Y = 'largest y';
const SMALLEST_Y = 'smallest y';
const PLACES: Kinds = {
  names: [EVERYWHERE, LARGEST_Y, SMALLEST_Y],
  colours: [COLOURS.blue, COLOURS.vermillion, COLOURS.blue],
};

/** Motion in one session: a point of a curve. */
export interface MotionRow {
  readonly session: number;
  /** Name of the curve: a place along the probe, or a shank. */
  readonly curve: string;
  /** µm; missing for motion that is the same at all depths. */
  readonly depth?: number;
  /** µm */
  readonly motion: number;
  /** 2.5 and 97.5 percentile, µm; missing when the motion was not estimated from pairs. */
  readonly lower?: number;
  readonly upper?: number;
}

/** The saved motion of a shank, with the bands of the round that estimated it. */
export function savedMotionRows(result: MovedResult): MotionRow[] {
  const round = result.rounds.findLast((r) => r.motion?.equals(result.motion));
  return motionRows(result, result.motion, round?.bands ?? []);
}

/** The curves of the bands; without bands those of the motion, at the smallest and largest y of the units if they differ. */
function motionRows(result: MovedResult, motion: Motion, bands: readonly MotionBand[]): MotionRow[] {
  if (bands.length > 0) return bandRows(bands);
  const { low, high } = finiteExtent(result.features.locations.filter((_, i) => i % 3 === 1));
  const depths = motion.isLinear && low <= high ? [low, high] : [undefined];
  return depths.flatMap((depth, i) =>
    Array.from(motion.constant, (_, s) => ({
      session: s + 1,
      curve: placeOf(i, depths.length),
      depth,
      motion: motion.getMotion(s + 1, depth),
    })),
  );
}

/** The curves of bands, by depth. */
export function bandRows(bands: readonly MotionBand[]): MotionRow[] {
  const sorted = [...bands].sort((a, b) => (a.depth ?? 0) - (b.depth ?? 0));
  return sorted.flatMap(({ depth, estimate, lower, upper }, i) =>
    Array.from(estimate, (motion, s) => ({
      session: s + 1,
      curve: placeOf(i, sorted.length),
      depth,
      motion,
      ...(Number.isFinite(lower[s] + upper[s]) ? { lower: lower[s], upper: upper[s] } : {}),
    })),
  );
}

const placeOf = (i: number, places: number) => (places === 1 ? EVERYWHERE : i === 0 ? SMALLEST_Y : LARGEST_Y);

/** The motion of every shank half way between its smallest and its largest y, one curve per shank. */
export function shankMotionRows(shanks: readonly RecordedShank<MovedResult>[]): MotionRow[] {
  return shanks.flatMap(({ shankId, result }) => {
    const depths = savedMotionRows(result).flatMap(({ depth }) => (depth === undefined ? [] : [depth]));
    const middle = depths.length === 0 ? undefined : (Math.min(...depths) + Math.max(...depths)) / 2;
    return Array.from(result.motion.constant, (_, s) => ({
      session: s + 1,
      curve: String(shankId ?? 1),
      depth: middle,
      motion: result.motion.getMotion(s + 1, middle),
    }));
  });
}

/** Curves with bands; `range` is shared by panels that are compared. */
export function motionPanel(
  rows: readonly MotionRow[],
  frame: Frame & { sessionCount: number; range: readonly [number, number] },
): View {
  const { sessionCount, range, yTitle = true } = frame;
  if (rows.length === 0) return messagePanel('No motion', frame);
  const kinds = curveKinds(rows);
  const x = { field: 'session', type: 'quantitative' as const, ...sessionScale(sessionCount, frame.width) };
  const y = {
    type: 'quantitative' as const,
    title: yTitle ? 'Motion (µm)' : null,
    scale: { domain: [...range], nice: true },
    axis: { tickCount: Math.round(frame.height / 30) },
  };
  const single = kinds.names.length === 1;
  const color = { ...colourOf('curve', kinds, frame), ...(single ? { legend: null } : {}) };
  const layers: Layer[] = [
    {
      data: { values: [{ zero: 0 }] },
      mark: { type: 'rule', color: COLOURS.paleGrey, strokeWidth: 1 },
      encoding: { y: { field: 'zero', ...y } },
    },
    {
      data: { values: rows.filter((row) => row.lower !== undefined) },
      mark: { type: 'area', opacity: 0.22 },
      encoding: { x, y: { field: 'lower', ...y }, y2: { field: 'upper' }, color },
    },
    {
      data: { values: [...rows] },
      mark: { type: 'line', strokeWidth: 1.3, point: { size: sessionCount > 25 ? 10 : 18, filled: true } },
      encoding: { x, y: { field: 'motion', ...y }, color },
    },
  ];
  return panelOf(frame, layers, single ? undefined : kinds);
}

/** Names and colours of the curves: places along the probe have their own, shanks take theirs in order. */
function curveKinds(rows: readonly MotionRow[]): Kinds {
  const curves = [...new Set(rows.map(({ curve }) => curve))];
  const places = PLACES.names.filter((name) => curves.includes(name));
  if (places.length > 0) {
    return { names: places, colours: places.map((name) => PLACES.colours[PLACES.names.indexOf(name)]) };
  }
  return { names: curves, colours: curves.map((_, i) => SHANK_COLOURS[i % SHANK_COLOURS.length]) };
}

/** Range that holds all rows with their bands, and zero, µm. */
export function motionRange(rows: readonly MotionRow[]): [number, number] {
  const ends = rows.flatMap((r) => [r.motion, r.lower ?? r.motion, r.upper ?? r.motion]);
  const { low, high } = finiteExtent([0, ...ends]);
  return low < high ? [low, high] : [-1, 1];
}

/** The motion with which the waveforms were corrected, one panel per shank. */
export function motionFigure({ shanks, sessionCount }: Recording<MovedResult>): FigureSpec {
  const panels = shanks.map((shank) => {
    const { rounds, motion } = shank.result;
    const round = rounds.findLastIndex((r) => r.motion?.equals(motion)) + 1;
    return {
      rows: savedMotionRows(shank.result),
      title: shankTitle(shank),
      source: sourceText(round, rounds.length),
    };
  });
  return motionPage('Motion of the probe between sessions', panels, sessionCount);
}

const sourceText = (round: number, rounds: number) =>
  round === 0 ? 'given or zero, not estimated' : `estimated in round ${round} of ${rounds}`;

/** The motion estimated in one round; undefined when the round made no estimate. */
export function roundMotionFigure(
  result: MovedResult,
  round: MotionRound,
  { roundNumber }: { roundNumber: number },
): FigureSpec | undefined {
  if (!round.motion) return undefined;
  const rows = motionRows(result, round.motion, round.bands);
  const used = round.pairUsed.reduce((sum, n) => sum + n, 0);
  return motionPage(
    `Motion of the probe estimated in round ${roundNumber}`,
    [{ rows, title: '', source: `${count(used, 'pair')} used` }],
    result.sessionCount,
  );
}

interface MotionCurves {
  readonly rows: readonly MotionRow[];
  readonly title: string;
  /** Where the motion comes from. */
  readonly source: string;
}

function motionPage(title: string, curves: readonly MotionCurves[], sessionCount: number): FigureSpec {
  const columns = Math.max(1, Math.min(curves.length, sessionCount > 15 ? 2 : 4));
  const frame = { width: Math.min(panelWidth(columns), 480), height: columns === 1 ? 220 : 160 };
  const range = motionRange(curves.flatMap(({ rows }) => rows));
  const panels = curves.map((curve, i) =>
    motionPanel(curve.rows, {
      ...frame,
      title: curve.title,
      subtitle: describe(curve),
      sessionCount,
      range,
      yTitle: i % columns === 0,
    }),
  );
  const banded = curves.some(({ rows }) => rows.some((row) => row.lower !== undefined));
  return page(
    title,
    [
      ...(curves.length === 1 ? [capitalised(`${describe(curves[0]).join('; ')}.`)] : []),
      'Positive: units appear at larger y.',
      ...(banded ? ['Shaded: 95 % band, from resampling the pairs of units.'] : []),
    ],
    panels,
    { columns },
  );
}

/** Where the motion comes from and at which depths it is shown. */
function describe({ rows, source }: MotionCurves): string[] {
  const depths = [...new Set(rows.flatMap(({ depth }) => (depth === undefined ? [] : [depth])))];
  return depths.length === 0 ? [source] : [source, `y = ${depths.map(micrometres).join(' and ')} µm`];
}

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);
