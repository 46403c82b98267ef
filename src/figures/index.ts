/** Figures of a result: data → picture, as SVG and PNG. */
import { throwIfStopped } from '../core/errors.ts';
import type { DrawableResult, MovedResult } from '../core/result.ts';
import { allSimilarityFigure } from './all-similarity.ts';
import { featureScatterFigure } from './feature-scatter.ts';
import { matchedProbabilityFigure, roundMatchedProbabilityFigure } from './matched-probability.ts';
import { motionFigure, roundMotionFigure } from './motion.ts';
import { overviewFigure } from './overview.ts';
import { type AnyResult, oneShank, recordingOf } from './recording.ts';
import { renderSvg } from './render.ts';
import { similarityDistributionFigure } from './similarity-distribution.ts';
import { roundThresholdFigure, similarityThresholdFigure } from './similarity-threshold.ts';
import { DEFAULT_PNG_SCALE, svgToPng } from './svg-to-png.ts';
import type { FigureSpec } from './theme.ts';
import { unitLocationsFigure } from './unit-locations.ts';

export { evaluationFigure } from './evaluation.ts';
export { renderSvg } from './render.ts';
export { DEFAULT_PNG_SCALE, svgToPng } from './svg-to-png.ts';
export type { FigureSpec } from './theme.ts';

/**
 * The figures of a result, by the names of their files, in the order in which they are drawn: the largest first, since each becomes a PNG
 * while the next is worked on.
 */
export const FIGURES = {
  Overview: overviewFigure,
  unitLocations: unitLocationsFigure,
  AllSimilarity: allSimilarityFigure,
  SimilarityThresholdForCorrection: (result) => similarityThresholdFigure(recordingOf(result)),
  Motion: (result) => motionFigure(recordingOf(result)),
  MatchedProbability: matchedProbabilityFigure,
  SimilarityDistribution: similarityDistributionFigure,
  FeatureScatter: featureScatterFigure,
} as const satisfies Record<string, (result: AnyResult) => FigureSpec>;
export type FigureName = keyof typeof FIGURES;

/** One drawn figure. */
export interface DrawnFigure {
  /** Name of its files, without extension. */
  readonly name: FigureName;
  readonly svg: string;
  readonly png: Uint8Array;
}

export interface DrawOptions {
  /** Figures that are left out. */
  readonly without?: readonly FigureName[];
  readonly signal?: AbortSignal;
  /** Told how many of the figures are drawn. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Pixels of the PNG per CSS px. */
  readonly scale?: number;
}

/**
 * Draws all figures of a result, one after another. The result of several shanks gives figures of the whole recording;
 * those of one shank come from its own result.
 * @throws StoppedError soon after `signal` is aborted
 */
export function drawFigures(result: AnyResult, options: DrawOptions = {}): AsyncGenerator<DrawnFigure> {
  const figures = Object.entries(FIGURES).map(
    ([name, figure]) => [name as FigureName, () => figure(result)] as const,
  );
  return draw(
    figures.filter(([name]) => !options.without?.includes(name)),
    options,
  );
}

/**
 * Draws those figures of a result of one shank that show its motion alone, as `drawFigures` does.
 * @throws StoppedError soon after `signal` is aborted
 */
export function drawMotionFigures(
  result: MovedResult,
  options: DrawOptions = {},
): AsyncGenerator<DrawnFigure> {
  const recording = oneShank(result);
  return draw(
    [
      ['SimilarityThresholdForCorrection', () => similarityThresholdFigure(recording)],
      ['Motion', () => motionFigure(recording)],
    ],
    options,
  );
}

/**
 * Draws the figures of one motion round; without `Motion` when the round made no estimate.
 * @param roundNumber from 1
 * @throws RangeError when there is no such round
 * @throws StoppedError soon after `signal` is aborted
 */
export function drawRoundFigures(
  result: DrawableResult,
  roundNumber: number,
  options: DrawOptions = {},
): AsyncGenerator<DrawnFigure> {
  const round = result.rounds[roundNumber - 1];
  if (!round) {
    throw new RangeError(`drawRoundFigures: got round ${roundNumber}, expected 1 to ${result.rounds.length}`);
  }
  const motion = roundMotionFigure(result, round, { roundNumber });
  return draw(
    [
      ['SimilarityThresholdForCorrection', () => roundThresholdFigure(round, { roundNumber })],
      ...(motion ? [['Motion', () => motion] as const] : []),
      ['MatchedProbability', () => roundMatchedProbabilityFigure(result, round, { roundNumber })],
    ],
    options,
  );
}

/** Pictures that may become PNGs while the next figure is worked on: the largest takes longer than the next one, and some 40 MB. */
const MOST_COMING = 3;

async function* draw(
  figures: readonly (readonly [FigureName, () => FigureSpec])[],
  { signal, onProgress, scale = DEFAULT_PNG_SCALE }: DrawOptions,
): AsyncGenerator<DrawnFigure> {
  const coming: Promise<DrawnFigure>[] = [];
  for (const [done, [name, figure]] of figures.entries()) {
    throwIfStopped(signal);
    onProgress?.(done, figures.length);
    const svg = await renderSvg(figure());
    throwIfStopped(signal);
    const drawn = svgToPng(svg, scale).then((png) => ({ name, svg, png }));
    // A failure is met where it is waited for.
    drawn.catch(() => {});
    coming.push(drawn);
    while (coming.length > MOST_COMING) yield await (coming.shift() as Promise<DrawnFigure>);
  }
  for (const drawn of coming) yield await drawn;
  onProgress?.(figures.length, figures.length);
}
