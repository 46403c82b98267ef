import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curationCases } from '../../../test/support/curation-cases.ts';
import { createRandom } from '../random.ts';
import type { CurationResult } from '../result.ts';
import { allPairsOf } from '../similarity/nearby-matrix.ts';
import { autoCurate, type CurationInput } from './auto-curation.ts';

const REFERENCE = { autoSplit: true, autoMerge: false, mergeFactor: 0.9 };
const ALL = { autoSplit: true, autoMerge: true, mergeFactor: 0.9 };

/** Units at random similarities, all pairs candidates, in random clusters. */
function randomInput(seed: number, units: number, threshold = 2): CurationInput {
  const random = createRandom(seed);
  const similarity = new Float64Array(units * units).fill(6);
  const pairs: number[] = [];
  for (let j = 0; j < units; j++) {
    for (let i = 0; i < j; i++) {
      const value = 2 + random.normal();
      similarity[i * units + j] = value;
      similarity[j * units + i] = value;
      if (random.uniform() < 0.9) pairs.push(i, j);
    }
  }
  return {
    units,
    sessions: Int32Array.from({ length: units }, () => 1 + random.integer(4)),
    labels: Int32Array.from({ length: units }, () => random.integer(1 + units / 4) - 1),
    similarity,
    threshold,
    pairs: { count: pairs.length / 2, units: Int32Array.from(pairs) },
  };
}

/** The same recording with its units in another order: unit i of the result is unit order[i] of the input. */
function reorder(input: CurationInput, order: readonly number[]): CurationInput {
  const n = input.units;
  const place = new Int32Array(n);
  order.forEach((unit, i) => {
    place[unit] = i;
  });
  return {
    ...input,
    sessions: Int32Array.from(order, (unit) => input.sessions[unit]),
    labels: Int32Array.from(order, (unit) => input.labels[unit]),
    similarity: Float64Array.from(
      { length: n * n },
      (_, k) => allPairsOf(input.similarity)[order[Math.floor(k / n)] * n + order[k % n]],
    ),
    pairs: {
      count: input.pairs.count,
      units: input.pairs.units.map((_, k, all) => {
        const [a, b] = [place[all[k - (k % 2)]], place[all[k - (k % 2) + 1]]];
        return k % 2 === 0 ? Math.min(a, b) : Math.max(a, b);
      }),
    },
  };
}

/** Pairs as sets of units, in the numbering before `order` was applied. */
function pairSet(pairs: Int32Array, order: readonly number[]): string[] {
  const out: string[] = [];
  for (let k = 0; k < pairs.length; k += 2) {
    const [a, b] = [order[pairs[k]], order[pairs[k + 1]]];
    out.push(`${Math.min(a, b)}-${Math.max(a, b)}`);
  }
  return [...new Set(out)].sort();
}

