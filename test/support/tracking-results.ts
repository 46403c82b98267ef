/** Results for tests that look at results: seeded synthetic ones of any size, and the golden ones where they are at hand. */
import { Motion } from '../../src/core/motion/motion.ts';
import { createRandom } from '../../src/core/random.ts';
import type { MotionBand, MotionRound, MultiShankResult, TrackingResult } from '../../src/core/result.ts';
import { type FeatureName, resolveSettings } from '../../src/core/settings.ts';
import { loadCase } from './reference.ts';

export interface SyntheticOptions {
  readonly units?: number;
  readonly sessions?: number;
  readonly features?: readonly FeatureName[];
  /** Motion rounds; the last one's motion is the saved one. */
  readonly rounds?: number;
  readonly linear?: boolean;
  /** Whether any unit is matched. */
  readonly matches?: 'some' | 'none';
  readonly seed?: number;
}

/** Parts of a result from which the rest follows. */
interface Parts {
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  readonly locations: Float64Array;
  readonly features: readonly FeatureName[];
  readonly featureSimilarity: readonly Float64Array[];
  readonly similarity: Float64Array;
  readonly weights: Float64Array;
  readonly threshold: number;
  readonly labels: Int32Array;
  readonly motion: Motion;
  readonly rounds: number;
  readonly linear: boolean;
}

/** A result as a run would give it back, made up from a seeded population of neurons. */
export function syntheticResult(options: SyntheticOptions = {}): TrackingResult {
  const { units = 200, sessions: sessionCount = 6, features = ['Waveform', 'AutoCorr'] } = options;
  const { rounds = 2, linear = false, matches = 'some', seed = 1 } = options;
  const random = createRandom(seed);
  const constant = new Float64Array(sessionCount);
  const slope = new Float64Array(sessionCount);
  for (let s = 1; s < sessionCount; s++) {
    constant[s] = constant[s - 1] + 6 * random.normal();
    if (linear) slope[s] = 4 * random.normal();
  }
  const mean = constant.reduce((sum, c) => sum + c, 0) / sessionCount;
  const motion = new Motion(sessionCount, { constant: constant.map((c) => c - mean), linear: slope });

  const found: { neuron: number; session: number; x: number; y: number }[] = [];
  const perSession = Math.max(1, Math.round(units / sessionCount));
  for (let neuron = 0; found.length < units; neuron++) {
    const depth = 3000 * random.uniform();
    const x = 16 + 24 * random.normal();
    const first = 1 + Math.floor((sessionCount - 1) * random.uniform() ** 2);
    const last = Math.min(sessionCount, first + Math.floor(sessionCount * random.exponential() * 0.6));
    for (let session = first; session <= last && found.length < units; session++) {
      const crowded = found.filter((f) => f.session === session).length > 1.6 * perSession;
      if (crowded || random.uniform() < 0.15) continue;
      const y = depth + motion.getMotion(session, depth) + 3 * random.normal();
      found.push({ neuron, session, x: x + 2 * random.normal(), y });
    }
  }
  found.sort((a, b) => a.session - b.session || a.y - b.y);

  const weights = Float64Array.from(features, (_, f) => (f === 0 ? 0.75 : 0.25 / (features.length - 1)));
  if (features.length === 1) weights[0] = 1;
  const featureSimilarity = features.map(() => new Float64Array(units * units));
  const similarity = new Float64Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = 0; b <= a; b++) {
      const same = found[a].neuron === found[b].neuron;
      const far = Math.abs(found[a].y - found[b].y) / 400;
      let weighted = 0;
      for (let f = 0; f < features.length; f++) {
        const mean = f === 0 ? (same ? 2.6 : 0.5 - 0.4 * Math.min(1, far)) : same ? 1.7 : 0.9;
        const z = a === b ? 6 : mean + (f === 0 ? 0.45 : 0.5) * random.normal();
        featureSimilarity[f][a * units + b] = featureSimilarity[f][b * units + a] = z;
        weighted += weights[f] * z;
      }
      similarity[a * units + b] = similarity[b * units + a] = weighted;
    }
  }

  const sizes = new Map<number, number>();
  for (const { neuron } of found) sizes.set(neuron, (sizes.get(neuron) ?? 0) + 1);
  const labelOf = new Map<number, number>();
  const labels = Int32Array.from(found, ({ neuron }) => {
    if (matches === 'none' || (sizes.get(neuron) ?? 0) < 2) return -1;
    if (!labelOf.has(neuron)) labelOf.set(neuron, labelOf.size);
    return labelOf.get(neuron) ?? -1;
  });
  return resultFrom({
    sessions: Int32Array.from(found, (f) => f.session),
    sessionCount,
    locations: Float64Array.from(found.flatMap((f) => [f.x, f.y, 20])),
    features,
    featureSimilarity,
    similarity,
    weights,
    threshold: matches === 'none' ? Number.POSITIVE_INFINITY : 1.5,
    labels,
    motion,
    rounds,
    linear,
  });
}

