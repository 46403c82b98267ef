import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CurationRecord } from './curation-record.ts';
import { removeSameSession } from './same-session-removal.ts';

/** Similarity 6 on the diagonal, and between others what `value` says for i < j. */
function matrix(n: number, value: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return i === j ? 6 : value(Math.min(i, j), Math.max(i, j));
  });
}

function run(labels: number[], sessions: number[], similarity: Float64Array) {
  const record = new CurationRecord();
  const out = Int32Array.from(labels);
  removeSameSession(out, Int32Array.from(sessions), similarity, record);
  return { labels: [...out], pairs: [...record.pairs], types: [...record.types] };
}

describe('same-session removal', () => {
  it('leaves clusters alone whose units come from different sessions', () => {
    const result = run(
      [0, 0, 1, 1, -1],
      [1, 2, 1, 3, 1],
      matrix(5, () => 2),
    );
    expect(result).toEqual({ labels: [0, 0, 1, 1, -1], pairs: [], types: [] });
  });

  it('removes the unit that is less similar to the cluster, whichever comes first', () => {
    const likes = (weak: number) => matrix(3, (i, j) => (i === weak || j === weak ? 1 : 3));
    expect(run([0, 0, 0], [1, 1, 2], likes(0)).labels).toEqual([-1, 0, 0]);
    expect(run([0, 0, 0], [1, 1, 2], likes(1)).labels).toEqual([0, -1, 0]);
  });

  it('removes the later unit of two that are equally similar', () => {
    expect(
      run(
        [0, 0],
        [4, 4],
        matrix(2, () => 2),
      ).labels,
    ).toEqual([0, -1]);
  });

  it('records a removed unit with the units that were not marked before it', () => {
    // Means fall with the unit: of every couple the later one is marked.
    const falling = matrix(4, (i, j) => 5 - i - j);
    const { labels, pairs, types } = run([0, 0, 0, 0], [1, 1, 1, 2], falling);
    expect(labels).toEqual([0, -1, -1, 0]);
    // Couples (0,1), (0,2), (1,2) mark 1, 2, 2.
    expect(pairs).toEqual(
      [
        [0, 1],
        [1, 2],
        [1, 3],
        [0, 2],
        [2, 3],
        [0, 2],
        [2, 3],
      ].flat(),
    );
    expect(types).toEqual(Array(7).fill(1));
  });

  it('goes through couples by their lower unit, as the published record of a real recording does', () => {
    // Four units of one session, means rising with the unit: couples (0,1), (0,2), (0,3), (1,2), (1,3), (2,3).
    const rising = matrix(4, (i, j) => i + j);
    const { labels, pairs } = run([0, 0, 0, 0], [4, 4, 4, 4], rising);
    expect(labels).toEqual([-1, -1, -1, 0]);
    const ofFirst = [0, 1, 0, 2, 0, 3];
    const ofSecond = [1, 2, 1, 3];
    expect(pairs).toEqual([...ofFirst, ...ofFirst, ...ofFirst, ...ofSecond, ...ofSecond, 2, 3]);
  });

  it('leaves exactly the most similar unit of every session', () => {
    const session = fc.integer({ min: 1, max: 3 });
    const similarities = fc.array(fc.integer({ min: -2, max: 5 }), { minLength: 45, maxLength: 45 });
    fc.assert(
      fc.property(fc.array(session, { minLength: 2, maxLength: 9 }), similarities, (sessions, values) => {
        const n = sessions.length;
        const similarity = matrix(n, (i, j) => values[(j * (j + 1)) / 2 + i]);
        const total = sessions.map((_, i) => similarity.subarray(i * n, (i + 1) * n).reduce((x, y) => x + y));
        const best = sessions.map((own, i) =>
          sessions.every(
            (other, j) => other !== own || total[j] < total[i] || (total[j] === total[i] && j >= i),
          ),
        );
        const { labels } = run(Array(n).fill(0), sessions, similarity);
        expect(labels).toEqual(best.map((stays) => (stays ? 0 : -1)));
      }),
    );
  });
});
