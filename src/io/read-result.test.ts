import { describe, expect, it } from 'vitest';
import { exampleTracking } from '../../test/example-result.ts';
import { InputError } from '../core/errors.ts';
import { MemoryStore } from './memory-store.ts';
import { encodeNpy } from './npy-writer.ts';
import { SavedResult } from './read-result.ts';
import { writeResult } from './write-result.ts';

const written = async () => {
  const store = new MemoryStore('out');
  await writeResult(store, exampleTracking(7), { runTimeSec: 1, dateTime: 'now' });
  return store;
};

describe('SavedResult', () => {
  it('refuses a folder without a result, and one that lost a file', async () => {
    await expect(SavedResult.open(new MemoryStore('here'))).rejects.toThrow(
      'here/IdxCluster.npy: found no such file',
    );
    const store = await written();
    await store.remove('SimilarityMatrix.npy');
    await store.remove('Output.npz');
    const saved = await SavedResult.open(store);
    await expect(saved.similarityMatrix()).rejects.toThrow('out/SimilarityMatrix.npy');
    expect(await saved.run()).toBeUndefined();
  });

  it('takes the empty arrays of other programs, of whatever type and shape', async () => {
    const store = await written();
    for (const name of ['CurationPairs.npy', 'CurationTypes.npy']) {
      store.files.set(name, encodeNpy({ dtype: 'float64', shape: [0], data: [] }));
    }
    const { pairs, types } = await (await SavedResult.open(store)).curation();
    expect([pairs, types]).toEqual([new Int32Array(0), new Int32Array(0)]);
  });

  it('refuses files that do not belong together, and damaged ones', async () => {
    const store = await written();
    store.files.set('motion_linear.npy', encodeNpy({ dtype: 'float64', shape: [2], data: [1, 2] }));
    store.files.set(
      'IdxCluster.npy',
      encodeNpy({ dtype: 'float64', shape: [7], data: [1, 2.5, 1, 1, 1, 1, 1] }),
    );
    const saved = await SavedResult.open(store);
    await expect(saved.motions()).rejects.toThrow(InputError);
    await expect(saved.motions()).rejects.toThrow('out/motion_linear.npy');
    await expect(saved.labels()).rejects.toThrow('out/IdxCluster.npy: found the value 2.5');
  });

  it.each(['locations', 'amplitude', 'peak_channels', 'unit_shanks', 'isi', 'UnitConfidence'])(
    'refuses %s of another number of units',
    async (name) => {
      const store = await written();
      store.files.set(
        `${name}.npy`,
        encodeNpy({ dtype: 'float64', shape: [6, 3], data: new Float64Array(18) }),
      );
      await expect(SavedResult.open(store)).rejects.toThrow(InputError);
      await expect(SavedResult.open(store)).rejects.toThrow(`out/${name}.npy: found 6 rows`);
    },
  );

  it('refuses labels, pairs and probabilities that cannot be of its units', async () => {
    const store = await written();
    const set = (name: string, shape: readonly number[], data: readonly number[]) =>
      store.files.set(name, encodeNpy({ dtype: 'int64', shape, data }));
    set('IdxCluster.npy', [7], [1, 1, 0, -1, 2, 2, -1]);
    set('MatchedPairs.npy', [2, 2], [0, 1, 4, 7]);
    set('MatchProbability.npy', [3], [1, 1, 1]);
    const saved = await SavedResult.open(store);
    await expect(saved.labels()).rejects.toThrow('out/IdxCluster.npy: found 0 for unit 2');
    await expect(saved.matchedPairs()).rejects.toThrow('out/MatchedPairs.npy: found unit 7 in pair 1');
    await expect(saved.matchProbability()).rejects.toThrow('out/MatchProbability.npy: found 3 values');
    set('IdxCluster.npy', [7], [1, 1, -1, -1, 2, 2, -2]);
    await expect(saved.labels()).rejects.toThrow('found -2 for unit 6');
  });

  it('gives waveforms of units there are', async () => {
    const saved = await SavedResult.open(await written());
    expect((await saved.correctedWaveform(6)).data).toHaveLength(40);
    await expect(saved.correctedWaveform(7)).rejects.toThrow(RangeError);
  });
});
