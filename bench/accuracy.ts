/**
 * Accuracy on simulated recordings whose neurons are known: precision, recall, F1, motion error, calibration error of the match
 * probabilities, and whether the true error rates lie in their estimated intervals. Writes bench/results/accuracy.csv and prints the
 * table of docs/accuracy.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { calibrationError, reliability } from '../src/core/confidence/calibration-error.ts';
import { pairProbabilities } from '../src/core/confidence/match-confidence.ts';
import { type Estimate, estimateErrorRates } from '../src/core/evaluation/error-rates.ts';
import { hiddenPairs, sessionLinks } from '../src/core/evaluation/session-links.ts';
import type { TrackingResult } from '../src/core/result.ts';
import { resolveSettings, type UserSettings } from '../src/core/settings.ts';
import { trackShanks } from '../src/core/shanks.ts';
import { correctedDepths } from '../src/core/similarity/nearby-pairs.ts';
import { comparedPairs, pairValues } from '../src/core/similarity/pair-list.ts';
import { motionError, scoreTracking } from '../src/core/simulation/score.ts';
import { type SimulatedRecording, simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { createKernels } from '../src/workers/node.ts';
import { GRID } from './support/accuracy-grid.ts';

/** Both presets, and every setting of `recommended` alone. */
const VARIANTS: Readonly<Record<string, UserSettings>> = {
  reference: { preset: 'reference' },
  converged: { preset: 'reference', motionEstimation: { stop_rule: 'converged' } },
  merge: { preset: 'reference', autoCuration: { auto_merge: true } },
  recommended: { preset: 'recommended' },
  'recommended, merge_factor 0.8': { preset: 'recommended', autoCuration: { merge_factor: 0.8 } },
  'recommended, merge_factor 1': { preset: 'recommended', autoCuration: { merge_factor: 1 } },
};

interface Row {
  readonly recording: string;
  readonly variant: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly motion: number;
  readonly eceMatches: number;
  readonly eceCandidates: number;
  readonly falsePositives: Estimate;
  readonly falseNegatives: Estimate;
  readonly depthFalsePositives: Estimate;
}

interface Part {
  readonly units: Int32Array;
  readonly result: TrackingResult;
}

function measure(recording: string, variant: string, truth: SimulatedRecording, parts: readonly Part[]): Row {
  const labels = new Int32Array(truth.units).fill(-1);
  const matches = { probability: [] as number[], truth: [] as number[] };
  const candidates = { probability: [] as number[], truth: [] as number[] };
  const depthDistance: number[] = [];
  let firstLabel = 0;
  let independent = 0;
  let squares = 0;
  let hidden = 0;
  for (const { units, result } of parts) {
    const { curation, clustering, confidence, sessions, sessionCount, features, motion } = result;
    const isOne = (a: number, b: number) => (truth.neuronId[units[a]] === truth.neuronId[units[b]] ? 1 : 0);
    const depths = correctedDepths(features.locations, sessions, motion);
    units.forEach((unit, i) => {
      if (curation.labels[i] >= 0) labels[unit] = firstLabel + curation.labels[i];
    });
    firstLabel += curation.clusterCount;
    independent += curation.labels.filter((label) => label >= 0).length - curation.clusterCount;
    confidence.matchProbability.forEach((p, m) => {
      const [a, b] = [curation.matchedPairs[2 * m], curation.matchedPairs[2 * m + 1]];
      matches.probability.push(p);
      matches.truth.push(isOne(a, b));
      depthDistance.push(Math.abs(depths[a] - depths[b]));
    });
    const { pairs, unmatchedWeight } = comparedPairs(clustering);
    const { probability } = pairProbabilities({
      units: units.length,
      sessionCount,
      sessions,
      labels: curation.labels,
      pairs,
      unmatchedWeight,
      pairSimilarity: pairValues(clustering.similarity, units.length, pairs),
      threshold: clustering.threshold,
    });
    probability.forEach((p, i) => {
      const [a, b] = [pairs.units[2 * i], pairs.units[2 * i + 1]];
      if (sessions[a] === sessions[b]) return;
      candidates.probability.push(p);
      candidates.truth.push(isOne(a, b));
    });
    hidden += hiddenPairs(
      sessionLinks(sessionCount, sessions, curation.matchedPairs, confidence.matchProbability),
    );
    const own = Array.from(units.keys(), (i) => features.locations[3 * i + 1]);
    squares += units.length * motionError(motion, truth.trueMotion, own).rms ** 2;
  }
  const { pairs } = scoreTracking({ labels, neuronId: truth.neuronId, sessions: truth.sessions });
  const rates = estimateErrorRates({
    matchProbability: Float64Array.from(matches.probability),
    expectedPairs: candidates.probability.reduce((sum, p) => sum + p, 0),
    hiddenPairs: hidden,
    depthDistance: Float64Array.from(depthDistance),
    maxDistance: 100,
    independentMatches: independent,
  });
  return {
    recording,
    variant,
    precision: pairs.precision,
    recall: pairs.recall,
    f1: pairs.f1,
    motion: Math.sqrt(squares / truth.units),
    eceMatches: calibrationError(reliability(matches.probability, matches.truth)),
    eceCandidates: calibrationError(reliability(candidates.probability, candidates.truth)),
    falsePositives: rates.decoys.falsePositives,
    falseNegatives: rates.decoys.falseNegatives as Estimate,
    depthFalsePositives: rates.depth?.falsePositives ?? { estimate: 0, low: 0, high: 1 },
  };
}

