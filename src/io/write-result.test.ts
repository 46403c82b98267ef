import { describe, expect, it } from 'vitest';
import { exampleShanks, exampleTracking } from '../../test/example-result.ts';
import { hasNumpy, inTemporaryFolder, runPython } from '../../test/numpy.ts';
import type { TrackingResult } from '../core/result.ts';
import { FEATURE_NAMES } from '../core/settings.ts';
import { allPairsOf } from '../core/similarity/nearby-matrix.ts';
import { listDeep, type Store } from './byte-source.ts';
import { MemoryStore } from './memory-store.ts';
import { FileStore } from './node/file-store.ts';
import { openNpy, readNpy, readNpyAs } from './npy.ts';
import { openNpz } from './npz.ts';
import { SavedResult } from './read-result.ts';
import { blocksOfTracking } from './result-blocks.ts';
import { outputMembers } from './write-output-npz.ts';
import { writeResult } from './write-result.ts';

const EXTRA = { runTimeSec: 12, dateTime: '2026-01-01 12:00:00' };
const U = 13;

/** `dtype shape` of every array of a folder, those of archives as `archive.npz/name`. */
async function arraysIn(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await listDeep(store)) {
    const source = (await store.open(name))!;
    if (name.endsWith('.npy')) {
      const { dtype, shape } = await openNpy(source);
      found[name] = `${dtype} (${shape})`;
    } else if (name.endsWith('.npz')) {
      const file = await openNpz(source);
      for (const member of file.names) {
        if (member === 'arr_0') found[`${name}/arr_0`] = 'object';
        else {
          const { dtype, shape } = await file.read(member);
          found[`${name}/${member}`] = `${dtype} (${shape})`;
        }
      }
    } else found[name] = 'other';
  }
  return found;
}

const written = async (result: TrackingResult, extra = {}) => {
  const store = new MemoryStore('out');
  await writeResult(store, result, { ...EXTRA, ...extra });
  return store;
};

