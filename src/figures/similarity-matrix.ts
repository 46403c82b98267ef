/** The weighted similarity of all units, sorted by session and depth. */
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import { type CellAxis, type HeatMap, type HeatMapContent, heatMapPanel, VIRIDIS } from './heat-map.ts';
import { type Frame, messagePanel } from './panel.ts';
import { correctedDepths, pairMatches, pairValues, type Recording } from './recording.ts';
import type { View } from './theme.ts';

/** Cells of the picture at most along a side: what a printer resolves on a column of a journal. */
export const MAX_CELLS = 600;

/** Units in a row: shank after shank, session after session, by depth without motion. */
export interface UnitOrder {
  /** Per shank: (units,) position of each of its units among all. */
  readonly positions: readonly Int32Array[];
  /** Runs of units of one session of one shank, and where they start. */
  readonly runs: readonly {
    readonly shank: number;
    readonly session: number;
    readonly start: number;
    readonly end: number;
  }[];
}

export function unitOrder({ shanks }: Recording): UnitOrder {
  const runs: { shank: number; session: number; start: number; end: number }[] = [];
  let next = 0;
  const positions = shanks.map(({ result }, shank) => {
    const depths = correctedDepths(result);
    const { sessions } = result;
    const units = Array.from(sessions, (_, u) => u);
    units.sort((a, b) => sessions[a] - sessions[b] || depths[a] - depths[b] || a - b);
    const position = new Int32Array(units.length);
    for (const unit of units) {
      const run = runs.at(-1);
      if (run?.shank === shank && run.session === sessions[unit]) run.end++;
      else runs.push({ shank, session: sessions[unit], start: next, end: next + 1 });
      position[unit] = next++;
    }
    return position;
  });
  return { positions, runs };
}

/** The largest similarity in every cell of the picture; NaN between shanks, for a unit with itself and for pairs that are not compared. */
export function similarityMap({ shanks, unitCount }: Recording, { positions }: UnitOrder): HeatMap {
  const side = Math.min(unitCount, MAX_CELLS);
  const values = new Float64Array(side * side).fill(Number.NEGATIVE_INFINITY);
  shanks.forEach(({ result: { sessions, clustering } }, s) => {
    const units = sessions.length;
    const { similarity, pairs, pairSimilarities } = clustering;
    const cells = positions[s].map((position) => Math.floor((position * side) / unitCount));
    const note = (a: number, b: number, value: number) => {
      const cell = Math.max(cells[a], cells[b]) * side + Math.min(cells[a], cells[b]);
      if (value > values[cell]) values[cell] = value;
    };
    if (pairSimilarities) {
      const { weighted } = pairSimilarities;
      for (let p = 0; p < pairs.count; p++) note(pairs.units[2 * p], pairs.units[2 * p + 1], weighted[p]);
      return;
    }
    if (!isNearbyMatrix(similarity)) {
      for (let a = 0; a < units; a++) for (let b = 0; b < a; b++) note(a, b, similarity[a * units + b]);
      return;
    }
    const { layout, pieces, pieceOf, origin, scale } = similarity;
    for (let p = 0; p < units; p++) {
      for (let q = p + 1; q < layout.end[p]; q++) {
        if (layout.sessions[p] === layout.sessions[q]) continue;
        note(layout.order[p], layout.order[q], pieces[pieceOf[p]][origin[p] + q] * scale);
      }
    }
  });
  for (let row = 0; row < side; row++) {
    for (let column = 0; column <= row; column++) {
      const value = values[row * side + column];
      values[row * side + column] = values[column * side + row] =
        value === Number.NEGATIVE_INFINITY ? Number.NaN : value;
    }
  }
  return { width: side, height: side, values };
}

export function similarityMatrixPanel(recording: Recording, frame: Frame): View {
  const { unitCount, shanks } = recording;
  if (unitCount === 0) return messagePanel('No units', frame);
  const order = unitOrder(recording);
  const map = similarityMap(recording, order);
  const axis = blockAxis(recording, order, frame.width);
  const content: HeatMapContent = {
    map,
    colours: { domain: [0, usualMatch(recording)], stops: VIRIDIS },
    x: { ...axis, title: shanks.length > 1 ? 'Shank' : 'Session' },
    y: { ...axis, title: shanks.length > 1 ? 'Shank' : 'Session' },
    legend: 'Fisher z',
    legendFormat: '.1f',
  };
  return heatMapPanel(content, frame);
}

/** Upper end of the colours: above 95 % of the matched pairs, or of all candidate pairs when none matched. */
function usualMatch({ shanks }: Recording): number {
  const pairs = shanks.map(({ result }) => ({
    matched: pairMatches(result),
    values: pairValues(result),
  }));
  const matched = pairs.flatMap((part) => [...part.values.filter((_, p) => part.matched[p] === 1)]);
  const chosen = matched.length > 0 ? matched : pairs.flatMap((part) => [...part.values]);
  const values = Float64Array.from(chosen.filter(Number.isFinite)).sort();
  const high = values[Math.floor(0.95 * (values.length - 1))] ?? 1;
  return Math.max(0.5, Math.ceil(2 * high) / 2);
}

/** Names and borders of the sessions, or of the shanks where there are several as far as there is room for them. */
function blockAxis(
  { shanks, unitCount }: Recording,
  { runs }: UnitOrder,
  length: number,
): Omit<CellAxis, 'title'> {
  const blocks =
    shanks.length === 1
      ? runs.map(({ session, start, end }) => ({ text: String(session), start, end }))
      : shanks.map(({ shankId }, shank) => {
          const own = runs.filter((run) => run.shank === shank);
          return { text: String(shankId), start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0 };
        });
  const cells = Math.min(unitCount, MAX_CELLS);
  const scale = cells / unitCount;
  const all = blocks.map(({ text, start, end }) => ({ text, at: ((start + end) / 2) * scale }));
  const apart = (labels: readonly { at: number }[]) =>
    labels.every(({ at }, i) => i === 0 || ((at - labels[i - 1].at) * length) / cells >= LABEL_DISTANCE);
  const labels = [1, 2, 5, 10, 20, 50]
    .map((step) => all.filter((_, i) => i % step === 0))
    .find((candidate) => apart(candidate));
  const lines = blocks.length <= 20 ? blocks.slice(1).map(({ start }) => start * scale) : [];
  return { labels: labels ?? [], lines };
}

/** Names nearer than this would touch, px. */
const LABEL_DISTANCE = 14;
