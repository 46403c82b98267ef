import { describe, expect, it } from 'vitest';
import { overSplitSessions } from './over-split.ts';

/** Twenty neurons in two sessions; `split` of them have a second unit in the first session. */
function recording(split: number) {
  const sessions = Int32Array.from({ length: 40 + split }, (_, u) => (u < 20 || u >= 40 ? 1 : 2));
  const labels = Int32Array.from(sessions, (_, u) => (u < 40 ? u % 20 : -1));
  const matched = Array.from({ length: 20 }, (_, n) => [n, n + 20]).flat();
  const doubled = Array.from({ length: split }, (_, n) => [n, n + 40]).flat();
  const pairs = { count: 20 + split, units: Int32Array.from([...matched, ...doubled]) };
  const similarity = Float64Array.from({ length: pairs.count }, (_, p) => (p < 20 ? 2 : 2.5));
  return overSplitSessions(sessions, labels, pairs, similarity);
}

describe('overSplitSessions', () => {
  it('finds sessions in which many units are as alike as units of one neuron', () => {
    expect(recording(5)).toEqual({ high: 2, sessions: new Map([[1, 10]]) });
  });

  it('finds none where few are, or nothing is matched', () => {
    expect(recording(2).sessions.size).toBe(0);
    const none = overSplitSessions(
      Int32Array.of(1, 1),
      Int32Array.of(-1, -1),
      { count: 1, units: Int32Array.of(0, 1) },
      Float64Array.of(3),
    );
    expect(none).toEqual({ high: Number.POSITIVE_INFINITY, sessions: new Map() });
  });
});
