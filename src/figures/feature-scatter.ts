/** FeatureScatter: candidate pairs in the plane of two features, with the discriminant between matched and unmatched. */
import type { DrawableResult } from '../core/result.ts';
import { evenSample, finiteExtent } from './histogram.ts';
import { count, type Frame, messagePanel, page, panelOf, panelWidth } from './panel.ts';
import { type MatchPoint, matchClouds, type PlaneAxis, planeEncoding } from './point-cloud.ts';
import {
  type AnyResult,
  correctedDepths,
  pairMatches,
  pairValues,
  type RecordedShank,
  recordingOf,
  shankTitle,
} from './recording.ts';
import { type FigureSpec, type Layer, MATCH_KINDS, THRESHOLD_COLOUR, type View } from './theme.ts';

/** Points of one figure at most; beyond, matched and unmatched pairs are thinned out evenly. */
const MAX_POINTS = 5000;
const OPACITY = { unmatched: 0.45, matched: 0.7 };

/** Candidate pairs seen by two features, or by the only feature and the distance in depth. */
export interface ScatterPlane {
  readonly xName: string;
  readonly yName: string;
  /** Unmatched first, so that matched ones lie on top. */
  readonly points: readonly MatchPoint[];
  /** Ends of the discriminant within the range of the points; empty when there is none. */
  readonly line: readonly { readonly x: number; readonly y: number }[];
}

/**
 * One plane of the candidate pairs.
 * @param axes positions of two features, or of one when there is no other
 * @param most number of points at most
 */
export function scatterPlane(
  result: DrawableResult,
  axes: readonly [number, number?],
  most = MAX_POINTS,
): ScatterPlane {
  const { features, threshold, weights } = result.clustering;
  const [first, second] = axes;
  const matched = pairMatches(result);
  const x = pairValues(result, first);
  const y = second === undefined ? depthDistances(result) : pairValues(result, second);
  const counts = countFinite(x, y, matched);
  const room = [most - Math.min(counts[1], most / 2), most - Math.min(counts[0], most / 2)];
  const points = counts.flatMap((count, kind) =>
    finitePairs(x, y, matched, kind, evenSample(count, Math.floor(room[kind]))).map((p) => ({
      x: round(x[p]),
      y: round(y[p]),
      kind: MATCH_KINDS.names[kind],
    })),
  );
  const others = features.reduce((sum, _, f) => {
    if (f === first || f === second) return sum;
    return sum + weights[f] * midpoint(pairValues(result, f), matched);
  }, 0);
  const slopes: [number, number] = [weights[first], second === undefined ? 0 : weights[second]];
  return {
    xName: features[first],
    yName: second === undefined ? 'Distance in depth (µm)' : features[second],
    points,
    line: lineThroughBox(slopes, threshold - others, plotRange(points)),
  };
}

/** Unmatched and matched pairs that have both values. */
function countFinite(x: Float64Array, y: Float64Array, matched: Uint8Array): [number, number] {
  const counts: [number, number] = [0, 0];
  for (let p = 0; p < matched.length; p++) if (Number.isFinite(x[p] + y[p])) counts[matched[p]]++;
  return counts;
}

/** Some of the pairs of one kind that have both values. @param chosen places among these, ascending */
function finitePairs(
  x: Float64Array,
  y: Float64Array,
  matched: Uint8Array,
  kind: number,
  chosen: readonly number[],
): number[] {
  const pairs: number[] = [];
  let place = 0;
  for (let p = 0; p < matched.length && pairs.length < chosen.length; p++) {
    if (matched[p] !== kind || !Number.isFinite(x[p] + y[p])) continue;
    if (place++ === chosen[pairs.length]) pairs.push(p);
  }
  return pairs;
}

/** Three decimals are finer than a pixel, and keep the picture small. */
const round = (value: number) => Math.round(value * 1000) / 1000;

/** (P,) µm between the units of each candidate pair, motion removed. */
function depthDistances(result: DrawableResult): Float64Array {
  const depths = correctedDepths(result);
  const { units, count: pairs } = result.clustering.pairs;
  return Float64Array.from({ length: pairs }, (_, p) =>
    Math.abs(depths[units[2 * p]] - depths[units[2 * p + 1]]),
  );
}

/** Half way between the mean of the matched and the mean of the unmatched; the mean of all when one kind is missing. */
function midpoint(values: Float64Array, matched: Uint8Array): number {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let p = 0; p < values.length; p++) {
    sums[matched[p]] += values[p];
    counts[matched[p]]++;
  }
  const means = sums.map((sum, kind) => sum / counts[kind]).filter(Number.isFinite);
  return means.length === 0 ? 0 : means.reduce((a, b) => a + b, 0) / means.length;
}

