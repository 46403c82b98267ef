import { setFlagsFromString } from 'node:v8';
import { afterAll, describe, expect, it } from 'vitest';
import { preprocessUnits } from '../../src/core/preprocess.ts';
import type { TrackingResult } from '../../src/core/result.ts';
import { trackShanks } from '../../src/core/shanks.ts';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import { trackPreprocessed } from '../../src/core/track.ts';
import { isSupported } from '../../src/wasm/detect.ts';
import { createKernels } from '../../src/workers/node.ts';
import { hasMultishankCase, loadCase, SINGLE_SHANK_CASES } from '../support/reference.ts';

// Node 20 has relaxed SIMD behind a flag.
if (!isSupported('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const plain = await createKernels({ kernels: 'plain' });
const relaxed = await createKernels({ kernels: 'relaxed', threads: 2 });
const [reference, ...others] = await Promise.all([1, 2, 3].map((threads) => createKernels({ threads })));
afterAll(() => Promise.all([plain, relaxed, reference, ...others].map((kernels) => kernels.close())));

/** All numbers of a result, bit for bit. */
function bitsOf({ clustering, curation, motion, corrected, rounds }: TrackingResult): string[] {
  return [
    allPairsOf(clustering.similarity),
    ...clustering.featureSimilarity.map(allPairsOf),
    clustering.weights,
    clustering.leafOrder,
    curation.labels,
    curation.matchedPairs,
    motion.constant,
    motion.linear,
    ...corrected.templates,
    ...rounds.map(({ pairSimilarity }) => pairSimilarity),
  ].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'));
}

describe.each(SINGLE_SHANK_CASES)('the golden case %s', (name) => {
  it.each(['settings', 'recommended'] as const)(
    'has the same result with all kernels (%s)',
    async (preset) => {
      const { dataset, [preset]: settings, given } = loadCase(name);
      const preprocessed = await preprocessUnits(dataset, settings, { kernels: plain });
      const run = (kernels: typeof plain) =>
        trackPreprocessed(dataset, preprocessed, settings, { kernels }, given);
      const expected = await run(reference);
      for (const kernels of others) expect(bitsOf(await run(kernels))).toEqual(bitsOf(expected));
      for (const kernels of [plain, relaxed]) {
        const { curation } = await run(kernels);
        expect(curation.labels).toEqual(expected.curation.labels);
        expect(curation.curationPairs).toEqual(expected.curation.curationPairs);
      }
    },
  );
});

describe.skipIf(!hasMultishankCase)('the golden case multishank', () => {
  it('has the same result with all kernels', async () => {
    const { dataset, settings } = loadCase('multishank');
    const run = async (kernels: typeof plain) => {
      const { labels, shanks } = await trackShanks(dataset, settings, { kernels });
      return { labels, bits: shanks.flatMap(({ result }) => bitsOf(result)) };
    };
    const expected = await run(reference);
    for (const kernels of others) expect(await run(kernels)).toEqual(expected);
    for (const kernels of [plain, relaxed]) expect((await run(kernels)).labels).toEqual(expected.labels);
  });
});
