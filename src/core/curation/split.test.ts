import { describe, expect, it } from 'vitest';
import { CurationRecord } from './curation-record.ts';
import { splitClusters } from './split.ts';

/** Similarity 2 along the given links and 0 elsewhere. */
function linked(n: number, links: readonly (readonly [number, number])[]): Float64Array {
  const similarity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) similarity[i * n + i] = 6;
  for (const [i, j] of links) {
    similarity[i * n + j] = 2;
    similarity[j * n + i] = 2;
  }
  return similarity;
}

function run(labels: number[], similarity: Float64Array, threshold = 1) {
  const record = new CurationRecord();
  const out = Int32Array.from(labels);
  splitClusters(out, similarity, threshold, record);
  return { labels: [...out], pairs: [...record.pairs], types: [...record.types] };
}

describe('splitting clusters', () => {
  it('keeps a cluster that its good matches connect, even in a chain', () => {
    const chain = linked(3, [
      [0, 2],
      [2, 1],
    ]);
    expect(run([0, 0, 0], chain)).toEqual({ labels: [0, 0, 0], pairs: [], types: [] });
  });

  it('gives all components but that of the lowest unit new labels after the largest', () => {
    const similarity = linked(7, [
      [0, 3],
      [1, 4],
      [5, 6],
    ]);
    expect(run([0, 0, 0, 0, 0, 1, 1], similarity).labels).toEqual([0, 2, 3, 0, 2, 1, 1]);
  });

  it('records the pairs cut, unit by unit, each pair once', () => {
    const similarity = linked(5, [
      [0, 3],
      [1, 4],
    ]);
    const { pairs, types } = run([0, 0, 0, 0, 0], similarity);
    // {1, 4} is cut from 0, 2 and 3; then {2} from 0 and 3.
    const cut = [
      [0, 1],
      [1, 2],
      [1, 3],
      [0, 4],
      [2, 4],
      [3, 4],
      [0, 2],
      [2, 3],
    ];
    expect(pairs).toEqual(cut.flat());
    expect(types).toEqual(cut.map(() => 2));
  });

  it('asks for a similarity above the threshold, not at it', () => {
    expect(run([0, 0], linked(2, [[0, 1]]), 2).labels).toEqual([0, 1]);
    expect(run([0, 0], linked(2, [[0, 1]]), 1.999).labels).toEqual([0, 0]);
  });

  it('cuts everything at an infinite threshold and nothing at minus infinity', () => {
    const similarity = linked(3, [[0, 1]]);
    expect(run([0, 0, 0], similarity, Number.POSITIVE_INFINITY).labels).toEqual([0, 1, 2]);
    expect(run([0, 0, 0], similarity, Number.NEGATIVE_INFINITY).labels).toEqual([0, 0, 0]);
  });
});
