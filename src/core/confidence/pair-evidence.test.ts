import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MARGIN, pairEvidence } from './pair-evidence.ts';

/** All pairs a < b with similarities by a function. */
function allPairs(units: number, similarity: (a: number, b: number) => number) {
  const pairs: number[] = [];
  const values: number[] = [];
  for (let b = 0; b < units; b++)
    for (let a = 0; a < b; a++) {
      pairs.push(a, b);
      values.push(similarity(a, b));
    }
  return {
    pairs: { count: values.length, units: Int32Array.from(pairs) },
    pairSimilarity: Float64Array.from(values),
    of: (a: number, b: number) => values.findIndex((_, p) => pairs[2 * p] === a && pairs[2 * p + 1] === b),
  };
}

describe('pairEvidence', () => {
  // Two neurons, 0 1 2 and 3 4, over sessions 1 2 3; unit 5 is alone.
  const sessions = Int32Array.of(1, 2, 3, 1, 2, 3);
  const labels = Int32Array.of(0, 0, 0, 1, 1, -1);
  const same = (a: number, b: number) => labels[a] >= 0 && labels[a] === labels[b];
  const data = allPairs(6, (a, b) => (same(a, b) ? 2 : a === 3 && b === 5 ? 1 : 0.2));
  const { support, margin } = pairEvidence({ units: 6, sessionCount: 3, sessions, labels, ...data });

  it('is the mean similarity to the other group, without the unit itself', () => {
    expect(support[data.of(0, 1)]).toBeCloseTo(2, 12);
    // Unit 3 to {0, 1, 2}: 0.2; unit 0 to {3, 4}: 0.2.
    expect(support[data.of(0, 3)]).toBeCloseTo(0.2, 12);
    // Unit 3 to {5}: 1; unit 5 to {3, 4}: (1 + 0.2) / 2.
    expect(support[data.of(3, 5)]).toBeCloseTo((1 + 0.6) / 2, 12);
  });

  it('is the lead over the best alternative, the smaller of both units', () => {
    // Unit 0 could only be with unit 5 instead: all others of the second group are in sessions it could be in, but unit 3 is not.
    expect(margin[data.of(0, 1)]).toBe(MAX_MARGIN);
    // Unit 5 has no group of its own; for unit 3 its own cluster is the better one.
    expect(margin[data.of(3, 5)]).toBeCloseTo(1 - 2, 12);
  });

  it('does not depend on the order of the units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer(), (units, seed) => {
        const hash = (a: number, b: number) => Math.sin(seed + 37 * Math.min(a, b) + 101 * Math.max(a, b));
        const unitSessions = Int32Array.from({ length: units }, (_, u) => (u % 3) + 1);
        const unitLabels = Int32Array.from({ length: units }, (_, u) => (u % 4) - 1);
        const forward = allPairs(units, hash);
        const back = (u: number) => units - 1 - u;
        const backward = allPairs(units, (a, b) => hash(back(a), back(b)));
        const one = pairEvidence({
          units,
          sessionCount: 3,
          sessions: unitSessions,
          labels: unitLabels,
          ...forward,
        });
        const other = pairEvidence({
          units,
          sessionCount: 3,
          sessions: unitSessions.map((_, u) => unitSessions[back(u)]),
          labels: unitLabels.map((_, u) => unitLabels[back(u)]),
          ...backward,
        });
        for (let b = 0; b < units; b++)
          for (let a = 0; a < b; a++) {
            const [p, q] = [forward.of(a, b), backward.of(back(b), back(a))];
            expect(other.support[q]).toBeCloseTo(one.support[p], 9);
            expect(other.margin[q]).toBeCloseTo(one.margin[p], 9);
          }
      }),
      { numRuns: 30 },
    );
  });
});