function resultFrom(parts: Parts): TrackingResult {
  const { sessions, sessionCount, locations, labels, motion, similarity, threshold } = parts;
  const units = sessions.length;
  const corrected = Float64Array.from(sessions, (session, u) => {
    const y = locations[3 * u + 1];
    return y - motion.getMotion(session, y);
  });
  const candidates: number[] = [];
  const matched: number[] = [];
  for (let b = 0; b < units; b++)
    for (let a = 0; a < b; a++) if (Math.abs(corrected[a] - corrected[b]) <= 100) candidates.push(a, b);
  for (let a = 0; a < units; a++)
    for (let b = a + 1; b < units; b++) if (labels[a] >= 0 && labels[a] === labels[b]) matched.push(a, b);
  const pairs = { count: candidates.length / 2, units: Int32Array.from(candidates) };
  const settings = resolveSettings({
    clustering: { features: [...parts.features] },
    waveformCorrection: { linear_correction: parts.linear },
  }).settings;
  const clusterCount = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return {
    settings,
    sessions,
    sessionCount,
    features: {
      units,
      locations,
      amplitude: new Float64Array(units).fill(80),
      peakChannels: new Int32Array(units),
      unitShanks: new Int32Array(units).fill(1),
      silentUnits: [],
    },
    rounds: Array.from({ length: parts.rounds }, (_, r) => roundFrom(parts, pairs, (r + 1) / parts.rounds)),
    motion,
    corrected: { units, channels: 0, samples: 0, templates: [], interpolated: true },
    clustering: {
      features: parts.features,
      weights: parts.weights,
      threshold,
      similarity,
      featureSimilarity: parts.featureSimilarity,
      pairs,
      labels,
      clusterCount,
      leafOrder: Int32Array.from({ length: units }, (_, i) => i),
      weightHistory: [parts.weights],
    },
    curation: {
      labels,
      clusterCount,
      matchedPairs: Int32Array.from(matched),
      curationPairs: new Int32Array(0),
      curationTypes: new Uint8Array(0),
    },
    confidence: {
      matchProbability: new Float64Array(matched.length / 2).fill(0.9),
      unitConfidence: Float64Array.from(labels, (label) => (label < 0 ? Number.NaN : 0.9)),
    },
    warnings: [],
    kernels: 'plain',
  };
}

/** A round whose motion is `fraction` of the final one. */
function roundFrom(parts: Parts, pairs: { count: number; units: Int32Array }, fraction: number): MotionRound {
  const { sessions, sessionCount, locations, labels, similarity, threshold } = parts;
  const motion =
    fraction === 1
      ? parts.motion
      : new Motion(sessionCount, {
          constant: parts.motion.constant.map((c) => fraction * c),
          linear: parts.motion.linear.map((l) => fraction * l),
        });
  const pairSimilarity = new Float64Array(pairs.count);
  const pairMatched = new Uint8Array(pairs.count);
  const pairUsed = new Uint8Array(pairs.count);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let p = 0; p < pairs.count; p++) {
    const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    pairSimilarity[p] = similarity[a * sessions.length + b];
    pairMatched[p] = labels[a] >= 0 && labels[a] === labels[b] ? 1 : 0;
    pairUsed[p] = pairMatched[p] && pairSimilarity[p] > threshold && sessions[a] !== sessions[b] ? 1 : 0;
    const depth = (locations[3 * a + 1] + locations[3 * b + 1]) / 2;
    if (pairUsed[p]) [low, high] = [Math.min(low, depth), Math.max(high, depth)];
  }
  const used = pairUsed.reduce((sum, u) => sum + u, 0);
  const depths = used === 0 ? [] : parts.linear ? [low, high] : [undefined];
  return {
    features: parts.features,
    weights: parts.weights,
    threshold,
    matches: pairMatched.reduce((sum, m) => sum + m, 0),
    pairs,
    pairSimilarity,
    pairMatched,
    pairUsed,
    motion,
    bands: depths.map((depth) => bandFrom(motion, depth)),
  };
}

