import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clustersOf,
  contiguousLabels,
  fromFileLabels,
  pairsWithinClusters,
  toFileLabels,
} from './cluster-labels.ts';

describe('cluster labels', () => {
  it('lists the units of every label, none for a label that is not used', () => {
    expect(clustersOf(Int32Array.of(2, 0, -1, 2))).toEqual([[1], [], [0, 3]]);
    expect(clustersOf(new Int32Array(0))).toEqual([]);
  });

  it('counts from 1 in files, and back; what files call 0 is no neuron', () => {
    const labels = Int32Array.of(0, -1, 3, 1);
    expect([...toFileLabels(labels)]).toEqual([1, -1, 4, 2]);
    expect(fromFileLabels(toFileLabels(labels))).toEqual(labels);
    expect([...fromFileLabels(Int32Array.of(0, -1, 1))]).toEqual([-1, -1, 0]);
  });

  it('dissolves single units and closes gaps, keeping the order of the labels', () => {
    const { labels, clusterCount } = contiguousLabels(Int32Array.of(5, 3, 0, 3, 5, -1));
    expect([...labels]).toEqual([1, 0, -1, 0, 1, -1]);
    expect(clusterCount).toBe(2);
  });

  it('pairs units within clusters by row', () => {
    expect([...pairsWithinClusters(Int32Array.of(0, 1, 0, -1, 1, 0, -1))]).toEqual([0, 2, 0, 5, 1, 4, 2, 5]);
  });

  it('changes nothing when labels are contiguous already', () => {
    const labelling = fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(labelling, (values) => {
        const once = contiguousLabels(Int32Array.from(values));
        expect(contiguousLabels(once.labels)).toEqual(once);
      }),
    );
  });
});
