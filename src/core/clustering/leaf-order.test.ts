import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planarDistances, randomDistances, symmetric } from '../../../test/support/distances.ts';
import { createRandom } from '../random.ts';
import { optimalLeafOrder } from './leaf-order.ts';
import { primOverRows } from './prim.ts';
import { type SingleLinkage, singleLinkage } from './single-linkage.ts';

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/${file}`, import.meta.url), 'utf8'));

const golden: { n: number; condensed_distances: number[]; leaf_order: number[] }[] =
  read('functions.json').hdbscan;

/** `tenths` has one digit to base 36 for each pair i < j, row by row. */
const goldenTies: { name: string; n: number; tenths: string; order: number[] }[] = read('leaf-order.json');

/** Square matrix from its elements above the diagonal, row by row. */
function fromCondensed(n: number, condensed: ArrayLike<number>): Float64Array {
  return symmetric(n, (i, j) => condensed[i * n - (i * (i + 3)) / 2 + j - 1]);
}

const linkageOf = (distance: Float64Array, n: number) =>
  singleLinkage(
    primOverRows(n, (i, row) => row.set(distance.subarray(i * n, (i + 1) * n))),
    n,
  );

/** Any tree over n units, with any shape: random nodes are joined until one is left. */
function randomTree(seed: number, n: number): SingleLinkage {
  const random = createRandom(seed);
  const open = Array.from({ length: n }, (_, unit) => ({ node: unit, size: 1 }));
  const rows: { left: number; right: number; size: number }[] = [];
  while (open.length > 1) {
    const [x] = open.splice(random.integer(open.length), 1);
    const [y] = open.splice(random.integer(open.length), 1);
    rows.push({ left: x.node, right: y.node, size: x.size + y.size });
    open.push({ node: n + rows.length - 1, size: x.size + y.size });
  }
  return {
    left: Int32Array.from(rows, (row) => row.left),
    right: Int32Array.from(rows, (row) => row.right),
    size: Int32Array.from(rows, (row) => row.size),
    distance: Float64Array.from(rows, (_, r) => r),
  };
}

describe('optimalLeafOrder', () => {
  it.each(golden.map((example) => [example.n, example] as const))(
    '%i units: the order is the golden one',
    (n, { condensed_distances, leaf_order }) => {
      const distance = fromCondensed(n, condensed_distances);
      expect([...optimalLeafOrder(linkageOf(distance, n), n, distance)]).toEqual(leaf_order);
    },
  );

  it.each(goldenTies.map((example) => [example.name, example] as const))(
    '%s: ties fall as in SciPy',
    (_, { n, tenths, order }) => {
      const distance = fromCondensed(
        n,
        Array.from(tenths, (digit) => Number.parseInt(digit, 36) / 10),
      );
      expect([...optimalLeafOrder(linkageOf(distance, n), n, distance)]).toEqual(order);
    },
  );

  it('misses the best order where SciPy does, by a float32 step', () => {
    const step = 2 ** -13;
    const tree = {
      left: Int32Array.of(1, 0, 5),
      right: Int32Array.of(2, 4, 3),
      distance: Float64Array.of(1, 1023, 1024),
      size: Int32Array.of(2, 3, 4),
    };
    // Both orders of 1 and 2 cost 1024 + step; the smallest distance is just below a midpoint of float32, and on it when
    // rounded. SciPy 1.17 gives these two orders.
    const smallest = 0.5 + step / 2 - 1e-10;
    const order = (from1: number, from2: number) => {
      const condensed = [1023 + step, 1023 + step, 0.5, 1, from1, from2];
      return [...optimalLeafOrder(tree, 4, fromCondensed(4, condensed))];
    };
    expect(order(0.5 + step, smallest)).toEqual([1, 2, 0, 3]);
    expect(order(smallest, 0.5 + step)).toEqual([0, 2, 1, 3]);
  });

  it('gives what the recursion gives, taken literally', () => {
    const scenario = fc.record({
      seed: fc.integer(),
      n: fc.integer({ min: 1, max: 40 }),
      kind: fc.constantFrom('random', 'ties', 'plane', 'duplicates'),
      anyTree: fc.boolean(),
    });
    fc.assert(
      fc.property(scenario, ({ seed, n, kind, anyTree }) => {
        const distance = {
          random: () => randomDistances(seed, n),
          ties: () => randomDistances(seed, n, 5),
          plane: () => planarDistances(seed, n),
          duplicates: () => planarDistances(seed, n, Math.ceil(n / 3)),
        }[kind]();
        const tree = anyTree ? randomTree(seed, n) : linkageOf(distance, n);
        expect([...optimalLeafOrder(tree, n, distance)]).toEqual(literalOrder(tree, n, distance));
      }),
      // A fixed seed: where SciPy stops early (see above) the recursion differs, if very rarely with these distances.
      { numRuns: 300, seed: 7 },
    );
  });

  it('takes distances from a function, each pair once', () => {
    const distance = randomDistances(3, 30);
    const tree = linkageOf(distance, 30);
    const asked = new Set<string>();
    const order = optimalLeafOrder(tree, 30, (i, j) => {
      asked.add(`${Math.min(i, j)} ${Math.max(i, j)}`);
      return distance[i * 30 + j];
    });
    expect(order).toEqual(optimalLeafOrder(tree, 30, distance));
    expect(asked.size).toBe((30 * 29) / 2);
  });

  it('takes no unit and a single one, and refuses sizes that disagree', () => {
    const none = randomTree(1, 1);
    expect([...optimalLeafOrder(none, 0, new Float64Array(0))]).toEqual([]);
    expect([...optimalLeafOrder(none, 1, new Float64Array(1))]).toEqual([0]);
    expect(() => optimalLeafOrder(none, 2, new Float64Array(4))).toThrow(RangeError);
    expect(() => optimalLeafOrder(randomTree(1, 3), 3, new Float64Array(4))).toThrow(RangeError);
  });

  it('gives each of 1,500 units once', () => {
    const distance = planarDistances(5, 1500);
    const order = optimalLeafOrder(linkageOf(distance, 1500), 1500, distance);
    expect(new Set(order).size).toBe(1500);
  });
});

/** For every node, every pair of outer ends: the cheapest way through every pair of inner ends. */
function literalOrder({ left, right }: SingleLinkage, n: number, distance: Float64Array): number[] {
  /** Leaves of a node as drawn, and the two parts they come in. */
  const leaves: number[][] = Array.from({ length: n }, (_, unit) => [unit]);
  const parts: number[][][] = Array.from({ length: n }, (_, unit) => [[unit]]);
  const cost = new Map<string, number>();
  for (let unit = 0; unit < n; unit++) cost.set(`${unit} ${unit}`, 0);
  const turned = new Array(2 * n - 1).fill(false);
  const inner = (node: number, outer: number) =>
    node < n ? parts[node][0] : parts[node][parts[node][0].includes(outer) ? 1 : 0];

  for (let row = 0; row < n - 1; row++) {
    const [l, r] = [left[row], right[row]];
    let best = { cost: Number.POSITIVE_INFINITY, u: -1, w: -1 };
    for (const u of leaves[l]) {
      for (const w of leaves[r]) {
        let lowest = Number.POSITIVE_INFINITY;
        for (const m of inner(l, u)) {
          for (const k of inner(r, w)) {
            const ends = Math.fround((cost.get(`${u} ${m}`) as number) + (cost.get(`${w} ${k}`) as number));
            lowest = Math.min(lowest, Math.fround(ends + distance[m * n + k]));
          }
        }
        cost.set(`${u} ${w}`, lowest);
        cost.set(`${w} ${u}`, lowest);
        if (lowest < best.cost) best = { cost: lowest, u, w };
      }
    }
    if (l >= n) turned[l] = parts[l][1].includes(best.u);
    if (r >= n) turned[r] = parts[r][0].includes(best.w);
    parts.push([leaves[l], leaves[r]]);
    leaves.push([...leaves[l], ...leaves[r]]);
  }
  const draw = (node: number, reversed: boolean): number[] => {
    if (node < n) return [node];
    const turn = reversed !== turned[node];
    const sides = [left[node - n], right[node - n]].map((side) => draw(side, turn));
    return turn ? [...sides[1], ...sides[0]] : [...sides[0], ...sides[1]];
  };
  return draw(2 * n - 2, false);
}
