import { describe, expect, it } from 'vitest';
import { exampleTracking } from '../../test/example-result.ts';
import { StoppedError } from '../core/errors.ts';
import { createPlainKernels } from '../core/kernels/plain.ts';
import type { ResultPart, TrackingResult } from '../core/result.ts';
import { allPairsOf } from '../core/similarity/nearby-matrix.ts';
import { collectBytes, listDeep, type Store } from './byte-source.ts';
import { MemoryStore } from './memory-store.ts';
import { writeResult, writeWhileComputing } from './write-result.ts';

const extra = { runTimeSec: 12, dateTime: '2026-01-01 12:00:00' };
const result = exampleTracking(13);

const { similarity } = result.clustering;
const distance = new Float64Array(allPairsOf(similarity).length);
await createPlainKernels().distances(allPairsOf(similarity), result.clustering.labels.length, distance);

const partsOf = ({ settings, corrected, clustering }: TrackingResult): ResultPart[] => [
  { kind: 'corrected', corrected },
  {
    kind: 'similarities',
    ...clustering,
    similarity: allPairsOf(clustering.similarity),
    distance,
    featureSimilarity: clustering.featureSimilarity.map(allPairsOf),
  },
  {
    kind: 'clustering',
    settings,
    clustering,
    leafOrder: new Promise((resolve) => setTimeout(() => resolve(clustering.leafOrder), 20)),
  },
];

/** Tells the parts, as a run does, before it gives the result. */
const compute = async (onPart: (part: ResultPart) => void) => {
  for (const part of partsOf(result)) {
    onPart(part);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { result, extra };
};

async function contentOf(store: Store): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const name of await listDeep(store)) {
    const source = (await store.open(name))!;
    content[name] = Buffer.from(await source.read(0, source.size)).toString('base64');
  }
  return content;
}

async function storeWithEarlierResult(): Promise<MemoryStore> {
  const store = new MemoryStore('out');
  await writeResult(store, exampleTracking(9), extra);
  return store;
}

describe('writeWhileComputing', () => {
  it('writes what writeResult writes, byte for byte', async () => {
    const [ahead, after] = [new MemoryStore('out'), new MemoryStore('out')];
    expect((await writeWhileComputing(ahead, compute)).result).toBe(result);
    await writeResult(after, result, extra);
    expect(await contentOf(ahead)).toEqual(await contentOf(after));
  });

  it('has large files written before the result is there', async () => {
    const store = new MemoryStore('out');
    const seen: string[][] = [];
    await writeWhileComputing(store, async (onPart) => {
      partsOf(result).forEach(onPart);
      await expect.poll(async () => (await listDeep(store)).length).toBe(8);
      seen.push([...(await listDeep(store))]);
      return { result, extra };
    });
    const names = seen[0].map((path) => path.split('/').at(-1));
    expect(names).toContain('waveforms_corrected.npy');
    expect(names).toContain('ClusteringResults.npz');
    expect(seen[0].some((path) => path.endsWith('Output.npz'))).toBe(false);
  });

  it('puts in place what the computation itself wrote, and nothing when that fails', async () => {
    const store = new MemoryStore('out');
    const withData = async (staging: Store, written: Promise<void>) => ({
      result,
      extra: { ...extra, beside: written.then(() => staging.write('Data/x.txt', Uint8Array.of(1))) },
    });
    await writeWhileComputing(store, (_onPart, staging) => withData(staging, Promise.resolve()));
    expect(await listDeep(store)).toContain('Data/x.txt');
    const before = await contentOf(store);
    const failing = writeWhileComputing(store, (_onPart, staging) =>
      withData(staging, Promise.reject(new Error('a full disk'))),
    );
    await expect(failing).rejects.toThrow('a full disk');
    expect(await contentOf(store)).toEqual(before);
  });

  it('leaves an earlier result as it was when the computation fails', async () => {
    const store = await storeWithEarlierResult();
    const before = await contentOf(store);
    const failing = writeWhileComputing(store, async (onPart) => {
      partsOf(result).forEach(onPart);
      throw new Error('lost');
    });
    await expect(failing).rejects.toThrow('lost');
    expect(await contentOf(store)).toEqual(before);
  });

  it('leaves an earlier result as it was when it is stopped', async () => {
    const store = await storeWithEarlierResult();
    const before = await contentOf(store);
    const controller = new AbortController();
    const stopped = writeWhileComputing(
      store,
      async (onPart) => {
        controller.abort();
        return compute(onPart);
      },
      controller.signal,
    );
    await expect(stopped).rejects.toThrow(StoppedError);
    expect(await contentOf(store)).toEqual(before);
  });

  it('tells that a part could not be written', async () => {
    const store = new MemoryStore('out');
    store.write = async (name, chunks) => {
      await collectBytes(chunks);
      if (name.endsWith('DistanceMatrix.npy')) throw new Error('the disk is full');
    };
    await expect(writeWhileComputing(store, compute)).rejects.toThrow('the disk is full');
  });
});