function bandFrom(motion: Motion, depth: number | undefined): MotionBand {
  const estimate = motion.constant.map((_, i) => motion.getMotion(i + 1, depth));
  return {
    depth,
    estimate,
    lower: estimate.map((m, i) => m - 1.5 - (i % 3)),
    upper: estimate.map((m, i) => m + 1.2 + (i % 4)),
  };
}

/** Several synthetic shanks in one result; `options.units` are those of one shank. */
export function syntheticMultiShank(
  shankIds: readonly number[],
  options: SyntheticOptions = {},
): MultiShankResult {
  const results = shankIds.map((id) => syntheticResult({ ...options, seed: (options.seed ?? 1) + id }));
  return multiShankFrom(shankIds, results);
}

function multiShankFrom(shankIds: readonly number[], results: readonly TrackingResult[]): MultiShankResult {
  let firstUnit = 0;
  let firstLabel = 0;
  const labels: number[] = [];
  const matchedPairs: number[] = [];
  const shanks = results.map((result, i) => {
    const units = result.sessions.map((_, u) => firstUnit + u);
    for (const label of result.curation.labels) labels.push(label < 0 ? -1 : label + firstLabel);
    for (const unit of result.curation.matchedPairs) matchedPairs.push(unit + firstUnit);
    firstUnit += units.length;
    firstLabel += result.curation.clusterCount;
    return { shankId: shankIds[i], units, result };
  });
  return {
    settings: results[0].settings,
    sessions: Int32Array.from(results.flatMap((r) => [...r.sessions])),
    sessionCount: results[0].sessionCount,
    features: {
      units: firstUnit,
      locations: Float64Array.from(results.flatMap((r) => [...r.features.locations])),
      amplitude: new Float64Array(firstUnit).fill(80),
      peakChannels: new Int32Array(firstUnit),
      unitShanks: Int32Array.from(shanks.flatMap((s) => [...s.units].map(() => s.shankId))),
      silentUnits: [],
    },
    shanks,
    labels: Int32Array.from(labels),
    clusterCount: firstLabel,
    matchedPairs: Int32Array.from(matchedPairs),
    warnings: [],
    kernels: 'plain',
  };
}

const FILE_OF: Record<FeatureName, string> = {
  Waveform: 'waveform',
  ISI: 'ISI',
  AutoCorr: 'AutoCorr',
  PETH: 'PETH',
};

/** The final result of a golden case; bands and rounds, which it does not hold, are made up around its motion. */
export function goldenResult(name: string, shank?: number): TrackingResult {
  const { dataset, settings, expected } = loadCase(name);
  const read = (file: string) => expected(shank === undefined ? file : `Shank${shank}/${file}`).data;
  const { features } = settings.clustering;
  const sessions =
    shank === undefined
      ? dataset.sessions
      : Int32Array.from(read('original_unit_indices'), (unit) => dataset.sessions[unit]);
  const linear = read('motion_linear');
  return resultFrom({
    sessions,
    sessionCount: dataset.sessionCount,
    locations: read('locations'),
    features,
    featureSimilarity: features.map((feature) => read(`${FILE_OF[feature]}_similarity_matrix`)),
    similarity: read('SimilarityMatrix'),
    weights: read('SimilarityWeights'),
    threshold: read('SimilarityThreshold')[0],
    labels: Int32Array.from(read('IdxCluster'), (label) => (label > 0 ? label - 1 : -1)),
    motion: new Motion(linear.length, { linear, constant: read('motion_constant') }),
    rounds: 2,
    linear: linear.some((slope) => slope !== 0),
  });
}

/** The golden case with four shanks. */
export function goldenMultiShank(): MultiShankResult {
  const shankIds = [1, 2, 3, 4];
  return multiShankFrom(
    shankIds,
    shankIds.map((id) => goldenResult('multishank', id)),
  );
}