describe('writeResult', () => {
  it('writes every array of the published table, of its type and shape', async () => {
    const result = exampleTracking(U);
    const { count: P } = result.clustering.pairs;
    const M = result.curation.matchedPairs.length / 2;
    const matrix = `float64 (${U},${U})`;
    const bools = `bool (${U},${U})`;
    const [perUnit, pairs] = [`int64 (${U})`, `int64 (${P},2)`];
    expect(await arraysIn(await written(result))).toEqual({
      'locations.npy': `float64 (${U},3)`,
      'amplitude.npy': `float64 (${U})`,
      'peak_channels.npy': perUnit,
      'unit_shanks.npy': perUnit,
      'auto_corr.npy': `float64 (${U},7)`,
      'waveforms_corrected.npy': `float32 (${U},5,4,2)`,
      'motion_linear_scale.npy': 'float64 ()',
      'motion_linear.npy': 'float64 (3)',
      'motion_constant.npy': 'float64 (3)',
      'motion.npy': 'float64 (2,3)',
      'waveform_similarity_matrix.npy': matrix,
      'ISI_similarity_matrix.npy': matrix,
      'AutoCorr_similarity_matrix.npy': matrix,
      'PETH_similarity_matrix.npy': matrix,
      'SimilarityMatrix.npy': matrix,
      'DistanceMatrix.npy': matrix,
      'SimilarityWeights.npy': 'float64 (2)',
      'SimilarityThreshold.npy': 'float64 ()',
      'SimilarityPairs.npy': pairs,
      'ClusterMatrix.npy': bools,
      'IdxCluster.npy': perUnit,
      'MatchedPairs.npy': `int64 (${M},2)`,
      'ExpectedPairs.npy': 'float64 ()',
      'MatchProbability.npy': `float64 (${M})`,
      'UnitConfidence.npy': `float64 (${U})`,
      'CurationPairs.npy': 'int64 (3,2)',
      'CurationTypes.npy': 'int64 (3)',
      'CurationTypeNames.npy': 'unicode (2)',
      'RunTimeSec.npy': 'float64 ()',
      'units.csv': 'other',
      'resultIter.json': 'other',
      'AllSimilarity.npz/similarity_all': `float64 (${P},2)`,
      'AllSimilarity.npz/idx_unit_pairs': pairs,
      'AllSimilarity.npz/similarity_names': 'unicode (2)',
      'SimilarityForCorretion.npz/similarity': `float64 (${P})`,
      'SimilarityForCorretion.npz/idx_unit_pairs': pairs,
      'SimilarityForCorretion.npz/thres': 'float64 ()',
      'SimilarityForCorretion.npz/is_matched': `bool (${P})`,
      'SimilarityForCorretion.npz/is_used': `bool (${P})`,
      'SimilarityForCorretion.npz/similarity_names': 'unicode (2)',
      'SimilarityForCorretion.npz/weights': 'float64 (2)',
      'ClusteringResults.npz/weights': 'float64 (2)',
      'ClusteringResults.npz/similarity_all': `float64 (${P},2)`,
      'ClusteringResults.npz/idx_unit_pairs': pairs,
      'ClusteringResults.npz/thres': 'float64 ()',
      'ClusteringResults.npz/good_matches_matrix': bools,
      'ClusteringResults.npz/similarity_matrix': matrix,
      'ClusteringResults.npz/distance_matrix': matrix,
      'ClusteringResults.npz/leafOrder': perUnit,
      'ClusteringResults.npz/idx_cluster_hdbscan': perUnit,
      'ClusteringResults.npz/hdbscan_matrix': bools,
      'ClusteringResults.npz/n_cluster': 'int64 ()',
      'Output.npz/NumClusters': 'int64 ()',
      'Output.npz/NumUnits': 'int64 ()',
      'Output.npz/NumSession': 'int64 ()',
      'Output.npz/Sessions': perUnit,
      'Output.npz/IdxUnit': perUnit,
      'Output.npz/Locations': `float64 (${U},3)`,
      'Output.npz/IdxSort': perUnit,
      'Output.npz/IdxCluster': perUnit,
      'Output.npz/SimilarityMatrix': matrix,
      'Output.npz/SimilarityAll': `float64 (${P},2)`,
      'Output.npz/SimilarityPairs': pairs,
      'Output.npz/SimilarityNames': 'unicode (2)',
      'Output.npz/SimilarityWeights': 'float64 (2)',
      'Output.npz/SimilarityThreshold': 'float64 ()',
      'Output.npz/GoodMatchesMatrix': bools,
      'Output.npz/ClusterMatrix': bools,
      'Output.npz/MatchedPairs': `int64 (${M},2)`,
      'Output.npz/ExpectedPairs': 'float64 ()',
      'Output.npz/MatchProbability': `float64 (${M})`,
      'Output.npz/UnitConfidence': `float64 (${U})`,
      'Output.npz/CurationPairs': 'int64 (3,2)',
      'Output.npz/CurationTypes': 'int64 (3)',
      'Output.npz/CurationTypeNames': 'unicode (2)',
      'Output.npz/Motion': 'float64 (2,3)',
      'Output.npz/MotionLinearScale': 'float64 ()',
      'Output.npz/MotionLinear': 'float64 (3)',
      'Output.npz/MotionConstant': 'float64 (3)',
      'Output.npz/Params': 'unicode ()',
      'Output.npz/Kernels': 'unicode ()',
      'Output.npz/RunTime': 'float64 ()',
      'Output.npz/DateTime': 'unicode ()',
      'Output.npz/arr_0': 'object',
    });
  });

  it('writes what the settings ask for, and no more', async () => {
    const settings = {
      clustering: { features: [...FEATURE_NAMES] },
      save_intermediate_results: false,
      centering_waveforms: true,
      autoCuration: { auto_merge: true },
    };
    const result = exampleTracking(U, { settings });
    const { units, channels, samples, templates } = result.corrected;
    const store = await written(result, { waveforms: { data: templates[0], units, channels, samples } });
    const names = Object.keys(await arraysIn(store));
    for (const name of ['isi.npy', 'peth.npy', 'waveforms_centered.npy']) expect(names).toContain(name);
    for (const name of ['resultIter.json', 'AllSimilarity.npz/similarity_all'])
      expect(names).not.toContain(name);
    expect((await readNpy((await store.open('CurationTypeNames.npy'))!)).data).toEqual([
      'Removal_SameSession',
      'Removal_LowSimilarity',
      'Merge_HighSimilarity',
    ]);
    const centered = await readNpyAs((await store.open('waveforms_centered.npy'))!, 'float32');
    const peak = result.features.peakChannels[3];
    const row = centered.data.subarray((3 * channels + peak) * samples, (3 * channels + peak + 1) * samples);
    expect(row.indexOf(Math.min(...row))).toBe(Math.ceil(samples / 2) - 1);
  });

  it('writes values that read back as those of the result', async () => {
    const result = exampleTracking(U, { settings: { clustering: { features: ['Waveform', 'ISI'] } } });
    const { clustering, curation, features } = result;
    const saved = await SavedResult.open(await written(result));
    expect(saved.units).toBe(U);
    expect(await saved.labels()).toEqual(curation.labels);
    expect(await saved.matchedPairs()).toEqual(curation.matchedPairs);
    expect(await saved.locations()).toEqual(features.locations);
    expect(await saved.amplitude()).toEqual(features.amplitude);
    expect(await saved.peakChannels()).toEqual(features.peakChannels);
    expect(await saved.unitShanks()).toEqual(features.unitShanks);
    expect(await saved.autoCorr()).toEqual(features.autoCorr);
    expect(await saved.isi()).toEqual(features.isi);
    expect(await saved.peth()).toBeUndefined();
    expect(await saved.similarityMatrix()).toEqual(clustering.similarity);
    expect(await saved.featureSimilarity('ISI')).toEqual(clustering.featureSimilarity[1]);
    expect(await saved.featureSimilarity('PETH')).toEqual(new Float64Array(U * U));
    expect(await saved.similarityPairs()).toEqual(clustering.pairs.units);
    expect((await saved.weights()).data).toEqual(clustering.weights);
    expect([...(await saved.thresholds())]).toEqual([clustering.threshold]);
    const [motion] = await saved.motions();
    expect(motion.equals(result.motion)).toBe(true);
    expect(await saved.curation()).toEqual({
      pairs: curation.curationPairs,
      types: Int32Array.from(curation.curationTypes),
      typeNames: ['Removal_SameSession', 'Removal_LowSimilarity'],
    });
    const before = await saved.clustering();
    expect(before).toMatchObject({
      labels: clustering.labels,
      clusterCount: 3,
      leafOrder: clustering.leafOrder,
    });
    const [a, b] = clustering.pairs.units.slice(4, 6);
    expect([...before.pairSimilarity.data.slice(4, 6)]).toEqual(
      clustering.featureSimilarity.map((matrix) => allPairsOf(matrix)[a * U + b]),
    );
    expect(await saved.run()).toEqual({
      sessions: result.sessions,
      sessionCount: 3,
      features: ['Waveform', 'ISI'],
      params: JSON.parse(JSON.stringify(result.settings)),
      ...EXTRA,
    });
    expect((await saved.shanks()).size).toBe(0);
    expect(await saved.originalUnits()).toBeUndefined();
  });

  it('says where every unit comes from, in all units and in those of each shank', async () => {
    const unitRows = Array.from({ length: U }, (_, unit) => ({
      unit,
      session: 1,
      date: '2026-01-02',
      label: 'first',
      clusterId: String(500 + unit),
      folder: '/data/ks',
      extra: { quality: 'fine', confidence: '0.5' },
    }));
    const result = exampleShanks(U);
    const store = new MemoryStore('out');
    await writeResult(store, result, { ...EXTRA, unitRows });
    const saved = await SavedResult.open(store);
    const rows = (await saved.unitRows())!;
    expect(rows.map(({ clusterId, extra }) => [clusterId, extra.quality])).toEqual(
      unitRows.map(({ clusterId }) => [clusterId, 'fine']),
    );
    // That of the result, not one the input may have had.
    const confidence = (await saved.unitConfidence()) as Float64Array;
    expect(confidence.some((value) => value > 0)).toBe(true);
    rows.forEach(({ extra }, unit) => {
      if (Number.isNaN(confidence[unit])) expect(extra.confidence).toBe('');
      else expect(Number(extra.confidence)).toBeCloseTo(confidence[unit], 5);
    });
    expect(rows.map(({ neuron }) => neuron)).toEqual([...result.labels].map((l) => (l < 0 ? -1 : l + 1)));
    expect(rows.map(({ session }) => session)).toEqual([...result.sessions]);
    const { shankId, units } = result.shanks[1];
    const shank = (await (await saved.shanks()).get(shankId)!.unitRows())!;
    expect(shank.map(({ clusterId }) => clusterId)).toEqual([...units].map((unit) => String(500 + unit)));
  });

  it('writes distances, good matches and clusters as they are defined', async () => {
    const result = exampleTracking(U);
    const store = await written(result);
    const saved = await SavedResult.open(store);
    const distance = await saved.distanceMatrix();
    const clusters = (await readNpy((await store.open('ClusterMatrix.npy'))!)).data;
    const good = (await (await openNpz((await store.open('Output.npz'))!)).read('GoodMatchesMatrix')).data;
    const { similarity, threshold } = result.clustering;
    const { labels } = result.curation;
    for (let i = 0; i < U; i++) {
      for (let j = 0; j < U; j++) {
        const at = i * U + j;
        expect(distance[at]).toBe(i === j ? 0 : 1 / (1 + Math.tanh(allPairsOf(similarity)[at])));
        expect(clusters[at]).toBe(i === j || (labels[i] >= 0 && labels[i] === labels[j]) ? 1 : 0);
        expect(good[at]).toBe(i === j || allPairsOf(similarity)[at] > threshold ? 1 : 0);
      }
    }
  });

  it('interleaves the templates of the corrected waveforms', async () => {
    const result = exampleTracking(U);
    const saved = await SavedResult.open(await written(result));
    const { data, ...shape } = await saved.correctedWaveform(4);
    expect(shape).toEqual({ channels: 5, samples: 4, templates: 2 });
    const [first, second] = result.corrected.templates;
    for (let i = 0; i < 20; i++)
      expect([...data.slice(2 * i, 2 * i + 2)]).toEqual([first[80 + i], second[80 + i]]);
  });

  it('leaves out the axis of templates when nothing was corrected', async () => {
    const result = exampleTracking(U, { interpolated: false, rounds: 0 });
    const arrays = await arraysIn(await written(result));
    expect(arrays['waveforms_corrected.npy']).toBe(`float32 (${U},5,4)`);
    expect(Object.keys(arrays).filter((name) => name.startsWith('SimilarityForCorretion'))).toEqual([]);
  });

  it('tells of every motion round in JSON', async () => {
    const result = exampleTracking(U);
    const store = await written(result);
    const rounds = JSON.parse(new TextDecoder().decode(store.files.get('resultIter.json')));
    expect(rounds).toHaveLength(2);
    expect(rounds[0]).toMatchObject({
      features: ['Waveform', 'AutoCorr'],
      threshold: '-Infinity',
      matches: 3,
      motion: { constant: [...result.rounds[0].motion!.constant] },
    });
    const [{ lower, upper }] = result.rounds[0].bands;
    expect(rounds[0].bands).toEqual([{ lower: [...lower], upper: [...upper] }]);
    expect(rounds[1]).toMatchObject({ threshold: 1.5, motion: null, weights: [...result.rounds[1].weights] });
  });

  it('gives the same bytes for the same result', async () => {
    const [a, b] = [await written(exampleTracking(U)), await written(exampleTracking(U))];
    for (const [name, bytes] of a.files) expect(Buffer.compare(bytes, b.files.get(name)!), name).toBe(0);
  });

  it('leaves the pickled copy out above 10,000 units', () => {
    const names = (units: number) =>
      outputMembers({ ...blocksOfTracking(exampleTracking(U)), units }, EXTRA).map(({ name }) => name);
    expect(names(10_000)).toContain('arr_0.npy');
    expect(names(10_001)).not.toContain('arr_0.npy');
    expect(names(10_001)).toContain('IdxCluster.npy');
  });
});