interface Box {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function plotRange(points: readonly MatchPoint[]): Box {
  const padded = (values: readonly number[]): [number, number] => {
    const { low, high } = finiteExtent(values);
    if (!(low <= high)) return [0, 1];
    const margin = Math.max(0.03 * (high - low), 1e-3);
    return [low - margin, high + margin];
  };
  return { x: padded(points.map((p) => p.x)), y: padded(points.map((p) => p.y)) };
}

/** The two ends of `a·x + b·y = c` on the border of the box; empty when the line does not cross it. */
export function lineThroughBox(
  [a, b]: readonly [number, number],
  c: number,
  { x, y }: Box,
): { x: number; y: number }[] {
  if (!Number.isFinite(c) || (a === 0 && b === 0)) return [];
  const onVertical = b === 0 ? [] : x.map((px) => ({ x: px, y: (c - a * px) / b }));
  const onHorizontal = a === 0 ? [] : y.map((py) => ({ x: (c - b * py) / a, y: py }));
  const inside = [
    ...onVertical.filter((p) => p.y >= y[0] && p.y <= y[1]),
    ...onHorizontal.filter((p) => p.x > x[0] && p.x < x[1]),
  ];
  return inside.length < 2 ? [] : inside.slice(0, 2);
}

/** Points and discriminants of one plane; several planes of the same features lie on top of each other. */
export function scatterPanel(planes: readonly ScatterPlane[], frame: Frame): View {
  const points = planes.flatMap((plane) => plane.points);
  if (points.length === 0) return messagePanel('No pairs', frame);
  const range = plotRange(points);
  const axis = (name: string, domain: readonly [number, number], length: number): PlaneAxis => ({
    title: name.endsWith(')') ? name : `${name} (Fisher z)`,
    scale: { domain },
    axis: { tickCount: Math.round(length / 40) },
  });
  const x = axis(planes[0].xName, range.x, frame.width);
  const y = axis(planes[0].yName, range.y, frame.height);
  const lineLayers = planes.map(
    ({ line }): Layer => ({
      data: { values: [...line] },
      mark: { type: 'line', color: THRESHOLD_COLOUR, strokeWidth: 1.4 },
      encoding: planeEncoding(x, y),
    }),
  );
  const clouds = matchClouds(points, { x, y, opacity: OPACITY }, frame);
  return panelOf(frame, [...clouds, ...lineLayers], MATCH_KINDS);
}

/** The planes of one shank: every two features, or the only one against the distance in depth. */
export function featurePlanes(featureCount: number): [number, number?][] {
  if (featureCount === 1) return [[0]];
  const planes: [number, number][] = [];
  for (let a = 0; a < featureCount; a++) for (let b = a + 1; b < featureCount; b++) planes.push([a, b]);
  return planes;
}

/** The plane of the two features with the largest weights, for where there is room for one. */
export function mainPlane(shanks: readonly RecordedShank[]): [number, number?] {
  const featureCount = shanks[0]?.result.clustering.features.length ?? 0;
  const weight = (f: number) => shanks.reduce((sum, s) => sum + Math.abs(s.result.clustering.weights[f]), 0);
  const order = Array.from({ length: featureCount }, (_, f) => f).sort(
    (a, b) => weight(b) - weight(a) || a - b,
  );
  const [first = 0, second] = order.slice(0, 2).sort((a, b) => a - b);
  return [first, second];
}

export function featureScatterFigure(result: AnyResult): FigureSpec {
  const { shanks } = recordingOf(result);
  const several = shanks.length > 1;
  const planes = several ? [mainPlane(shanks)] : featurePlanes(shanks[0].result.clustering.features.length);
  const panelCount = Math.max(1, several ? shanks.length : planes.length);
  const columns = Math.min(panelCount, panelCount === 4 || panelCount === 2 ? 2 : 3);
  const width = Math.min(panelWidth(columns), 420);
  const size = { width, height: Math.min(width, 340) };
  const most = Math.max(1000, Math.floor(MAX_POINTS / panelCount));
  const panels = shanks.flatMap((shank) =>
    planes.map((axes) =>
      scatterPanel([scatterPlane(shank.result, axes, most)], { ...size, title: shankTitle(shank) }),
    ),
  );
  const lines = shanks.some(({ result }) => Number.isFinite(result.clustering.threshold));
  const pairs = shanks.reduce((n, { result: { clustering } }) => n + clustering.pairs.count, 0);
  const drawn = Math.min(pairs, most * panelCount);
  const featureCount = shanks[0]?.result.clustering.features.length ?? 0;
  return page(
    featureCount === 1
      ? 'Candidate pairs by their only feature'
      : 'Candidate pairs in the planes of two features',
    [
      `${count(pairs, 'candidate pair')}${drawn < pairs ? ', thinned out evenly' : ''}. ${lines ? 'Line: discriminant' : 'No discriminant exists'}${lines && featureCount > 2 ? ', the other features held half way between the two means' : ''}.`,
    ],
    panels.length > 0 ? panels : [messagePanel('No pairs', size)],
    { columns },
  );
}
