import { expect, test } from 'vitest';
import { syntheticMultiShank, syntheticResult } from '../../test/support/tracking-results.ts';
import { StoppedError } from '../core/errors.ts';
import { type DrawnFigure, drawFigures, drawRoundFigures, FIGURES } from './index.ts';

async function collect(figures: AsyncIterable<DrawnFigure>) {
  const all: DrawnFigure[] = [];
  for await (const figure of figures) all.push(figure);
  return all;
}

const isPng = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString() === 'PNG';

test('all figures are drawn in order, with their progress', async () => {
  const progress: string[] = [];
  const options = {
    scale: 1,
    onProgress: (done: number, total: number) => progress.push(`${done}/${total}`),
  };
  const figures = await collect(drawFigures(syntheticResult(), options));
  expect(figures.map(({ name }) => name)).toEqual([
    'Overview',
    'unitLocations',
    'AllSimilarity',
    'SimilarityThresholdForCorrection',
    'Motion',
    'MatchedProbability',
    'SimilarityDistribution',
    'FeatureScatter',
  ]);
  expect(figures.every(({ svg, png }) => svg.startsWith('<svg') && isPng(png))).toBe(true);
  expect(progress).toEqual(['0/8', '1/8', '2/8', '3/8', '4/8', '5/8', '6/8', '7/8', '8/8']);
});

test('a recording of several shanks has the same figures', async () => {
  const figures = await collect(drawFigures(syntheticMultiShank([1, 2], { units: 40 }), { scale: 1 }));
  expect(figures).toHaveLength(Object.keys(FIGURES).length);
});

test('the PNG is the same every time', async () => {
  const draw = () => collect(drawRoundFigures(syntheticResult(), 1, { scale: 1 }));
  expect(await draw()).toEqual(await draw());
});

test('a round has its own figures', async () => {
  const figures = await collect(drawRoundFigures(syntheticResult(), 2, { scale: 1 }));
  expect(figures.map(({ name }) => name)).toEqual([
    'SimilarityThresholdForCorrection',
    'Motion',
    'MatchedProbability',
  ]);
  expect(figures.every(({ svg }) => /[Rr]ound 2/.test(svg))).toBe(true);
});

test('a round without an estimate has no figure of the motion', async () => {
  const result = syntheticResult();
  const rounds = result.rounds.map((round) => ({ ...round, motion: undefined, bands: [] }));
  const figures = await collect(drawRoundFigures({ ...result, rounds }, 1, { scale: 1 }));
  expect(figures.map(({ name }) => name)).toEqual(['SimilarityThresholdForCorrection', 'MatchedProbability']);
});

test.each([0, 3, 1.5, Number.NaN])('round %s of two is refused', (roundNumber) => {
  expect(() => drawRoundFigures(syntheticResult(), roundNumber)).toThrow(
    `drawRoundFigures: got round ${roundNumber}, expected 1 to 2`,
  );
});

test('drawing stops after the figure at hand when the signal is aborted', async () => {
  const controller = new AbortController();
  const figures = drawFigures(syntheticResult(), { scale: 1, signal: controller.signal });
  expect((await figures.next()).value.name).toBe('Overview');
  controller.abort();
  await expect(figures.next()).rejects.toThrow(StoppedError);
});