describe('an earlier result', () => {
  const everything = { settings: { clustering: { features: [...FEATURE_NAMES] } } };

  it('goes with all its files, and no others', async () => {
    const store = new MemoryStore('out');
    await writeResult(store, exampleShanks(U, everything), EXTRA);
    for (const name of [
      'Figures/Motion.png',
      'Figures/Round1/Motion.png',
      'Figures/mine.png',
      'notes.txt',
      'Shank2/mine.txt',
    ]) {
      await store.write(name, Uint8Array.of(1));
    }
    await writeResult(store, exampleTracking(U), {
      ...EXTRA,
      also: (staging) => staging.write('Figures/Overview.png', Uint8Array.of(2)),
    });
    const fresh = Object.keys(await arraysIn(await written(exampleTracking(U))));
    const names = Object.keys(await arraysIn(store));
    const foreign = ['Figures/Overview.png', 'Figures/mine.png', 'notes.txt', 'Shank2/mine.txt'];
    expect(names.sort()).toEqual([...fresh, ...foreign].sort());
  });

  it('does not count the PETH of a data folder as its own', async () => {
    const store = new MemoryStore('data');
    for (const name of ['waveform_all.npy', 'peth.npy', 'isi.npy']) await store.write(name, Uint8Array.of(1));
    await writeResult(store, exampleTracking(U), EXTRA);
    expect(store.files.get('peth.npy')).toEqual(Uint8Array.of(1));
    expect(store.files.has('isi.npy')).toBe(false);
  });

  it('stays as it was when writing fails or is stopped', async () => {
    const store = new MemoryStore('out');
    await writeResult(store, exampleTracking(U), EXTRA);
    const before = new Map(store.files);
    const other = exampleTracking(U, { seed: 2 });
    const also = async () => {
      throw new Error('no picture');
    };
    await expect(writeResult(store, other, { ...EXTRA, also })).rejects.toThrow('no picture');
    const signal = AbortSignal.abort();
    await expect(writeResult(store, other, { ...EXTRA, signal })).rejects.toThrow('stopped');
    expect(store.files).toEqual(before);
  });

  it('leaves no empty shank folders on the disk', () =>
    inTemporaryFolder(async (folder) => {
      const store = new FileStore(folder);
      await writeResult(store, exampleShanks(U), EXTRA);
      expect((await store.list()).filter((name) => name.endsWith('/'))).toEqual([
        'Shank2/',
        'Shank4/',
        'Shank7/',
      ]);
      await writeResult(store, exampleTracking(U), EXTRA);
      expect((await store.list()).filter((name) => name.endsWith('/'))).toEqual([]);
    }));
});

