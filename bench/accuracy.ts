/**
 * Accuracy on simulated recordings whose neurons are known: precision, recall, F1, motion error, calibration error of the match
 * probabilities, and whether the true error rates lie in their estimated intervals. Writes bench/results/accuracy.csv and the figure of
 * docs/accuracy.md, and prints its tables.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { calibrationError, reliability } from '../src/core/confidence/calibration-error.ts';
import { pairProbabilities } from '../src/core/confidence/match-confidence.ts';
import { type Estimate, estimateErrorRates } from '../src/core/evaluation/error-rates.ts';
import { hiddenPairs, possiblePairs, sessionLinks } from '../src/core/evaluation/session-links.ts';
import {
  type HalvesCount,
  halvedFeatures,
  halvedWeights,
  type SplitHalves,
  splitHalves,
  trackHalves,
} from '../src/core/evaluation/split-halves.ts';
import type { TrackingResult } from '../src/core/result.ts';
import { resolveSettings, type Settings, type UserSettings } from '../src/core/settings.ts';
import { trackShanks } from '../src/core/shanks.ts';
import { valueAt } from '../src/core/similarity/nearby-matrix.ts';
import { correctedDepths } from '../src/core/similarity/nearby-pairs.ts';
import { comparedPairs, pairValues } from '../src/core/similarity/pair-list.ts';
import { motionError, scoreTracking } from '../src/core/simulation/score.ts';
import { type SimulatedRecording, simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { renderSvg } from '../src/figures/render.ts';
import { createKernels } from '../src/workers/node.ts';
import { accuracyFigure } from './support/accuracy-figure.ts';
import { GRID } from './support/accuracy-grid.ts';
import { csvOf, type Row, ratesTable, settingsTable } from './support/accuracy-tables.ts';

/** Both presets, and every setting of `recommended` alone. */
const VARIANTS: Readonly<Record<string, UserSettings>> = {
  reference: { preset: 'reference' },
  converged: { preset: 'reference', motionEstimation: { stop_rule: 'converged' } },
  merge: { preset: 'reference', autoCuration: { auto_merge: true } },
  jumps: { preset: 'reference', motionEstimation: { bridge_jumps: true } },
  recommended: { preset: 'recommended' },
  'recommended, merge_factor 0.8': { preset: 'recommended', autoCuration: { merge_factor: 0.8 } },
  'recommended, merge_factor 1': { preset: 'recommended', autoCuration: { merge_factor: 1 } },
};

interface Part {
  readonly units: Int32Array;
  readonly result: TrackingResult;
}

function measure(
  recording: string,
  variant: string,
  truth: SimulatedRecording,
  parts: readonly Part[],
  halves?: SplitHalves,
): Row {
  const labels = new Int32Array(truth.units).fill(-1);
  const matches = { probability: [] as number[], truth: [] as number[] };
  const candidates = { probability: [] as number[], truth: [] as number[] };
  const depthDistance: number[] = [];
  let firstLabel = 0;
  let independent = 0;
  let squares = 0;
  let hidden = 0;
  let possible = 0;
  let alike = 0;
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
    possible += possiblePairs(sessionCount, sessions);
    alike += alikeOfMatches(result);
    const own = Array.from(units.keys(), (i) => features.locations[3 * i + 1]);
    squares += units.length * motionError(motion, truth.trueMotion, own).rms ** 2;
  }
  const { pairs } = scoreTracking({ labels, neuronId: truth.neuronId, sessions: truth.sessions });
  const rates = estimateErrorRates({
    matchProbability: Float64Array.from(matches.probability),
    expectedPairs: candidates.probability.reduce((sum, p) => sum + p, 0),
    hiddenPairs: hidden,
    halves,
    matchedAlike: alike / matches.truth.length,
    possiblePairs: possible,
    depthDistance: Float64Array.from(depthDistance),
    maxDistance: 100,
    independentMatches: independent,
  });
  const bins = reliability(matches.probability, matches.truth);
  return {
    recording,
    variant,
    precision: pairs.precision,
    recall: pairs.recall,
    f1: pairs.f1,
    motion: Math.sqrt(squares / truth.units),
    reliability: bins,
    eceMatches: calibrationError(bins),
    eceCandidates: calibrationError(reliability(candidates.probability, candidates.truth)),
    falsePositives: rates.decoys.falsePositives,
    falseNegatives: rates.decoys.falseNegatives as Estimate,
    depthFalsePositives: rates.depth?.falsePositives ?? { estimate: 0, low: 0, high: 1 },
    halves: rates.halves,
  };
}

/** Sum over the matched pairs of their similarity less threshold, by what halves are compared by. */
function alikeOfMatches({ clustering, curation, features: { units } }: TrackingResult): number {
  const weights = halvedWeights(clustering);
  const matrices = halvedFeatures(clustering.features).map(
    (name) => clustering.featureSimilarity[clustering.features.indexOf(name)],
  );
  const { matchedPairs } = curation;
  let sum = 0;
  for (let m = 0; m < matchedPairs.length; m += 2) {
    const [a, b] = [matchedPairs[m], matchedPairs[m + 1]];
    matrices.forEach((matrix, f) => {
      sum += weights[f] * valueAt(matrix, units, a, b);
    });
    sum -= clustering.threshold;
  }
  return sum;
}

/** The halves of every session, tracked by what was learned of the whole. */
async function measureHalves(
  truth: SimulatedRecording,
  parts: readonly Part[],
  settings: Settings,
): Promise<SplitHalves> {
  const { probe, samples } = truth;
  const { channels } = probe;
  const size = channels * samples;
  const counts: HalvesCount[] = [];
  for (const { units, result } of parts) {
    for (let session = 1; session <= truth.sessionCount; session++) {
      const which = units.filter((unit) => truth.sessions[unit] === session);
      const data = new Float32Array(2 * which.length * size);
      which.forEach((unit, i) => {
        const halves = truth.simulateUnitHalves(unit);
        data.set(halves.subarray(0, size), i * size);
        data.set(halves.subarray(size), (which.length + i) * size);
      });
      const halved = {
        units: which.length,
        probe,
        waveforms: { data, units: 2 * which.length, channels, samples },
        spikeTimes: async (unit: number) => truth.simulateUnitSpikes(which[unit]),
      };
      counts.push(await trackHalves(halved, result.clustering, settings, { kernels }));
    }
  }
  return splitHalves(counts, settings.clustering.features, true);
}

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
    const halves = variant === 'recommended' ? await measureHalves(recording, parts, resolved) : undefined;
    rows.push(measure(name, variant, recording, parts, halves));
  }
  console.error(name);
}
await kernels.close();

mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/accuracy.csv', csvOf(rows));
mkdirSync('docs/images', { recursive: true });
writeFileSync('docs/images/accuracy.svg', await renderSvg(accuracyFigure(rows)));
console.log(settingsTable(rows, Object.keys(VARIANTS)));
console.log(ratesTable(rows.filter(({ variant }) => variant === 'recommended')));
