import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../../test/numpy.ts';
import { InputError } from '../../core/errors.ts';
import { listDeep, type Store, subStore, zeroPieces } from '../byte-source.ts';
import { MemoryStore } from '../memory-store.ts';
import { FileStore } from './file-store.ts';

const text = (store: Store, name: string) =>
  store.open(name).then(async (file) => file && new TextDecoder().decode(await file.read(0, file.size)));
const bytes = (content: string) => new TextEncoder().encode(content);

const STORES: [string, (work: (store: Store) => Promise<void>) => Promise<void>][] = [
  ['MemoryStore', (work) => work(new MemoryStore())],
  ['FileStore', (work) => inTemporaryFolder((folder) => work(new FileStore(join(folder, 'new'))))],
  ['subStore', (work) => work(subStore(new MemoryStore(), 'a/b'))],
];

describe.each(STORES)('%s', (_, withStore) => {
  it('gives back what was written, and undefined for what was not', () =>
    withStore(async (store) => {
      await store.write('a/b.txt', bytes('first'));
      await store.write('a/b.txt', [bytes('sec'), bytes('ond')]);
      expect(await text(store, 'a/b.txt')).toBe('second');
      const file = await store.open('a/b.txt');
      expect(file?.size).toBe(6);
      expect(new TextDecoder().decode(await file?.read(2, 3))).toBe('con');
      expect(await store.open('a/c.txt')).toBeUndefined();
      expect(await store.open('a/b.txt/c')).toBeUndefined();
    }));

  it('takes pieces whose memory is used again', () =>
    withStore(async (store) => {
      const memory = new Uint8Array(2);
      await store.write(
        'x',
        (async function* () {
          for (const value of [65, 66, 67]) yield memory.fill(value);
        })(),
      );
      expect(await text(store, 'x')).toBe('AABBCC');
    }));

  it('takes pieces of zeros', () =>
    withStore(async (store) => {
      const zeros = [...zeroPieces(3_000_000)];
      const around = (pieces: Uint8Array[]) => [bytes('a'), ...pieces, bytes('b')];
      for (const [name, pieces] of [
        ['between', around(zeros)],
        ['last', [bytes('a'), ...zeros]],
        ['only', zeros],
        ['none', []],
      ] as const) {
        await store.write(name, pieces);
        const file = await store.open(name);
        const expected = Buffer.concat(pieces);
        expect(file?.size).toBe(expected.length);
        expect(expected.equals((await file?.read(0, expected.length)) as Uint8Array)).toBe(true);
      }
    }));

  it('lists files and folders, sorted', () =>
    withStore(async (store) => {
      for (const name of ['b', 'a/z', 'a/y', 'c/d/e']) await store.write(name, bytes(name));
      expect(await store.list()).toEqual(['a/', 'b', 'c/']);
      expect(await store.list('a')).toEqual(['y', 'z']);
      expect(await store.list('nothing')).toEqual([]);
      expect(await listDeep(store)).toEqual(['a/y', 'a/z', 'b', 'c/d/e']);
    }));

  it('renames over what stands there, and removes folders with all they hold', () =>
    withStore(async (store) => {
      await store.write('x', bytes('new'));
      await store.write('f/y', bytes('old'));
      await store.rename('x', 'f/y');
      expect(await text(store, 'f/y')).toBe('new');
      await store.remove('f');
      await store.remove('f');
      expect(await listDeep(store)).toEqual([]);
    }));

  it('keeps the old file, and nothing else, when writing fails half-way', () =>
    withStore(async (store) => {
      await store.write('f/x', bytes('old'));
      const failing = (async function* () {
        yield bytes('ne');
        throw new Error('no more');
      })();
      await expect(store.write('f/x', failing)).rejects.toThrow('no more');
      expect(await text(store, 'f/x')).toBe('old');
      expect(await store.list('f')).toEqual(['x']);
    }));
});

describe('FileStore', () => {
  it('follows links', () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', 'x'), 'here');
      symlinkSync(join(folder, 'real'), join(folder, 'link'));
      const store = new FileStore(folder);
      expect(await store.list()).toEqual(['link/', 'real/']);
      expect(await text(store, 'link/x')).toBe('here');
    }));

  it('says what is wrong with a place that cannot be written', () =>
    inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const store = new FileStore(join(folder, 'file', 'out'));
      for (const attempt of [() => store.checkWritable(), () => store.write('x', bytes('x'))]) {
        await expect(attempt()).rejects.toThrow(InputError);
        await expect(attempt()).rejects.toThrow('output folder');
      }
      expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('');
    }));

  it('leaves no trace of checking', () =>
    inTemporaryFolder(async (folder) => {
      await new FileStore(join(folder, 'a', 'b')).checkWritable();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('leaves no folder that was made for what is removed, but those that were there', () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'there'));
      for (const name of ['there', 'there/a/b']) {
        const store = new FileStore(join(folder, name));
        await store.checkWritable();
        await store.remove('staging');
        await store.write('staging/x', bytes('x'));
        await store.remove('staging');
        expect(readdirSync(join(folder, 'there'))).toEqual([]);
      }
      const store = new FileStore(join(folder, 'there/a/b'));
      await store.checkWritable();
      await store.write('x', bytes('x'));
      await store.remove('staging');
      expect(await store.list()).toEqual(['x']);
    }));

  it('refuses a folder in place of a file, and a file that became shorter', () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'x.npy'));
      const store = new FileStore(folder);
      await expect(store.open('x.npy')).rejects.toThrow('found a folder');
      writeFileSync(join(folder, 'y'), '12345');
      const file = await store.open('y');
      writeFileSync(join(folder, 'y'), '12');
      await expect(file?.read(0, 5)).rejects.toThrow(InputError);
    }));
});

describe.skipIf(process.platform === 'win32')('what is no file and no folder', () => {
  it('is refused: a pipe that nobody writes into is not waited for', () =>
    inTemporaryFolder(async (folder) => {
      execFileSync('mkfifo', [join(folder, 'waveform_all.npy')]);
      const opened = new FileStore(folder).open('waveform_all.npy');
      await expect(opened).rejects.toThrow(InputError);
      await expect(opened).rejects.toThrow('found a pipe');
    }));

  it('is told before the work where the output folder is a link to nothing', () =>
    inTemporaryFolder(async (folder) => {
      symlinkSync(join(folder, 'nowhere'), join(folder, 'out'));
      for (const name of ['out', 'out/below']) {
        const checked = new FileStore(join(folder, name)).checkWritable();
        await expect(checked).rejects.toThrow(InputError);
        await expect(checked).rejects.toThrow('found a link to nothing');
      }
    }));
});

describe.skipIf(process.platform !== 'linux')('checkWritable', () => {
  it('refuses a file system that takes no files', async () => {
    await expect(new FileStore('/proc/results').checkWritable()).rejects.toThrow('takes no files');
  });

  it('is right: writing says so too', async () => {
    const attempt = new FileStore('/proc').write('report.html', bytes('x'));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow('takes no files');
  });
});
