import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as h5wasm from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/numpy.ts';
import { InputError } from '../core/errors.ts';
import { type Hdf5File, openHdf5 } from './hdf5.ts';
import { memorySource } from './memory-store.ts';
import { openHdf5File } from './node/hdf5-file.ts';

/** A file with numbers of some types, text, a group, and references into it. */
async function example(): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/example.h5', 'w');
  const group = file.create_group('group');
  const targets = [1, 2, 3].map((n) =>
    group.create_dataset({ name: `n${n}`, data: Float64Array.of(n, n / 2) }),
  );
  targets[0].create_attribute('unit', 'ms');
  const references = targets.toReversed().map((target) => target.create_reference());
  file.create_dataset({ name: 'references', data: references, shape: [1, 3] });
  file.create_dataset({ name: 'matrix', data: Int16Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
  file.create_dataset({ name: 'scalar', data: 4.5, shape: [] });
  file.create_dataset({ name: 'text', data: ['a', 'b'] });
  file.close();
  return new Uint8Array(FS.readFile('/example.h5'));
}

const BYTES = await example();
const OPEN: [string, (work: (file: Hdf5File) => void) => Promise<void>][] = [
  [
    'from memory',
    async (work) => {
      const file = await openHdf5(memorySource('x.h5', BYTES));
      work(file);
      file.close();
    },
  ],
  [
    'from the disk',
    (work) =>
      inTemporaryFolder(async (folder) => {
        writeFileSync(join(folder, 'x.h5'), BYTES);
        const file = await openHdf5File(join(folder, 'x.h5'));
        work(file);
        file.close();
      }),
  ],
];

describe.each(OPEN)('an HDF5 file %s', (_, withFile) => {
  it('gives its arrays with their shapes and types', () =>
    withFile((file) => {
      expect(file.numbers('matrix')).toEqual({ shape: [2, 3], data: Int16Array.of(1, 2, 3, 4, 5, 6) });
      expect(file.numbers('scalar')).toEqual({ shape: [], data: Float64Array.of(4.5) });
      expect(file.elementType('matrix')).toBe('int16');
      expect(file.elementType('group/n1')).toBe('float64');
      expect(file.attribute('group/n1', 'unit')).toBe('ms');
    }));

  it('follows references', () =>
    withFile((file) => {
      expect(file.holdsReferences('references')).toBe(true);
      const paths = file.references('references', 'group');
      expect(paths.map((path) => file.numbers(path)?.data[0])).toEqual([3, 2, 1]);
    }));

  it('gives undefined for what is not there or of another kind', () =>
    withFile((file) => {
      expect(file.keys('group')).toEqual(['n1', 'n2', 'n3']);
      expect(file.keys('matrix')).toBeUndefined();
      expect(file.keys('nothing')).toBeUndefined();
      expect(file.numbers('text')).toBeUndefined();
      expect(file.numbers('group')).toBeUndefined();
      expect(file.numbers('nothing')).toBeUndefined();
      expect(file.holdsReferences('nothing')).toBeUndefined();
      expect(file.elementType('text')).toBeUndefined();
      expect(file.attribute('group/n1', 'nothing')).toBeUndefined();
    }));

  it('refuses references that lead out of the group', () =>
    withFile((file) => {
      expect(() => file.references('references', 'nothing')).toThrow(InputError);
      expect(() => file.references('matrix', 'group')).toThrow(InputError);
    }));
});

describe('a bad HDF5 file', () => {
  it.each([
    ['is empty', new Uint8Array(), 'file signature not found'],
    ['is something else', new TextEncoder().encode('something else entirely'), 'file signature not found'],
    ['is cut', BYTES.slice(0, -100), 'truncated file'],
  ])('that %s is refused', async (_, bytes, said) => {
    const attempt = openHdf5(memorySource('bad.h5', bytes));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(`bad.h5: found a damaged or foreign file (${said}`);
  });

  it('that is missing is refused', async () => {
    await expect(openHdf5File('nowhere.h5')).rejects.toThrow('nowhere.h5: found no such file');
  });
});
