import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import type { Store } from './byte-source.ts';
import { MemoryStore } from './memory-store.ts';
import { finishReplacing, replaceFiles } from './replace-files.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const contents = (store: MemoryStore) =>
  Object.fromEntries([...store.files].map(([name, data]) => [name, new TextDecoder().decode(data)]));

function folderOf(files: readonly string[], text: string): MemoryStore {
  const store = new MemoryStore();
  for (const name of files) store.files.set(name, bytes(text));
  return store;
}

const OLD = ['a', 'b', 'done', 'sub/a', 'sub/done'];
const NEW = ['a', 'c', 'done', 'sub/c', 'sub/done'];
const options = { earlier: async () => OLD, mark: 'done' };
const writeNew = async (staging: Store) => {
  for (const name of NEW) await staging.write(name, bytes('new'));
};

describe('replaceFiles', () => {
  it('leaves the new files, removes those not written again, and touches no others', async () => {
    const store = folderOf([...OLD, 'foreign'], 'old');
    await replaceFiles(store, options, writeNew);
    expect(contents(store)).toEqual({
      ...Object.fromEntries(NEW.map((name) => [name, 'new'])),
      foreign: 'old',
    });
  });

  it('changes nothing when writing fails', async () => {
    const store = folderOf(OLD, 'old');
    const attempt = replaceFiles(store, options, async (staging) => {
      await staging.write('a', bytes('new'));
      throw new Error('no more');
    });
    await expect(attempt).rejects.toThrow('no more');
    expect(contents(store)).toEqual(Object.fromEntries(OLD.map((name) => [name, 'old'])));
  });

  it('says where the new files are when they cannot all be put in place, and puts them there later', async () => {
    const store = folderOf(OLD, 'old');
    const broken: Store = {
      ...{ name: 'results', open: (name) => store.open(name), list: (folder) => store.list(folder) },
      ...{ write: (name, data) => store.write(name, data), remove: (name) => store.remove(name) },
      rename: async (from, to) => {
        if (to === 'c')
          throw new InputError({ where: 'c', found: 'no', expected: 'a place', remedy: 'Make room.' });
        return store.rename(from, to);
      },
    };
    await expect(replaceFiles(broken, options, writeNew)).rejects.toMatchObject({
      where: 'c',
      remedy: expect.stringMatching(/^Make room\. All new files .* results.\.dant-staging/),
    });
    expect(contents(store).done).toBeUndefined();
    await finishReplacing(store);
    expect(contents(store)).toEqual(Object.fromEntries(NEW.map((name) => [name, 'new'])));
  });

  it('clears what an interrupted run left', async () => {
    const store = folderOf(['.dant-staging/x', '.dant-staging/a'], 'left');
    await replaceFiles(store, options, writeNew);
    expect(Object.keys(contents(store)).sort()).toEqual([...NEW].sort());
  });

  it('never shows a folder with its mark that mixes old and new, whenever it is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), async (steps) => {
        const store = folderOf(OLD, 'old');
        await replaceFiles(interrupted(store, steps), options, writeNew).catch(() => {});
        const seen = contents(store);
        for (const folder of ['', 'sub/']) {
          if (seen[`${folder}done`] === undefined) continue;
          const rest = Object.keys(seen).filter(
            (name) => name.startsWith(folder) && !name.startsWith('.dant-staging'),
          );
          const texts = new Set(rest.map((name) => seen[name]));
          expect(texts.size, JSON.stringify(seen)).toBe(1);
        }
        // A later run mends whatever was left.
        await replaceFiles(store, { ...options, earlier: async () => [...OLD, ...NEW] }, writeNew);
        expect(Object.keys(contents(store)).sort()).toEqual([...NEW].sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('finishReplacing', () => {
  it('leaves all old files or all new ones, whenever replacing was interrupted, and itself too', async () => {
    const interruption = fc.integer({ min: 0, max: 25 });
    await fc.assert(
      fc.asyncProperty(interruption, interruption, async (steps, again) => {
        const store = folderOf([...OLD, 'foreign'], 'old');
        await replaceFiles(interrupted(store, steps), options, writeNew).catch(() => {});
        await finishReplacing(interrupted(store, again)).catch(() => {});
        await finishReplacing(store);
        const { foreign, ...seen } = contents(store);
        const found = Object.keys(seen).filter((name) => !name.startsWith('.dant-staging'));
        expect(foreign).toBe('old');
        expect(found.sort()).toEqual([...(seen.done === 'old' ? OLD : NEW)].sort());
        expect(new Set(found.map((name) => seen[name])).size).toBe(1);
      }),
      { numRuns: 200 },
    );
  });
});

/** A store that works for some changes and then fails for good, as when the process ends. */
function interrupted(store: Store, steps: number): Store {
  let left = steps;
  const step =
    <A extends unknown[]>(change: (...args: A) => Promise<void>) =>
    async (...args: A) => {
      if (left-- <= 0) throw new Error('interrupted');
      await change(...args);
    };
  return {
    name: store.name,
    open: (name) => store.open(name),
    list: (name) => store.list(name),
    write: step((name: string, chunks: Parameters<Store['write']>[1]) => store.write(name, chunks)),
    remove: step((name: string) => store.remove(name)),
    rename: step((from: string, to: string) => store.rename(from, to)),
  };
}
