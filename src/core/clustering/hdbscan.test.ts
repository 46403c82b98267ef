import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planarDistances, randomDistances, symmetric } from '../../../test/support/distances.ts';
import type { SpanningTree } from '../kernels/kernels.ts';
import { hdbscan } from './hdbscan.ts';
import { primOverRows } from './prim.ts';

interface GoldenCase {
  readonly n: number;
  readonly max_cluster_size: number;
  readonly condensed_distances: number[];
  readonly labels: number[];
  readonly single_linkage_tree: number[][];
  readonly condensed_tree: number[][];
}

const golden: { hdbscan: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/functions.json', import.meta.url), 'utf8'),
);

const treeOf = (distance: Float64Array, n: number) =>
  primOverRows(n, (i, row) => row.set(distance.subarray(i * n, (i + 1) * n)));

const labelsOf = (distance: Float64Array, n: number, maxClusterSize = n) => [
  ...hdbscan(treeOf(distance, n), n, { maxClusterSize }).labels,
];

describe('hdbscan', () => {
  it.each(golden.hdbscan.map((example) => [example.n, example] as const))(
    '%i units: linkage, condensed tree and labels are the golden ones',
    (n, example) => {
      let next = 0;
      const rows = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n - i - 1 }, () => example.condensed_distances[next++]),
      );
      const distance = symmetric(n, (i, j) => rows[i][j - i - 1]);
      const { labels, clusterCount, linkage, condensedTree } = hdbscan(treeOf(distance, n), n, {
        maxClusterSize: example.max_cluster_size,
      });
      const { left, right, size } = linkage;
      expect(Array.from(left, (l, r) => [l, right[r], linkage.distance[r], size[r]])).toEqual(
        example.single_linkage_tree,
      );
      const { parent, child, lambda, childSize } = condensedTree;
      expect(Array.from(parent, (p, r) => [p, child[r], lambda[r], childSize[r]])).toEqual(
        example.condensed_tree,
      );
      expect([...labels]).toEqual(example.labels);
      expect(clusterCount).toBe(Math.max(...example.labels) + 1);
    },
  );

  it('gives what the definition gives, taken literally', () => {
    const scenario = fc.record({
      seed: fc.integer(),
      n: fc.integer({ min: 2, max: 40 }),
      kind: fc.constantFrom('random', 'ties', 'plane', 'duplicates'),
      maxClusterSize: fc.integer({ min: 1, max: 12 }),
      minClusterSize: fc.integer({ min: 2, max: 4 }),
    });
    fc.assert(
      fc.property(scenario, ({ seed, n, kind, ...sizes }) => {
        const distance = {
          random: () => randomDistances(seed, n),
          ties: () => randomDistances(seed, n, 4),
          plane: () => planarDistances(seed, n),
          duplicates: () => planarDistances(seed, n, Math.ceil(n / 3)),
        }[kind]();
        const tree = treeOf(distance, n);
        expect([...hdbscan(tree, n, sizes).labels]).toEqual(literalHdbscan(tree, n, sizes));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps units in the same place together', () => {
    const places = [0, 5, 0, 5, 0, 9, 9, 9];
    const distance = symmetric(8, (i, j) => Math.abs(places[i] - places[j]));
    expect(labelsOf(distance, 8).map(byFirstUnit())).toEqual([0, 1, 0, 1, 0, 2, 2, 2]);
  });

  it('prefers clusters at distance 0 to any wider one, and a wider one to clusters born at distance 0', () => {
    // Two pairs of duplicates in one wide group and a far pair: infinite stability wins.
    const places = [0, 0, 0.1, 0.1, 100, 101];
    const wide = symmetric(6, (i, j) => Math.abs(places[i] - places[j]));
    expect(new Set(labelsOf(wide, 6)).size).toBe(3);
    // A tree that splits two and two at distance 0: born at infinite λ they have no stability of their own.
    const tree: SpanningTree = {
      from: Int32Array.of(0, 2, 1, 4, 3),
      to: Int32Array.of(1, 3, 2, 5, 4),
      weight: Float64Array.of(0, 0, 0, 1, 2),
    };
    const { labels, condensedTree } = hdbscan(tree, 6, { maxClusterSize: 6 });
    expect([...condensedTree.lambda]).toContain(Number.POSITIVE_INFINITY);
    expect([...labels]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('breaks clusters that are too large into what they are made of', () => {
    const places = [0, 1, 3, 4, 50, 51];
    const distance = symmetric(6, (i, j) => Math.abs(places[i] - places[j]) ** 0.1);
    expect(Math.max(...labelsOf(distance, 6, 6))).toBe(1);
    expect(Math.max(...labelsOf(distance, 6, 2))).toBe(2);
    expect(labelsOf(distance, 6, 1)).toEqual(Array(6).fill(-1));
  });

  it('takes what infinite distances join as parts beside each other, of which one alone can be a cluster', () => {
    const far = (at: number) => symmetric(3, (i, j) => (Math.min(i, j) === 0 ? at : Math.abs(i - j)));
    expect(labelsOf(far(Number.POSITIVE_INFINITY), 3)).toEqual([-1, 0, 0]);
    expect(labelsOf(far(1e300), 3)).toEqual([-1, -1, -1]);
  });

  it('calls everything noise when nothing splits', () => {
    expect(labelsOf(new Float64Array(0), 0, 2)).toEqual([]);
    expect(labelsOf(new Float64Array(1), 1)).toEqual([-1]);
    expect(
      labelsOf(
        symmetric(2, () => 1),
        2,
      ),
    ).toEqual([-1, -1]);
    expect(
      labelsOf(
        symmetric(5, () => 1),
        5,
      ),
    ).toEqual(Array(5).fill(-1));
  });

  it('finds the same clusters in whatever order the units come, unless distances tie', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 30 }), (seed, n) => {
        const distance = randomDistances(seed, n);
        const reversed = symmetric(n, (i, j) => distance[(n - 1 - i) * n + (n - 1 - j)]);
        const together = (labels: number[], i: number, j: number) =>
          labels[i] >= 0 && labels[i] === labels[j];
        const [straight, backward] = [labelsOf(distance, n, 6), labelsOf(reversed, n, 6)];
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < j; i++) {
            expect(together(backward, n - 1 - i, n - 1 - j)).toBe(together(straight, i, j));
          }
        }
      }),
    );
  });

  it('refuses trees and sizes that make no sense', () => {
    const tree = treeOf(
      symmetric(3, () => 1),
      3,
    );
    expect(() => hdbscan(tree, 4, { maxClusterSize: 4 })).toThrow(RangeError);
    expect(() => hdbscan(tree, 3, { maxClusterSize: Number.NaN })).toThrow(RangeError);
    expect(() => hdbscan(tree, 3, { maxClusterSize: 3, minClusterSize: 1 })).toThrow(RangeError);
  });
});

