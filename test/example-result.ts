/** Small results made up for tests of what is done with results. */

import { Motion } from '../src/core/motion/motion.ts';
import { createRandom, type Random } from '../src/core/random.ts';
import {
  CURATION_TYPES,
  type CurationType,
  type MultiShankResult,
  type TrackingResult,
} from '../src/core/result.ts';
import { resolveSettings, type UserSettings } from '../src/core/settings.ts';

export interface ExampleOptions {
  readonly seed?: number;
  readonly settings?: UserSettings;
  /** Shank of all units. */
  readonly shankId?: number;
  /** Whether waveforms were corrected; without, there is one template, the waveforms as they came. */
  readonly interpolated?: boolean;
  /** Number of motion rounds. */
  readonly rounds?: number;
}

const CHANNELS = 5;
const SAMPLES = 4;
const SESSIONS = 3;

/** A result of the right shapes and types whose numbers mean nothing. */
export function exampleTracking(units: number, options: ExampleOptions = {}): TrackingResult {
  const { seed = 1, shankId = 1, interpolated = true, rounds = 2 } = options;
  const random = createRandom(seed);
  const numbers = (length: number) => Float64Array.from({ length }, () => random.normal());
  const { settings } = resolveSettings({ preset: 'reference', ...options.settings });
  const names = settings.clustering.features;
  const pairs = { count: 0, units: Int32Array.from(candidatePairs(units)) };
  pairs.count = pairs.units.length / 2;
  const labels = Int32Array.from({ length: units }, (_, u) => (u % 4 === 3 ? -1 : u % 3));
  const curated = labels.map((label, u) => (u % 5 === 4 ? -1 : label));
  const motion = (values: Float64Array) =>
    new Motion(SESSIONS, { constant: values, linear: values.map((v) => v / 2) });
  return {
    settings,
    sessions: Int32Array.from({ length: units }, (_, u) => (u % SESSIONS) + 1),
    sessionCount: SESSIONS,
    features: {
      units,
      locations: numbers(3 * units),
      amplitude: numbers(units),
      peakChannels: Int32Array.from({ length: units }, () => random.integer(CHANNELS)),
      unitShanks: new Int32Array(units).fill(shankId),
      autoCorr: { data: numbers(7 * units), bins: 7 },
      isi: names.includes('ISI') ? { data: numbers(3 * units), bins: 3 } : undefined,
      peth: names.includes('PETH') ? { data: numbers(2 * units).fill(Number.NaN, 0, 1), bins: 2 } : undefined,
      silentUnits: [],
    },
    rounds: Array.from({ length: rounds }, (_, i) => ({
      features: names,
      weights: numbers(names.length),
      threshold: i === 0 ? Number.NEGATIVE_INFINITY : 1.5,
      matches: 3 + i,
      pairs,
      pairSimilarity: numbers(pairs.count),
      pairMatched: Uint8Array.from({ length: pairs.count }, (_, p) => p & 1),
      pairUsed: Uint8Array.from({ length: pairs.count }, (_, p) => ((p & 3) === 3 ? 1 : 0)),
      motion: i + 1 < rounds ? motion(numbers(SESSIONS)) : undefined,
      // From fixed numbers: the others follow from the order in which they are drawn.
      bands:
        i + 1 < rounds
          ? [
              {
                estimate: Float64Array.from({ length: SESSIONS }, (_, s) => s),
                lower: Float64Array.from({ length: SESSIONS }, (_, s) => s - 0.5),
                upper: Float64Array.from({ length: SESSIONS }, (_, s) => s + 0.25),
              },
            ]
          : [],
    })),
    motion: motion(numbers(SESSIONS)),
    corrected: {
      units,
      channels: CHANNELS,
      samples: SAMPLES,
      templates: Array.from({ length: interpolated ? settings.waveformCorrection.n_templates : 1 }, () =>
        Float32Array.from(numbers(units * CHANNELS * SAMPLES)),
      ),
      interpolated,
    },
    clustering: {
      features: names,
      weights: numbers(names.length),
      threshold: 0.3,
      similarity: symmetric(units, random),
      featureSimilarity: names.map(() => symmetric(units, random)),
      pairs,
      labels,
      clusterCount: 3,
      leafOrder: Int32Array.from({ length: units }, (_, u) => units - 1 - u),
      weightHistory: [],
    },
    curation: {
      labels: curated,
      clusterCount: 3,
      matchedPairs: Int32Array.from(pairsOf(curated)),
      curationPairs: pairs.units.slice(0, 6),
      curationTypes: Uint8Array.from(
        { length: 3 },
        (_, i) => ((i % (CURATION_TYPES.length - 1)) + 1) as CurationType,
      ),
    },
    confidence: {
      matchProbability: Float64Array.from({ length: pairsOf(curated).length / 2 }, () => random.uniform()),
      unitConfidence: Float64Array.from(curated, (label) => (label < 0 ? Number.NaN : random.uniform())),
    },
    warnings: [],
    kernels: 'example',
  };
}

/** Three shanks whose units alternate. */
export function exampleShanks(units: number, options: ExampleOptions = {}): MultiShankResult {
  const ids = [2, 4, 7];
  const shanks = ids.map((shankId, s) => {
    const own = Int32Array.from(
      Array.from({ length: units }, (_, u) => u).filter((u) => u % ids.length === s),
    );
    return {
      shankId,
      units: own,
      result: exampleTracking(own.length, { ...options, shankId, seed: 10 + s }),
    };
  });
  const whole = exampleTracking(units, options);
  const labels = new Int32Array(units).fill(-1);
  const matchedPairs: number[] = [];
  let clusterCount = 0;
  for (const { units: own, result } of shanks) {
    result.curation.labels.forEach((label, i) => {
      if (label >= 0) labels[own[i]] = label + clusterCount;
    });
    for (const unit of result.curation.matchedPairs) matchedPairs.push(own[unit]);
    clusterCount += result.curation.clusterCount;
  }
  return {
    settings: whole.settings,
    sessions: whole.sessions,
    sessionCount: SESSIONS,
    features: { ...whole.features, unitShanks: whole.features.unitShanks.map((_, u) => ids[u % ids.length]) },
    shanks,
    labels,
    clusterCount,
    matchedPairs: Int32Array.from(matchedPairs),
    warnings: [],
    kernels: 'example',
  };
}

function symmetric(units: number, random: Random): Float64Array {
  const matrix = new Float64Array(units * units);
  for (let i = 0; i < units; i++) {
    for (let j = 0; j < i; j++) matrix[i * units + j] = matrix[j * units + i] = random.normal();
    matrix[i * units + i] = 6;
  }
  return matrix;
}

/** Every third pair, ordered by the second unit. */
function candidatePairs(units: number): number[] {
  const pairs: number[] = [];
  for (let j = 0; j < units; j++) for (let i = 0; i < j; i++) if ((i + j) % 3 === 0) pairs.push(i, j);
  return pairs;
}

function pairsOf(labels: Int32Array): number[] {
  const pairs: number[] = [];
  for (let k = 0; k < labels.length; k++)
    for (let j = k + 1; j < labels.length; j++)
      if (labels[k] >= 0 && labels[k] === labels[j]) pairs.push(k, j);
  return pairs;
}
