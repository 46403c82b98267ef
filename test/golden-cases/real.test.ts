import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrackingResult } from '../../src/core/result.ts';
import { resolveSettings } from '../../src/core/settings.ts';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import { track } from '../../src/core/track.ts';
import { readDataset } from '../../src/io/dataset.ts';
import { FileStore } from '../../src/io/node/file-store.ts';
import { createKernels } from '../../src/workers/node.ts';
import { readNpyLite } from '../support/npy-lite.ts';

const REAL = join(import.meta.dirname, '../../../shared/real');

/** Rat T181 of Luo, Bondy et al. (eLife 2020): 963 units in five sessions over 86 days. */
describe.skipIf(!existsSync(join(REAL, 'T181.tar.xz')))('the real recording T181', () => {
  let folder: string;
  const results: TrackingResult[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dant-T181-'));
    execFileSync('tar', ['-xJf', join(REAL, 'T181.tar.xz'), '-C', folder]);
    const { settings } = resolveSettings({
      preset: 'reference',
      motionEstimation: { features: [['Waveform', 'AutoCorr']] },
    });
    for (const threads of [1, 2, 3]) {
      const kernels = await createKernels({ kernels: 'simd', threads });
      try {
        const dataset = await readDataset(new FileStore(join(folder, 'T181')), { allocate: kernels.float32 });
        results.push(await track(dataset, settings, { kernels }));
      } finally {
        await kernels.close();
      }
    }
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has the matched pairs of the published reference (Jaccard at least 0.99)', () => {
    const pairsOf = (flat: ArrayLike<number>) =>
      new Set(Array.from({ length: flat.length / 2 }, (_, i) => `${flat[2 * i]} ${flat[2 * i + 1]}`));
    const found = pairsOf(results[0].curation.matchedPairs);
    const expected = pairsOf(readNpyLite(join(REAL, 'T181_expected/MatchedPairs.npy')).data);
    const both = [...found].filter((pair) => expected.has(pair)).length;
    expect(both / (found.size + expected.size - both)).toBeGreaterThanOrEqual(0.99);
  });

  it('has the same bits with 1, 2 and 3 threads', () => {
    const [first, ...others] = results;
    for (const other of others) {
      expect(other.curation).toEqual(first.curation);
      expect(other.motion).toEqual(first.motion);
      expect(
        Buffer.from(allPairsOf(other.clustering.similarity).buffer).equals(
          Buffer.from(allPairsOf(first.clustering.similarity).buffer),
        ),
      ).toBe(true);
    }
  });
});
