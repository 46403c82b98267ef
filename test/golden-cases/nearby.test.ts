import { describe, expect, it } from 'vitest';
import { waveformSource } from '../../src/core/dataset.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import { track } from '../../src/core/track.ts';
import { trackNearby } from '../../src/core/track-nearby.ts';
import { readNpyLite } from '../support/npy-lite.ts';
import { loadCase, SINGLE_SHANK_CASES } from '../support/reference.ts';

const context = { kernels: createPlainKernels() };

/** Precision and recall of matched pairs against the neurons that were simulated. */
function pairScore(labels: Int32Array, neuron: ArrayLike<number>): { precision: number; recall: number } {
  const counts = { found: 0, true: 0, both: 0 };
  for (let j = 0; j < labels.length; j++) {
    for (let i = 0; i < j; i++) {
      const found = labels[i] >= 0 && labels[i] === labels[j] ? 1 : 0;
      const same = neuron[i] === neuron[j] ? 1 : 0;
      counts.found += found;
      counts.true += same;
      counts.both += found * same;
    }
  }
  return { precision: counts.both / counts.found, recall: counts.both / counts.true };
}

// Three cases suffice: docs/scale.md has the figures of all.
describe.each(SINGLE_SHANK_CASES.filter((name) => name !== 'hard' && name !== 'nonrigid'))(
  'the golden case %s',
  (name) => {
    it('is tracked by nearby pairs as well as by all pairs', async () => {
      const { dataset, recommended, given, file } = loadCase(name);
      const neuron = readNpyLite(file('data/neuron_id.npy')).data;
      const all = await track(dataset, recommended, context, given);
      const nearby = await trackNearby(
        { ...dataset, waveforms: waveformSource(dataset.waveforms) },
        recommended,
        context,
        given,
      );
      const expected = pairScore(all.curation.labels, neuron);
      const found = pairScore(nearby.curation.labels, neuron);
      expect(found.precision).toBeGreaterThanOrEqual(expected.precision);
      expect(found.recall).toBeGreaterThanOrEqual(expected.recall);
    });
  },
);
