import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitPairs } from '../result.ts';
import { contiguousLabels } from './cluster-labels.ts';
import { CurationRecord } from './curation-record.ts';
import { mergeGroups } from './merge.ts';

type Couples = readonly (readonly [number, number, number])[];

/** Candidate pairs i < j with their similarities; all others are 0 and no candidates. */
function candidates(n: number, couples: Couples): { pairs: UnitPairs; similarity: Float64Array } {
  const similarity = new Float64Array(n * n);
  for (const [i, j, s] of couples) {
    similarity[i * n + j] = s;
    similarity[j * n + i] = s;
  }
  return {
    pairs: { count: couples.length, units: Int32Array.from(couples.flatMap((couple) => couple.slice(0, 2))) },
    similarity,
  };
}

function run(labels: number[], sessions: number[], couples: Couples, leastScore: number) {
  const record = new CurationRecord();
  const out = Int32Array.from(labels);
  const input = { sessions: Int32Array.from(sessions), ...candidates(labels.length, couples) };
  mergeGroups(out, input, leastScore, record);
  return { labels: [...out], pairs: [...record.pairs], types: [...record.types] };
}

describe('merging groups', () => {
  it('joins single units that are similar enough and gives them a new label after the largest', () => {
    const result = run([-1, 0, 0, -1], [1, 1, 2, 2], [[0, 3, 2]], 1.5);
    expect(result).toEqual({ labels: [1, 0, 0, 1], pairs: [0, 3], types: [3] });
  });

  it('asks for a score above the least one, not at it', () => {
    expect(run([-1, -1], [1, 2], [[0, 1, 2]], 2).labels).toEqual([-1, -1]);
    expect(run([-1, -1], [1, 2], [[0, 1, 2]], 1.999).labels).toEqual([0, 0]);
  });

  it('keeps the lowest label and records every pair between the groups', () => {
    const couples: Couples = [
      [0, 1, 3],
      [0, 3, 3],
      [1, 2, 3],
      [2, 3, 3],
    ];
    const result = run([1, 0, 1, 0], [1, 2, 3, 4], couples, 1);
    expect(result).toEqual({ labels: [0, 0, 0, 0], pairs: [0, 1, 0, 3, 1, 2, 2, 3], types: [3, 3, 3, 3] });
  });

  it('does not join groups in which a session occurs in both', () => {
    expect(run([-1, -1], [2, 2], [[0, 1, 9]], 1).labels).toEqual([-1, -1]);
  });

  it('does not join groups between which one pair is no candidate', () => {
    expect(run([0, 0, -1], [1, 2, 3], [[0, 2, 9]], 1).labels).toEqual([0, 0, -1]);
  });

  it('judges groups by the mean over all pairs between them', () => {
    const couples: Couples = [
      [0, 2, 4],
      [1, 2, 1],
    ];
    expect(run([0, 0, -1], [1, 2, 3], couples, 2.4).labels).toEqual([0, 0, 0]);
    expect(run([0, 0, -1], [1, 2, 3], couples, 2.5).labels).toEqual([0, 0, -1]);
  });

  it('joins the best first, and lower units first where scores are equal', () => {
    const ambiguous: Couples = [
      [0, 1, 2],
      [0, 2, 3],
    ];
    expect(run([-1, -1, -1], [1, 2, 2], ambiguous, 1).labels).toEqual([0, -1, 0]);
    const equal: Couples = [
      [0, 1, 2],
      [0, 2, 2],
    ];
    expect(run([-1, -1, -1], [1, 2, 2], equal, 1).labels).toEqual([0, 0, -1]);
  });

  it('goes on joining what it has joined', () => {
    const couples: Couples = [
      [0, 1, 3],
      [0, 2, 2],
      [1, 2, 1.5],
    ];
    const { labels, pairs } = run([-1, -1, -1], [1, 2, 3], couples, 1.7);
    expect(labels).toEqual([0, 0, 0]);
    expect(pairs).toEqual([0, 1, 0, 2, 1, 2]);
  });

  it('does what a search over all couples of groups does', () => {
    const scenario = fc.integer({ min: 2, max: 12 }).chain((n) =>
      fc.record({
        sessions: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: n, maxLength: n }),
        values: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: n * n, maxLength: n * n }),
        grouping: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: n, maxLength: n }),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ sessions, values, grouping }) => {
        const n = sessions.length;
        const couples: [number, number, number][] = [];
        // Value 0 stands for a pair that is no candidate.
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < j; i++) if (values[j * n + i] > 0) couples.push([i, j, values[j * n + i]]);
        }
        const labels = oneUnitPerSession(grouping, sessions);
        const merged = run(labels, sessions, couples, 2.5).labels;
        expect(contiguousLabels(Int32Array.from(merged))).toEqual(
          contiguousLabels(Int32Array.from(searchAll(labels, sessions, couples, 2.5))),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

/** Labels without gaps in which every cluster has at most one unit of a session. */
function oneUnitPerSession(grouping: readonly number[], sessions: readonly number[]): number[] {
  const seen = new Set<string>();
  const kept = grouping.map((label, unit) => {
    const key = `${label} ${sessions[unit]}`;
    if (label < 0 || seen.has(key)) return -1;
    seen.add(key);
    return label;
  });
  const used = [...new Set(kept)].filter((label) => label >= 0).sort((x, y) => x - y);
  return kept.map((label) => (label < 0 ? -1 : used.indexOf(label)));
}

/** The definition, taken literally: in every step, look at all couples of groups. */
function searchAll(labels: number[], sessions: number[], couples: Couples, leastScore: number): number[] {
  const out = [...labels];
  const similarity = new Map(couples.map(([i, j, s]) => [`${i} ${j}`, s]));
  let groups = labels.flatMap((label, unit) => {
    if (label < 0) return [[unit]];
    return labels.indexOf(label) === unit ? [labels.flatMap((other, k) => (other === label ? [k] : []))] : [];
  });
  for (;;) {
    let best: { x: number[]; y: number[]; score: number } | undefined;
    groups.sort((x, y) => x[0] - y[0]);
    for (const [g, x] of groups.entries()) {
      for (const y of groups.slice(g + 1)) {
        const between = x.flatMap((i) => y.map((j) => similarity.get(`${Math.min(i, j)} ${Math.max(i, j)}`)));
        const apart = x.every((i) => y.every((j) => sessions[i] !== sessions[j]));
        if (!apart || between.includes(undefined)) continue;
        const score = (between as number[]).reduce((sum, s) => sum + s, 0) / between.length;
        if (score > leastScore && (!best || score > best.score)) best = { x, y, score };
      }
    }
    if (!best) return out;
    const { x, y } = best;
    const known = [out[x[0]], out[y[0]]].filter((label) => label >= 0);
    const label = known.length > 0 ? Math.min(...known) : Math.max(...out, ...labels, -1) + 1;
    const joined = [...x, ...y].sort((p, q) => p - q);
    groups = [...groups.filter((group) => group !== x && group !== y), joined];
    for (const unit of joined) out[unit] = label;
  }
}