describe('writeResult of several shanks', () => {
  const result = exampleShanks(U);
  const store = new MemoryStore('out');
  const ready = writeResult(store, result, EXTRA);
  const root = async () => {
    await ready;
    return SavedResult.open(store);
  };

  it('gives every shank a complete result', async () => {
    const shanks = await (await root()).shanks();
    expect([...shanks.keys()]).toEqual([2, 4, 7]);
    const single = Object.keys(await arraysIn(await written(result.shanks[0].result)));
    for (const { shankId, units, result: shank } of result.shanks) {
      const saved = shanks.get(shankId)!;
      const names = Object.keys(await arraysIn(saved.store));
      expect(names.sort()).toEqual([...single, 'original_unit_indices.npy'].sort());
      expect(await saved.originalUnits()).toEqual(units);
      expect(await saved.labels()).toEqual(shank.curation.labels);
      expect(await saved.similarityMatrix()).toEqual(shank.clustering.similarity);
    }
  });

  it('puts matrices together by units, zero between shanks', async () => {
    const saved = await root();
    const [similarity, distance] = [await saved.similarityMatrix(), await saved.distanceMatrix()];
    const { units: own, result: shank } = result.shanks[1];
    const n = own.length;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < U; j++) {
        const local = own.indexOf(j);
        const at = own[i] * U + j;
        const expected = local < 0 ? 0 : allPairsOf(shank.clustering.similarity)[i * n + local];
        expect(similarity[at]).toBe(expected);
        expect(distance[at]).toBe(local < 0 || local === i ? 0 : 1 / (1 + Math.tanh(expected)));
      }
    }
  });

  it('counts labels and pairs through all shanks', async () => {
    const saved = await root();
    expect(await saved.labels()).toEqual(result.labels);
    expect(await saved.matchedPairs()).toEqual(result.matchedPairs);
    const { labels, clusterCount, pairs, leafOrder } = await saved.clustering();
    expect(clusterCount).toBe(9);
    expect([...leafOrder].sort((a, b) => a - b)).toEqual(Array.from({ length: U }, (_, u) => u));
    const { units: own, result: shank } = result.shanks[2];
    own.forEach((unit, i) => {
      const label = shank.clustering.labels[i];
      expect(labels[unit]).toBe(label < 0 ? -1 : label + 6);
    });
    expect([...pairs.slice(-2)]).toEqual([...shank.clustering.pairs.units.slice(-2)].map((u) => own[u]));
  });

  it('keeps weights, thresholds and motion of each shank, and the waveforms in the order of all units', async () => {
    const saved = await root();
    expect((await saved.weights()).shape).toEqual([3, 2]);
    expect([...(await saved.thresholds())]).toEqual([0.3, 0.3, 0.3]);
    const motions = await saved.motions();
    expect(motions.map((motion, s) => motion.equals(result.shanks[s].result.motion))).toEqual([
      true,
      true,
      true,
    ]);
    const { data } = await saved.correctedWaveform(4);
    expect(data[1]).toBe(result.shanks[1].result.corrected.templates[1][20]);
    const arrays = await arraysIn(store);
    expect(arrays['motion.npy']).toBe('float64 (3,2,3)');
    expect(arrays['motion_linear_scale.npy']).toBe('float64 (3)');
    expect(arrays['Output.npz/IdxShank']).toBe(`int64 (${U})`);
    expect(arrays['Shank4/Output.npz/IdxShank']).toBeUndefined();
    expect(arrays['SimilarityForCorretion.npz/thres']).toBe('float64 (3)');
    const rounds = JSON.parse(new TextDecoder().decode(store.files.get('resultIter.json')));
    expect(Object.keys(rounds)).toEqual(['Shank2', 'Shank4', 'Shank7']);
  });
});