const within = (value: number, { low, high }: Estimate) => value >= low - 1e-9 && value <= high + 1e-9;
const kernels = await createKernels({ kernels: 'simd' });
const rows: Row[] = [];
for (const { name, options } of GRID) {
  const recording = simulateRecording(options);
  const all = Int32Array.from({ length: recording.units }, (_, unit) => unit);
  for (const [variant, settings] of Object.entries(VARIANTS)) {
    const resolved = resolveSettings(settings, { hasPeth: true, fromFile: false }).settings;
    const parts =
      options.probe === 'np2-four-shank'
        ? (await trackShanks(recording.dataset, resolved, { kernels })).shanks
        : [{ units: all, result: await track(recording.dataset, resolved, { kernels }) }];
    rows.push(measure(name, variant, recording, parts));
  }
  console.error(name);
}
await kernels.close();

const fixed = (value: number, digits = 3) => value.toFixed(digits);
const interval = (value: number, estimate: Estimate) =>
  `${within(value, estimate) ? '' : '**'}${fixed(estimate.low)}–${fixed(estimate.high)}${within(value, estimate) ? '' : '**'}`;
const header =
  'recording,variant,precision,recall,f1,motion_um,ece_matches,ece_candidates,fp_low,fp,fp_high,fn_low,fn,fn_high,fp_depth_low,fp_depth,fp_depth_high';
const lines = rows.map((r) =>
  [
    r.recording,
    r.variant.replaceAll(',', ''),
    ...[r.precision, r.recall, r.f1, r.motion, r.eceMatches, r.eceCandidates],
    ...[r.falsePositives, r.falseNegatives, r.depthFalsePositives].flatMap((e) => [
      e.low,
      e.estimate,
      e.high,
    ]),
  ]
    .map((value) => (typeof value === 'number' ? value.toFixed(4) : value))
    .join(','),
);
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/accuracy.csv', `${[header, ...lines].join('\n')}\n`);

console.log(
  '\n| settings | precision | recall | F1 | least precision | motion error, median µm | ECE matches |',
);
console.log('|---|---|---|---|---|---|---|');
for (const variant of Object.keys(VARIANTS)) {
  const own = rows.filter((row) => row.variant === variant);
  const mean = (of: (row: Row) => number) => own.reduce((sum, row) => sum + of(row), 0) / own.length;
  const motions = own.map((row) => row.motion).sort((a, b) => a - b);
  console.log(
    `| ${variant} | ${fixed(mean((r) => r.precision))} | ${fixed(mean((r) => r.recall))} | ${fixed(mean((r) => r.f1))} | ${fixed(Math.min(...own.map((r) => r.precision)))} | ${fixed(motions[own.length >> 1], 1)} | ${fixed(mean((r) => r.eceMatches))} |`,
  );
}
console.log(
  '\n| recording | precision | recall | motion error µm | ECE matches | ECE candidates | false matches | by decoys | by depth | missed pairs | by decoys |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|');
for (const r of rows.filter(({ variant }) => variant === 'recommended')) {
  const [fp, fn] = [1 - r.precision, 1 - r.recall];
  console.log(
    `| ${r.recording} | ${fixed(r.precision)} | ${fixed(r.recall)} | ${fixed(r.motion, 1)} | ${fixed(r.eceMatches)} | ${fixed(r.eceCandidates)} | ${fixed(fp)} | ${interval(fp, r.falsePositives)} | ${interval(fp, r.depthFalsePositives)} | ${fixed(fn)} | ${interval(fn, r.falseNegatives)} |`,
  );
}
