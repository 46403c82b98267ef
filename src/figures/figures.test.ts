/** What holds for every figure, whatever the result. */
import { describe, expect, test } from 'vitest';
import { hasMultishankCase, SINGLE_SHANK_CASES } from '../../test/support/reference.ts';
import { overlappingTexts, placedTexts } from '../../test/support/svg-text.ts';
import {
  goldenMultiShank,
  goldenResult,
  syntheticMultiShank,
  syntheticResult,
} from '../../test/support/tracking-results.ts';
import { Motion } from '../core/motion/motion.ts';
import type { ClusteringResult, TrackingResult } from '../core/result.ts';
import { isCovered } from './font-metrics.ts';
import { FIGURES, type FigureName } from './index.ts';
import type { AnyResult } from './recording.ts';
import { renderSvg } from './render.ts';

const ALL_FEATURES = ['Waveform', 'ISI', 'AutoCorr', 'PETH'] as const;

const RESULTS: Record<string, () => AnyResult> = {
  'six sessions': () => syntheticResult(),
  'two sessions and ten units': () => syntheticResult({ units: 10, sessions: 2 }),
  'forty sessions': () => syntheticResult({ units: 600, sessions: 40, rounds: 15, linear: true }),
  'motion that is linear in depth': () => syntheticResult({ linear: true }),
  'four features': () => syntheticResult({ features: ALL_FEATURES }),
  'one feature': () => syntheticResult({ features: ['ISI'] }),
  'no matches and a threshold of infinity': () => syntheticResult({ matches: 'none' }),
  'a threshold of minus infinity': () => withThreshold(syntheticResult(), Number.NEGATIVE_INFINITY),
  'no motion round': () => syntheticResult({ rounds: 0 }),
  'motion that is zero': () => ({ ...syntheticResult(), motion: new Motion(6) }),
  'given linear motion': () => ({ ...syntheticResult({ linear: true }), rounds: [] }),
  'no candidate pairs': () => withoutPairs(syntheticResult({ units: 12, sessions: 3 })),
  'a session without units': () => withoutSession(syntheticResult({ units: 60 }), 3),
  'four shanks': () => syntheticMultiShank([1, 2, 3, 4], { units: 80, features: ALL_FEATURES }),
  'eight shanks and twenty sessions': () =>
    syntheticMultiShank([0, 1, 2, 3, 5, 6, 7, 9], { units: 60, sessions: 20, linear: true }),
  ...Object.fromEntries(SINGLE_SHANK_CASES.map((name) => [`the case ${name}`, () => goldenResult(name)])),
  ...(hasMultishankCase ? { 'the case multishank': goldenMultiShank } : {}),
};

function withThreshold(result: TrackingResult, threshold: number): TrackingResult {
  return {
    ...result,
    clustering: { ...result.clustering, threshold },
    rounds: result.rounds.map((round) => ({ ...round, threshold })),
  };
}

function withoutPairs(result: TrackingResult): TrackingResult {
  const pairs = { count: 0, units: new Int32Array(0) };
  const clustering: ClusteringResult = { ...result.clustering, pairs };
  const none = { pairs, pairSimilarity: new Float64Array(0), pairMatched: new Uint8Array(0) };
  const rounds = result.rounds.map((round) => ({
    ...round,
    ...none,
    pairUsed: new Uint8Array(0),
    matches: 0,
    bands: [],
  }));
  const curation = {
    ...result.curation,
    labels: new Int32Array(result.sessions.length).fill(-1),
    clusterCount: 0,
    matchedPairs: new Int32Array(0),
  };
  return { ...result, clustering, rounds, curation };
}

/** The units of a session moved to the next one: on one shank of several a session may be empty. */
function withoutSession(result: TrackingResult, session: number): TrackingResult {
  return { ...result, sessions: result.sessions.map((s) => (s === session ? s + 1 : s)) };
}

async function drawn(result: AnyResult, name: FigureName) {
  const warnings: string[] = [];
  const svg = await renderSvg(FIGURES[name](result), { onWarning: (text) => warnings.push(text) });
  return { svg, warnings };
}

const NAMES = Object.keys(FIGURES) as FigureName[];

describe.each(Object.keys(RESULTS))('with %s', (kind) => {
  const result = RESULTS[kind]();

  test.each(NAMES)('%s is drawn soundly and legibly', async (name) => {
    const { svg, warnings } = await drawn(result, name);
    expect(warnings).toEqual([]);
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
    expect(Number(width)).toBeGreaterThan(150);
    expect(Number(width)).toBeLessThan(720);
    expect(Number(height)).toBeGreaterThan(100);
    expect(svg.replaceAll(/base64,[^"]*/g, '')).not.toMatch(/NaN|Infinity|undefined|null/);

    const texts = placedTexts(svg);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.map(({ text }) => text).filter((text) => !isCovered(text))).toEqual([]);
    expect(overlappingTexts(texts)).toEqual([]);
    const outside = texts.filter((t) => t.left < 0 || t.right > Number(width) + 0.5 || t.top < 0);
    expect(outside.map(({ text }) => text)).toEqual([]);
  });
});

test('texts that cover each other are noticed', () => {
  const text = (x: number, words: string) =>
    `<text transform="translate(${x},10)" font-size="10px">${words}</text>`;
  const svg = `<g transform="translate(5,5)"><g class="empty"/>${text(0, 'Session')}${text(30, 'Motion')}</g>${text(80, 'y')}`;
  expect(overlappingTexts(placedTexts(svg))).toEqual(['"Session" and "Motion"']);
});

test('the same result gives the same figures, also when they are drawn at once', async () => {
  const first = await Promise.all(NAMES.map((name) => drawn(syntheticResult(), name)));
  const second = [];
  for (const name of NAMES.toReversed()) second.unshift(await drawn(syntheticResult(), name));
  expect(second.map(({ svg }) => svg)).toEqual(first.map(({ svg }) => svg));
});

test('no figure hands many thousand rows to the grammar of graphics', () => {
  const result = syntheticResult({ units: 1200, sessions: 12 });
  expect(result.clustering.pairs.count).toBeGreaterThan(20_000);
  for (const name of NAMES) {
    const rows = JSON.stringify(FIGURES[name](result)).match(/\{"/g)?.length ?? 0;
    expect(rows, name).toBeLessThan(12_000);
  }
});