describe.skipIf(!hasNumpy)('NumPy (skipped where python3 has no numpy)', () => {
  it.each([
    ['one shank', (store: Store) => writeResult(store, exampleTracking(U), EXTRA)],
    ['several shanks', (store: Store) => writeResult(store, exampleShanks(U), EXTRA)],
  ])('finds the same values in Output.npz, pickled or not, for %s', (_, write) =>
    inTemporaryFolder(async (folder) => {
      await write(new FileStore(folder));
      runPython(
        `import sys, json, numpy as np
d = sys.argv[1] + '/'
plain = np.load(d + 'Output.npz')
o = np.load(d + 'Output.npz', allow_pickle=True)['arr_0'].item()
assert [k for k in plain.files if k != 'arr_0'] == list(o)
for k, v in o.items():
  assert np.array_equal(np.asarray(v), plain[k], equal_nan=np.asarray(v).dtype.kind == 'f'), k
  if isinstance(v, np.ndarray): assert v.dtype == plain[k].dtype and v.shape == plain[k].shape, k
assert (o['IdxCluster'] == np.load(d + 'IdxCluster.npy')).all() and o['IdxCluster'].min() == -1
assert json.loads(o['Params'])['clustering']['n_iter'] == 10 and o['RunTime'] == 12 and type(o['NumUnits']) is int
c = np.load(d + 'ClusteringResults.npz')
assert (c['good_matches_matrix'] == o['GoodMatchesMatrix']).all()
assert (np.load(d + 'ClusterMatrix.npy') == o['ClusterMatrix']).all()`,
        folder,
      );
    }),
  );
});
