/** A result of six units in three sessions that can be checked by hand. */
import { Motion } from '../../src/core/motion/motion.ts';
import type { TrackingResult } from '../../src/core/result.ts';
import { resolveSettings } from '../../src/core/settings.ts';

/**
 * Units 0 and 1 in session 1, 2 and 3 in session 2, 4 and 5 in session 3; 0, 2 and 4 are one neuron, 1 and 5 another.
 * The motion is 0, 10 and -10 µm. All pairs but (0, 3) are candidates.
 */
export function smallResult(): TrackingResult {
  const units = 6;
  const sessions = Int32Array.of(1, 1, 2, 2, 3, 3);
  const y = [100, 150, 112, 300, 88, 141];
  const labels = Int32Array.of(0, 1, 0, -1, 0, 1);
  const similarity = (same: number, other: number) =>
    Float64Array.from({ length: units * units }, (_, cell) => {
      const [a, b] = [Math.floor(cell / units), cell % units];
      return a === b ? 6 : labels[a] >= 0 && labels[a] === labels[b] ? same : other;
    });
  const pairs: number[] = [];
  for (let b = 0; b < units; b++) for (let a = 0; a < b; a++) if (!(a === 0 && b === 3)) pairs.push(a, b);
  const motion = new Motion(3, { constant: [0, 10, -10] });
  return {
    settings: resolveSettings({}).settings,
    sessions,
    sessionCount: 3,
    features: {
      units,
      locations: Float64Array.from(y.flatMap((depth, u) => [10 * u, depth, 5])),
      amplitude: new Float64Array(units).fill(50),
      peakChannels: new Int32Array(units),
      unitShanks: new Int32Array(units).fill(1),
      silentUnits: [],
    },
    rounds: [
      {
        features: ['Waveform', 'AutoCorr'],
        weights: Float64Array.of(0.8, 0.2),
        threshold: 1.5,
        matches: 4,
        pairs: { count: 4, units: Int32Array.of(0, 2, 0, 4, 2, 4, 1, 5) },
        pairSimilarity: Float64Array.of(2, 2, 1, 2),
        pairMatched: Uint8Array.of(1, 1, 1, 1),
        pairUsed: Uint8Array.of(1, 1, 0, 1),
        motion,
        bands: [
          {
            estimate: motion.constant,
            lower: Float64Array.of(-1, 8, -12),
            upper: Float64Array.of(1, 13, -9),
          },
        ],
      },
    ],
    motion,
    corrected: { units, channels: 0, samples: 0, templates: [], interpolated: true },
    clustering: {
      features: ['Waveform', 'AutoCorr'],
      weights: Float64Array.of(0.8, 0.2),
      threshold: 1.5,
      similarity: similarity(2.2, 0.6),
      featureSimilarity: [similarity(2.5, 0.5), similarity(1, 1)],
      pairs: { count: pairs.length / 2, units: Int32Array.from(pairs) },
      labels,
      clusterCount: 2,
      leafOrder: Int32Array.of(0, 2, 4, 1, 5, 3),
      weightHistory: [Float64Array.of(0.8, 0.2)],
    },
    curation: {
      labels,
      clusterCount: 2,
      matchedPairs: Int32Array.of(0, 2, 0, 4, 1, 5, 2, 4),
      curationPairs: new Int32Array(0),
      curationTypes: new Uint8Array(0),
    },
    confidence: {
      matchProbability: Float64Array.of(0.99, 0.9, 0.7, 0.95),
      unitConfidence: Float64Array.from(labels, (label) => (label < 0 ? Number.NaN : 0.9)),
    },
    warnings: [],
    kernels: 'plain',
  };
}
