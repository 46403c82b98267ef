import { afterEach, describe, expect, it, vi } from 'vitest';
import { exampleSource, exported } from '../../../test/example-export.ts';
import { exampleShanks, exampleTracking } from '../../../test/example-result.ts';
import { hasPython, inTemporaryFolder, runPython } from '../../../test/numpy.ts';
import type { NdArray } from '../../core/ndarray.ts';
import { type Hdf5File, openHdf5 } from '../hdf5.ts';
import { memorySource } from '../memory-store.ts';
import { FileStore } from '../node/file-store.ts';
import { openNpz } from '../npz.ts';
import { MatWriter } from './mat-value.ts';
import { outputMatFiles } from './output-mat.ts';

const open = async (...args: Parameters<typeof exampleSource>) => {
  const source = await exampleSource(...args);
  const bytes = (await exported(outputMatFiles(source))).get('Output.mat')!;
  return { source, bytes, file: await openHdf5(memorySource('Output.mat', bytes)) };
};

/** A field as MATLAB sees it: shape, and values column after column. */
const field = (file: Hdf5File, name: string) => {
  const { shape, data } = file.numbers(`/Output/${name}`) as NdArray<Float64Array>;
  return { shape: [...shape].reverse(), data: Array.from(data, Number) };
};
const textIn = (file: Hdf5File, path: string) =>
  String.fromCharCode(...(file.numbers(path)!.data as Uint16Array));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('Output.mat', () => {
  it('begins with the header MATLAB looks for, and HDF5 after 512 bytes', async () => {
    const { bytes, file } = await open();
    expect(new TextDecoder().decode(bytes.subarray(0, 20))).toBe('MATLAB 7.3 MAT-file,');
    expect([...bytes.subarray(124, 128)]).toEqual([0, 2, 0x49, 0x4d]);
    expect([...bytes.subarray(512, 520)]).toEqual([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
    file.close();
  });

  it.each([
    ['one shank', exampleTracking(13)],
    ['several shanks', exampleShanks(13)],
  ])('holds every array of Output.npz of %s, indices of units from 1', async (_, result) => {
    const { source, file } = await open(result);
    const npz = await openNpz((await source.saved.store.open('Output.npz'))!);
    const numeric: string[] = [];
    for (const name of npz.names) {
      if (name === 'arr_0') continue;
      const array = await npz.read(name);
      if (array.dtype === 'unicode') continue;
      numeric.push(name);
      const [rows, columns = 1, ...more] = array.shape.length === 0 ? [1, 1] : array.shape;
      const first = /^(IdxUnit|IdxSort|SimilarityPairs|MatchedPairs|CurationPairs)$/.test(name) ? 1 : 0;
      const found = field(file, name);
      if (array.data.length === 0) {
        expect(found.data, name).toEqual([rows, columns, ...more]);
        continue;
      }
      expect(found.shape, name).toEqual([rows, columns, ...more]);
      // Element (i, j, k) stands at i + rows · (j + columns · k).
      const depth = more[0] ?? 1;
      Array.from(array.data as ArrayLike<number>, Number).forEach((value, at) => {
        const [i, j, k] = [Math.floor(at / (columns * depth)), Math.floor(at / depth) % columns, at % depth];
        expect(found.data[i + rows * (j + columns * k)], name).toBe(value + first);
      });
      const logical = array.dtype === 'bool';
      expect(file.attribute(`/Output/${name}`, 'MATLAB_class'), name).toBe(logical ? 'logical' : 'double');
    }
    expect(numeric.length).toBeGreaterThan(20);
    file.close();
  });

  it('holds texts as char, lists of them as cells, and the settings as a struct', async () => {
    const { source, file } = await open();
    expect(textIn(file, '/Output/DateTime')).toBe('2026-01-05T12:00:00.000Z');
    const names = file.references('/Output/SimilarityNames', '#refs#').map((path) => textIn(file, path));
    expect(names).toEqual(source.run.features);
    expect(textIn(file, '/Output/Params/preset')).toBe('reference');
    expect(field(file, 'Params/autoCorr/window')).toEqual({ shape: [1, 1], data: [300] });
    expect(file.attribute('/Output/Params/centering_waveforms', 'MATLAB_class')).toBe('logical');
    file.close();
  });

  it('holds what curation by hand made of the neurons', async () => {
    const labels = [3, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1];
    const { file } = await open(undefined, labels);
    expect(field(file, 'IdxCluster').data).toEqual(labels);
    expect(field(file, 'MatchedPairs')).toEqual({ shape: [2, 2], data: [1, 12, 2, 13] });
    const { data } = field(file, 'ClusterMatrix');
    expect([data[1], data[2], data[12 + 13 * 11], data[4 + 13 * 4]]).toEqual([1, 0, 1, 1]);
    expect(file.numbers('/Output/UnitConfidence')).toBeUndefined();
    file.close();
  });

  it('gives the same bytes for the same result', async () => {
    const one = await open();
    // The clock of the library that writes the file.
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 5000);
    expect(Buffer.compare(one.bytes, (await open()).bytes)).toBe(0);
  });

  it('stores arrays of more than 8 MiB in pieces, and empty ones by their size', async () => {
    const mat = await MatWriter.create();
    const data = Float64Array.from({ length: 1100 * 1000 }, (_, i) => i);
    mat.struct('/x');
    mat.put('/x/large', { kind: 'double', array: { shape: [1000, 1100], data } });
    mat.put('/x/none', { kind: 'double', array: { shape: [0, 2], data: [] } });
    mat.put('/x/nothing', '');
    const bytes = (await exported([{ path: 'x', content: mat.finish('now') }])).get('x')!;
    const file = await openHdf5(memorySource('x.mat', bytes));
    const large = file.numbers('/x/large')!;
    expect(large.shape).toEqual([1100, 1000]);
    expect([large.data[1], large.data[1000], large.data[999_999]]).toEqual([1100, 1, data[999 * 1100 + 999]]);
    expect(Array.from(file.numbers('/x/none')!.data, Number)).toEqual([0, 2]);
    expect(file.attribute('/x/none', 'MATLAB_empty')).toBe(1);
    expect(file.attribute('/x/nothing', 'MATLAB_class')).toBe('char');
    file.close();
  });

  it.skipIf(!hasPython('h5py'))('is read by h5py, laid out as MATLAB does', async () => {
    const { source, bytes, file } = await open();
    file.close();
    await inTemporaryFolder(async (folder) => {
      await new FileStore(folder).write('Output.mat', bytes);
      const said = runPython(
        `
import sys, h5py
f = h5py.File(sys.argv[1] + '/Output.mat')
o = f['Output']
kind = o.attrs.get_id('MATLAB_class').get_type()
print(f.userblock_size, list(f), o.attrs['MATLAB_class'].decode(), kind.get_cset(), kind.get_strpad())
print([int(x) for x in o['IdxCluster'][0]])
print([f[r][()].tobytes().decode('utf-16-le') for r in o['SimilarityNames'][:, 0]])
print(o['ClusterMatrix'].dtype, o['ClusterMatrix'].attrs['MATLAB_int_decode'], o['SimilarityMatrix'].shape)
`,
        folder,
      );
      expect(said.split('\n').slice(0, 4)).toEqual([
        "512 ['#refs#', 'Output'] struct 0 0",
        `[${source.units.map(({ neuron }) => neuron).join(', ')}]`,
        `[${source.run.features.map((name) => `'${name}'`).join(', ')}]`,
        'uint8 1 (13, 13)',
      ]);
    });
  });
});