describe('autoCurate', () => {
  it.each(Object.keys(curationCases))('%s: labels, pairs and record are the published ones', (name) => {
    const golden = curationCases[name];
    const units = golden.sessions.length;
    const similarity = new Float64Array(units * units);
    for (let i = 0; i < units; i++) similarity[i * units + i] = 6;
    for (const [i, j, value] of golden.within) {
      similarity[i * units + j] = value;
      similarity[j * units + i] = value;
    }
    const result = autoCurate(
      {
        units,
        sessions: Int32Array.from(golden.sessions),
        labels: Int32Array.from(golden.hdbscanLabels),
        similarity,
        threshold: golden.threshold,
        pairs: { count: 0, units: new Int32Array(0) },
      },
      { ...REFERENCE, autoSplit: golden.autoSplit },
    );
    const { labels, matchedPairs, curationPairs, curationTypes } = golden.expected;
    expect([...result.labels]).toEqual(labels);
    expect(result.clusterCount).toBe(Math.max(...labels) + 1);
    expect([...result.matchedPairs]).toEqual(matchedPairs.flat());
    expect([...result.curationPairs]).toEqual(curationPairs.flat());
    expect([...result.curationTypes]).toEqual(curationTypes);
  });

  it('leaves no two units of one session in a cluster and no cluster of a single unit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 25 }), (seed, units) => {
        const input = randomInput(seed, units);
        const { labels, clusterCount } = autoCurate(input, ALL);
        for (let label = 0; label < clusterCount; label++) {
          const sessions = [...input.sessions].filter((_, unit) => labels[unit] === label);
          expect(sessions.length).toBeGreaterThanOrEqual(2);
          expect(new Set(sessions).size).toBe(sessions.length);
        }
        expect(labels.every((label) => label >= -1 && label < clusterCount)).toBe(true);
      }),
    );
  });

  it('records what it does: cut and joined pairs lead from the clusters before to those after', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const input = randomInput(seed, 20);
        const result = autoCurate(input, ALL);
        const together = (labels: Int32Array, i: number, j: number) =>
          labels[i] >= 0 && labels[i] === labels[j];
        const cut = new Set<string>();
        const joined = new Set<string>();
        result.curationTypes.forEach((type, k) => {
          const pair = `${result.curationPairs[2 * k]}-${result.curationPairs[2 * k + 1]}`;
          (type === 3 ? joined : cut).add(pair);
        });
        for (let j = 0; j < 20; j++) {
          for (let i = 0; i < j; i++) {
            const before = together(input.labels, i, j);
            const expected = (before && !cut.has(`${i}-${j}`)) || joined.has(`${i}-${j}`);
            expect(together(result.labels, i, j)).toBe(expected);
          }
        }
      }),
    );
  });

  it('does not depend on the order of the units', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 25 }), (seed, units) => {
        const input = randomInput(seed, units);
        const random = createRandom(seed ^ 1);
        const order = Array.from({ length: units }, (_, i) => i);
        for (let i = units - 1; i > 0; i--) {
          const j = random.integer(i + 1);
          [order[i], order[j]] = [order[j], order[i]];
        }
        const identity = Array.from({ length: units }, (_, i) => i);
        const straight = autoCurate(input, ALL);
        const shuffled = autoCurate(reorder(input, order), ALL);
        const named = (result: CurationResult, names: readonly number[]) => ({
          matched: pairSet(result.matchedPairs, names),
          curated: pairSet(result.curationPairs, names),
          clusters: result.clusterCount,
        });
        expect(named(shuffled, order)).toEqual(named(straight, identity));
      }),
    );
  });

  it('splits and merges only when told to', () => {
    const input = randomInput(3, 30);
    const types = (autoSplit: boolean, autoMerge: boolean) =>
      new Set(autoCurate(input, { autoSplit, autoMerge, mergeFactor: 0.9 }).curationTypes);
    expect(types(false, false)).toEqual(new Set([1]));
    expect(types(true, false)).toEqual(new Set([1, 2]));
    expect(types(true, true)).toEqual(new Set([1, 2, 3]));
  });

  it('takes infinite thresholds', () => {
    const nothing = autoCurate(randomInput(5, 20, Number.POSITIVE_INFINITY), ALL);
    expect(nothing.clusterCount).toBe(0);
    expect(nothing.matchedPairs).toHaveLength(0);
    const everything = autoCurate(randomInput(5, 20, Number.NEGATIVE_INFINITY), REFERENCE);
    expect([...everything.curationTypes].every((type) => type === 1)).toBe(true);
  });

  it('leaves its input alone', () => {
    const input = randomInput(9, 20);
    const copy = structuredClone(input);
    autoCurate(input, ALL);
    expect(input).toEqual(copy);
  });

  it('refuses sizes that disagree', () => {
    const input = randomInput(1, 5);
    expect(() => autoCurate({ ...input, labels: new Int32Array(4) }, ALL)).toThrow(RangeError);
  });
});
