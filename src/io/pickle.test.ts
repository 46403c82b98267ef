import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNumpy, inTemporaryFolder, runPython } from '../../test/numpy.ts';
import { collectBytes } from './byte-source.ts';
import { memorySource } from './memory-store.ts';
import { FileStore } from './node/file-store.ts';
import { readNpy } from './npy.ts';
import { npyMember, npzChunks } from './npz.ts';
import { pickledMember } from './pickle.ts';

const MEMBER = pickledMember('arr_0', {
  NumClusters: 12,
  Negative: -3,
  Large: 2 ** 40,
  RunTime: 1.5,
  Threshold: Number.NEGATIVE_INFINITY,
  DateTime: '2026-01-01 ünï😀',
  IdxCluster: { dtype: 'int64', shape: [3], data: Int32Array.of(1, -1, 2) },
  Matrix: {
    dtype: 'bool',
    shape: [2, 2],
    data: () => [
      [1, 0],
      [0, 1],
    ],
  },
  Similarity: { dtype: 'float64', shape: [2, 1], data: [0.5, 6] },
  Names: { dtype: 'unicode', shape: [2], data: ['Waveform', 'ISI'] },
  Scalar: { dtype: 'float64', shape: [], data: [0.001] },
  Empty: { dtype: 'int64', shape: [0, 2], data: [] },
});

describe('a pickled dictionary', () => {
  it('is as long as it says', async () => {
    expect((await collectBytes(MEMBER.chunks())).length).toBe(MEMBER.size);
  });

  it('is refused by the reader here, which never loads pickles', async () => {
    const bytes = await collectBytes(MEMBER.chunks());
    await expect(readNpy(memorySource('arr_0', bytes))).rejects.toThrow('Python objects');
  });

  it.skipIf(!hasNumpy)('is a dict of real arrays to NumPy, without a warning (skipped without numpy)', () =>
    inTemporaryFolder(async (folder) => {
      const plain = npyMember('IdxCluster', { dtype: 'int64', shape: [3], data: [1, -1, 2] });
      await new FileStore(folder).write('Output.npz', npzChunks([plain, MEMBER]));
      runPython(
        `import sys, pickle, copy, numpy as np
path = sys.argv[1]
assert np.load(path)['IdxCluster'].tolist() == [1, -1, 2]
o = np.load(path, allow_pickle=True)['arr_0']
assert o.shape == () and o.dtype == object
d = o.item()
assert type(d) is dict and len(d) == 12
assert d['NumClusters'] == 12 and type(d['NumClusters']) is int and d['Negative'] == -3 and d['Large'] == 2**40
assert d['RunTime'] == 1.5 and d['Threshold'] == -np.inf and d['DateTime'] == '2026-01-01 ünï😀'
for k, dtype, value in [('IdxCluster', 'int64', [1, -1, 2]), ('Matrix', 'bool', [[True, False], [False, True]]),
    ('Similarity', 'float64', [[.5], [6.]]), ('Names', '<U8', ['Waveform', 'ISI']), ('Scalar', 'float64', .001)]:
  a = d[k]
  assert type(a) is np.ndarray and a.dtype == dtype and a.tolist() == value and a.flags.writeable, k
assert d['Empty'].shape == (0, 2)
d['IdxCluster'][0] = 5
again = pickle.loads(pickle.dumps(copy.deepcopy(d)))
assert again['IdxCluster'].tolist() == [5, -1, 2]
try: np.load(path)['arr_0']; raise SystemExit('loaded without being allowed to')
except ValueError: pass`,
        join(folder, 'Output.npz'),
      );
    }),
  );
});
