import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { swapSession } from '../../../test/support/swapped-session.ts';
import type { ClosableKernels } from '../../workers/create-kernels.ts';
import { createKernels } from '../../workers/node.ts';
import type { Dataset } from '../dataset.ts';
import { Motion } from '../motion/motion.ts';
import type { MotionRound } from '../result.ts';
import { resolveSettings } from '../settings.ts';
import { simulateRecording } from '../simulation/simulate.ts';
import { track } from '../track.ts';
import { sessionLinks, unfittingSessions } from './session-links.ts';
import { type TrackingToCheck, trackingWarnings } from './tracking-warnings.ts';

/** Links of equal strength between the sessions of each group. */
function grouped(...groups: number[][]) {
  const sessionCount = groups.flat().length;
  const matches = new Float64Array(sessionCount * sessionCount);
  for (const group of groups)
    for (const i of group) for (const j of group) if (i !== j) matches[(i - 1) * sessionCount + j - 1] = 15;
  return { sessionCount, units: new Int32Array(sessionCount).fill(20), matches };
}

describe('unfittingSessions', () => {
  it('names sessions that hang together with none, or among themselves alone', () => {
    expect(unfittingSessions(grouped([1, 2, 3, 4]))).toEqual([]);
    expect(unfittingSessions(grouped([1, 2, 4, 5], [3]))).toEqual([[3]]);
    expect(unfittingSessions(grouped([3, 4, 5], [1, 2]))).toEqual([[1, 2]]);
  });

  it('lets neurons turn over in the course of a recording', () => {
    const links = grouped([1], [2], [3], [4], [5]);
    for (let s = 0; s < 4; s++) links.matches[s * 5 + s + 1] = links.matches[(s + 1) * 5 + s] = 12;
    expect(unfittingSessions(links)).toEqual([]);
  });

  it('counts matches by their probability', () => {
    const sessions = Int32Array.of(1, 1, 2, 2, 3);
    const pairs = Int32Array.of(0, 2, 1, 3, 0, 4);
    const { units, matches } = sessionLinks(3, sessions, pairs, Float64Array.of(0.9, 0.8, 0.1));
    expect([...units]).toEqual([2, 2, 1]);
    expect([...matches]).toEqual([0, 0.9 + 0.8, 0.1, 0.9 + 0.8, 0, 0, 0.1, 0, 0]);
  });
});

describe('trackingWarnings', () => {
  let kernels: ClosableKernels;
  beforeAll(async () => {
    kernels = await createKernels({ kernels: 'simd', threads: 1 });
  });
  afterAll(() => kernels.close());
  const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
  const warningsOf = async (dataset: Dataset) => (await track(dataset, settings, { kernels })).warnings;
  const options = { sessions: 6, neuronsPerSession: 30, firing: { durationMs: 100_000 } };
  const recording = simulateRecording({ ...options, seed: 5 }).dataset;

  it('are silent about an intact recording', async () => {
    expect(await warningsOf(recording)).toEqual([]);
  });

  it('name a session of another animal', async () => {
    const other = simulateRecording({ ...options, seed: 6 }).dataset;
    const warnings = await warningsOf(swapSession(recording, other, 3));
    expect(warnings.filter((text) => text.startsWith('Session 3 does not fit the others'))).toHaveLength(1);
    expect(warnings.filter((text) => /does not fit|do not fit/.test(text))).toHaveLength(1);
  });

  /** Twenty neurons in three sessions, 30 µm apart. */
  function sound(): TrackingToCheck {
    const units = 60;
    const neuron = (u: number) => u % 20;
    const sessions = Int32Array.from({ length: units }, (_, u) => Math.floor(u / 20) + 1);
    const pairs: number[] = [];
    const values: number[] = [];
    const matched: number[] = [];
    for (let b = 0; b < units; b++)
      for (let a = 0; a < b; a++) {
        pairs.push(a, b);
        const same = neuron(a) === neuron(b);
        values.push(same ? 2 + 0.01 * (a % 7) : 0);
        if (same) matched.push(a, b);
      }
    return {
      sessions,
      sessionCount: 3,
      features: {
        locations: Float64Array.from({ length: 3 * units }, (_, i) =>
          i % 3 === 1 ? 30 * neuron((i - 1) / 3) : 0,
        ),
      },
      rounds: [],
      motion: new Motion(3),
      clustering: {
        features: ['Waveform', 'AutoCorr'],
        weights: Float64Array.of(0.7, 0.3),
      },
      pairs: { count: values.length, units: Int32Array.from(pairs) },
      pairSimilarity: Float64Array.from(values),
      curation: {
        labels: Int32Array.from({ length: units }, (_, u) => neuron(u)),
        matchedPairs: Int32Array.from(matched),
      },
      confidence: {
        matchProbability: new Float64Array(matched.length / 2).fill(1),
        unitConfidence: new Float64Array(units).fill(1),
      },
    };
  }

  it('are none for a sound tracking', () => {
    expect(trackingWarnings(sound())).toEqual([]);
  });

  it('name idle features and weights of unexpected sign', () => {
    const tracking = sound();
    tracking.clustering.weights.set([1.1, -0.1]);
    expect(trackingWarnings(tracking)).toEqual([
      expect.stringMatching(/^AutoCorr has a negative weight \(-0\.10\)/),
    ]);
    tracking.clustering.weights.set([0.99, 0.01]);
    expect(trackingWarnings(tracking)).toEqual([
      expect.stringMatching(/^AutoCorr carries no weight \(0\.01\)/),
    ]);
  });

  it('name sessions in which units are as alike as those of one neuron', () => {
    const tracking = sound();
    const { pairs } = tracking;
    for (let p = 0; p < pairs.count; p++) {
      const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
      if (tracking.sessions[a] === 2 && tracking.sessions[b] === 2 && b === a + 1 && a % 2 === 0 && a < 28)
        tracking.pairSimilarity[p] = 2.5;
    }
    expect(trackingWarnings(tracking)).toEqual([
      expect.stringMatching(/^Session 2 may be over-split: 8 of its 20 units/),
    ]);
  });

  it('name neurons of which a unit lies far off', () => {
    const tracking = sound();
    tracking.features.locations[3 * 23 + 1] += 80;
    expect(trackingWarnings(tracking)).toEqual([
      '1 unit lies more than 40 µm from the depth of its neuron: look at neuron 4.',
    ]);
  });

  it('name sessions whose motion rests on few pairs', () => {
    const tracking = sound();
    const { pairs } = tracking;
    const pairUsed = new Uint8Array(pairs.count);
    let ofThird = 0;
    for (let p = 0; p < pairs.count; p++) {
      const [a, b] = [tracking.sessions[pairs.units[2 * p]], tracking.sessions[pairs.units[2 * p + 1]]];
      if (a !== b && tracking.pairSimilarity[p] > 1) pairUsed[p] = b < 3 || ofThird++ < 5 ? 1 : 0;
    }
    const band = {
      estimate: new Float64Array(3),
      lower: Float64Array.of(-1, -1, -12),
      upper: Float64Array.of(1, 1, 12),
    };
    const round = { pairs, pairUsed, motion: tracking.motion, bands: [band] } as unknown as MotionRound;
    expect(trackingWarnings({ ...tracking, rounds: [round] })).toEqual([
      'The motion of session 3 rests on 5 matched pairs and is known to ±12 µm only.',
    ]);
  });
});
