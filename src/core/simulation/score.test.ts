import { describe, expect, it } from 'vitest';
import truth from '../../../test/golden/truth.json' with { type: 'json' };
import { Motion } from '../motion/motion.ts';
import { motionError, scoreTracking } from './score.ts';

describe('scoreTracking', () => {
  it.each(Object.entries(truth))('gives the precision and recall known of case %s', (_name, known) => {
    const { pairs } = scoreTracking(known);
    expect(pairs.true).toBe(known.true);
    expect(pairs.found).toBe(known.found);
    expect(pairs.precision.toFixed(4)).toBe(known.precision.toFixed(4));
    expect(pairs.recall.toFixed(4)).toBe(known.recall.toFixed(4));
  });

  const neuronId = [0, 1, 2, 0, 1, 2, 0, 3];
  const sessions = [1, 1, 1, 2, 2, 2, 3, 3];

  it('is perfect for the truth itself, whatever the labels are called', () => {
    const labels = neuronId.map((n) => (n === 3 ? -1 : 7 - n));
    const score = scoreTracking({ labels, neuronId, sessions });
    expect(score.pairs).toEqual({ true: 5, found: 5, correct: 5, precision: 1, recall: 1, f1: 1 });
    expect(score.ari).toBe(1);
  });

  it('counts what is wrong and what is missing', () => {
    // Neuron 0 is found in two of three sessions; neurons 1 and 2 are joined crosswise once.
    const labels = [0, 1, -1, 0, -1, 1, -1, -1];
    const { pairs } = scoreTracking({ labels, neuronId, sessions });
    expect(pairs).toMatchObject({ true: 5, found: 2, correct: 1, precision: 0.5, recall: 0.2 });
    expect(pairs.f1).toBeCloseTo((2 * 0.5 * 0.2) / 0.7, 12);
  });

  it('has recall 0 and precision 1 when nothing was matched', () => {
    const score = scoreTracking({ labels: neuronId.map(() => -1), neuronId, sessions });
    expect(score.pairs).toEqual({ true: 5, found: 0, correct: 0, precision: 1, recall: 0, f1: 0 });
    expect(score.ari).toBe(0);
  });

  it('is perfect when nothing was matched and there was nothing to match', () => {
    const score = scoreTracking({ labels: [-1, -1], neuronId: [0, 1], sessions: [1, 2] });
    expect(score.pairs).toEqual({ true: 0, found: 0, correct: 0, precision: 1, recall: 1, f1: 1 });
    expect(score.ari).toBe(1);
    expect(scoreTracking({ labels: [], neuronId: [], sessions: [] }).ari).toBe(1);
  });

  it('holds a pair within a session for wrong', () => {
    const score = scoreTracking({ labels: [0, 0], neuronId: [0, 0], sessions: [1, 1] });
    expect(score.pairs).toMatchObject({ true: 0, found: 1, correct: 0, precision: 0 });
  });

  it('gives random labels an adjusted Rand index near 0, below it where they are worse', () => {
    // Contingency table with one unit in every cell: index 0, expected 6 · 6 / 36 = 1 of a largest 6.
    const labels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
    const score = scoreTracking({
      labels,
      neuronId: [0, 1, 2, 0, 1, 2, 0, 1, 2],
      sessions: [1, 1, 1, 2, 2, 2, 3, 3, 3],
    });
    expect(score.ari).toBeCloseTo((0 - (9 * 9) / 36) / (9 - (9 * 9) / 36), 12);
  });

  it('takes the motion error at the depths of the units', () => {
    const motion = new Motion(2, { linear: [0, 100] });
    const trueMotion = new Motion(2);
    const score = scoreTracking({
      labels: [0, 0],
      neuronId: [0, 0],
      sessions: [1, 2],
      motion,
      trueMotion,
      locations: [5, 100, 1, 6, 200, 1],
    });
    expect(score.motionError?.max).toBeCloseTo(10, 12);
    expect(score.motionError?.rms).toBeCloseTo(Math.sqrt((25 + 100) / 2), 12);
  });

  it('refuses arrays that disagree, and motion with depth but without locations', () => {
    const linear = new Motion(1, { linear: [1] });
    expect(() => scoreTracking({ labels: [0], neuronId: [0, 1], sessions: [1, 1] })).toThrow(/got 1 labels/);
    expect(() => scoreTracking({ labels: [0], neuronId: [0], sessions: [1, 1] })).toThrow(/got 2 sessions/);
    expect(() =>
      scoreTracking({ labels: [0], neuronId: [0], sessions: [1], motion: linear, trueMotion: linear }),
    ).toThrow(/expected locations/);
  });
});

describe('motionError', () => {
  it('does not count an offset common to all sessions', () => {
    const known = new Motion(3, { constant: [-10, 0, 10] });
    const shifted = new Motion(3, { constant: [90, 100, 110] });
    expect(motionError(shifted, known, [0]).max).toBeCloseTo(0, 12);
  });

  it('does not count a change with depth common to all sessions', () => {
    const known = new Motion(2, { linear: [0, 20], constant: [1, 2] });
    const shifted = new Motion(2, { linear: [30, 50], constant: [1, 2] });
    expect(motionError(shifted, known, [0, 500, 4000]).max).toBeCloseTo(0, 10);
  });

  it('is the root mean square over sessions', () => {
    const error = motionError(new Motion(2, { constant: [3, -3] }), new Motion(2), [0, 100]);
    expect(error).toEqual({ rms: 3, max: 3 });
  });

  it('refuses motions of different recordings', () => {
    expect(() => motionError(new Motion(2), new Motion(3), [0])).toThrow(
      /got motion of 2 sessions, expected 3/,
    );
  });
});
