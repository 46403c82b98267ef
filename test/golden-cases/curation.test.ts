import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hdbscan } from '../../src/core/clustering/hdbscan.ts';
import { optimalLeafOrder } from '../../src/core/clustering/leaf-order.ts';
import { primOverRows } from '../../src/core/clustering/prim.ts';
import { autoCurate, type CurationOptions } from '../../src/core/curation/auto-curation.ts';
import type { CurationResult } from '../../src/core/result.ts';
import { curationCases } from '../support/curation-cases.ts';
import { readNpyLite } from '../support/npy-lite.ts';

const SHARED = join(import.meta.dirname, '../../../shared/reference');

/** Golden similarities, pairs and settings of a case, with the labels of its clustering. */
function load(name: string) {
  const golden = curationCases[name];
  const [dataset, shank = ''] = name.split('/');
  const expected = (file: string) =>
    readNpyLite(join(SHARED, dataset, 'expected', shank, `${file}.npy`)).data;
  const pairs = Int32Array.from(expected('SimilarityPairs'));
  const input = {
    units: golden.sessions.length,
    sessions: Int32Array.from(golden.sessions),
    labels: Int32Array.from(golden.hdbscanLabels),
    similarity: expected('SimilarityMatrix'),
    threshold: expected('SimilarityThreshold')[0],
    pairs: { count: pairs.length / 2, units: pairs },
  };
  const settings = { autoSplit: golden.autoSplit, autoMerge: false, mergeFactor: 0.9 };
  return { golden, expected, input, settings };
}

/** Precision and recall of the pairs of one cluster, against the neurons that were simulated. */
function pairScore(name: string, options: Partial<CurationOptions>): string {
  const { input, settings } = load(name);
  const neuron = readNpyLite(join(SHARED, name, 'data/neuron_id.npy')).data;
  const { labels } = autoCurate(input, { ...settings, ...options });
  const counts = { found: 0, true: 0, both: 0 };
  for (let j = 0; j < input.units; j++) {
    for (let i = 0; i < j; i++) {
      const found = labels[i] >= 0 && labels[i] === labels[j] ? 1 : 0;
      const same = neuron[i] === neuron[j] ? 1 : 0;
      counts.found += found;
      counts.true += same;
      counts.both += found * same;
    }
  }
  return `${(counts.both / counts.found).toFixed(3)}/${(counts.both / counts.true).toFixed(3)}`;
}

describe.skipIf(!existsSync(SHARED))('golden cases, from the golden similarities', () => {
  for (const name of Object.keys(curationCases)) {
    it(`${name}: clusters and leaf order are the reference's`, () => {
      const { golden, expected, input } = load(name);
      const distance = expected('DistanceMatrix');
      const n = input.units;
      const tree = primOverRows(n, (i, row) => row.set(distance.subarray(i * n, (i + 1) * n)));
      const { labels, linkage } = hdbscan(tree, n, { maxClusterSize: Math.max(...input.sessions) });
      expect([...labels]).toEqual(golden.hdbscanLabels);
      expect([...optimalLeafOrder(linkage, n, distance)]).toEqual(golden.leafOrder);
    });

    it(`${name}: labels, matched pairs and record of the curation are the reference's`, () => {
      const { expected, input, settings } = load(name);
      const result: CurationResult = autoCurate(input, settings);
      expect([...result.labels].map((label) => (label < 0 ? -1 : label + 1))).toEqual([
        ...expected('IdxCluster'),
      ]);
      expect([...result.matchedPairs]).toEqual([...expected('MatchedPairs')]);
      expect([...result.curationPairs]).toEqual([...expected('CurationPairs')]);
      expect([...result.curationTypes]).toEqual([...expected('CurationTypes')]);
    });
  }

  it.each([
    ['hard', '1.000/0.465', '0.958/0.627'],
    ['nonrigid', '1.000/0.951', '1.000/1.000'],
    ['given_motion', '1.000/0.871', '1.000/0.986'],
    ['rigid', '0.954/0.796', '0.923/0.796'],
    ['centering', '1.000/1.000', '1.000/1.000'],
  ])('%s: merging takes precision/recall of pairs from %s to %s', (name, without, merged) => {
    expect(pairScore(name, {})).toBe(without);
    expect(pairScore(name, { autoMerge: true })).toBe(merged);
  });
});