/** Renames labels in the order in which they first occur. */
function byFirstUnit(): (label: number) => number {
  const names = new Map<number, number>();
  return (label) => {
    if (!names.has(label)) names.set(label, names.size);
    return names.get(label) as number;
  };
}

interface Dendrogram {
  readonly units: number[];
  readonly distance: number;
  readonly sides: Dendrogram[];
}

interface Cluster {
  readonly units: number[];
  readonly birth: number;
  readonly exits: { lambda: number; size: number }[];
  readonly parts: Cluster[];
}

/** Clusters as nested objects, built from the edges one by one and judged by recursion. */
function literalHdbscan(
  { from, to, weight }: SpanningTree,
  n: number,
  { maxClusterSize, minClusterSize }: { maxClusterSize: number; minClusterSize: number },
): number[] {
  const edges = Array.from(weight, (distance, e) => ({ distance, ends: [from[e], to[e]] }));
  edges.sort((x, y) => x.distance - y.distance);
  let forest: Dendrogram[] = Array.from({ length: n }, (_, unit) => ({
    units: [unit],
    distance: 0,
    sides: [],
  }));
  for (const { distance, ends } of edges) {
    const sides = ends.map((end) => forest.find(({ units }) => units.includes(end)) as Dendrogram);
    const units = sides.flatMap((side) => side.units);
    forest = [...forest.filter((each) => !sides.includes(each)), { units, distance, sides }];
  }

  const root: Cluster = { units: forest[0].units, birth: 0, exits: [], parts: [] };
  const clusters: Cluster[] = [];
  let level = [{ node: forest[0], cluster: root }];
  while (level.length > 0) {
    const below: typeof level = [];
    for (const { node, cluster } of level) {
      const lambda = 1 / node.distance;
      const large = node.sides.filter(({ units }) => units.length >= minClusterSize);
      for (const side of node.sides) {
        if (large.length === 2) {
          const part: Cluster = { units: side.units, birth: lambda, exits: [], parts: [] };
          cluster.exits.push({ lambda, size: side.units.length });
          cluster.parts.push(part);
          clusters.push(part);
          below.push({ node: side, cluster: part });
        } else if (large.includes(side)) below.push({ node: side, cluster });
        else for (const _ of side.units) cluster.exits.push({ lambda, size: 1 });
      }
    }
    level = below.filter(({ node }) => node.sides.length > 0);
  }

  const judge = (cluster: Cluster): { stability: number; chosen: Cluster[] } => {
    const own = cluster.exits.reduce((sum, { lambda, size }) => sum + (lambda - cluster.birth) * size, 0);
    const parts = cluster.parts.map(judge);
    const [summed] = Float32Array.of(parts.reduce((sum, part) => sum + part.stability, 0));
    return summed > own || cluster.units.length > maxClusterSize
      ? { stability: summed, chosen: parts.flatMap(({ chosen }) => chosen) }
      : { stability: own, chosen: [cluster] };
  };
  const chosen = root.parts.flatMap((part) => judge(part).chosen);
  const inOrder = clusters.filter((cluster) => chosen.includes(cluster));
  return Array.from({ length: n }, (_, unit) => inOrder.findIndex(({ units }) => units.includes(unit)));
}
