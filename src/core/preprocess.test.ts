import { expect, it } from 'vitest';
import type { Kept } from './checkpoints.ts';
import { createPlainKernels } from './kernels/plain.ts';
import { preprocessUnits } from './preprocess.ts';
import { createRandom } from './random.ts';
import { resolveSettings } from './settings.ts';

it('gives the same features in blocks that are kept as in one, and computes no kept block again', async () => {
  const [units, channels, samples] = [1030, 2, 4];
  const random = createRandom(7);
  const data = Float32Array.from({ length: units * channels * samples }, () => random.normal());
  const asked: number[] = [];
  const dataset = {
    units,
    sessionCount: 2,
    sessions: Int32Array.from({ length: units }, (_, unit) => 1 + (unit % 2)),
    waveforms: { data, units, channels, samples },
    probe: {
      channels,
      locations: Float64Array.of(0, 0, 0, 20),
      shanks: Int32Array.of(1, 1),
      hasShanks: false,
    },
    async spikeTimes(unit: number) {
      asked.push(unit);
      return Float64Array.of(unit % 50, 3, 90, 7 * (unit % 9));
    },
  };
  const { settings } = resolveSettings({
    spikeLocation: { location_algorithm: 'center_of_mass', n_nearest_channels: 2 },
    autoCorr: { window: 20 },
  });
  const kernels = createPlainKernels();
  const whole = await preprocessUnits(dataset, settings, { kernels });
  const kept = new Map<string, Kept>();
  const checkpoints = {
    load: async <T>({ name }: { name: string }) => kept.get(name) as T | undefined,
    save: async ({ name }: { name: string }, value: Kept) => void kept.set(name, value),
  };
  expect(await preprocessUnits(dataset, settings, { kernels, checkpoints })).toEqual(whole);
  expect([...kept.keys()]).toEqual(['units-0', 'units-1024']);
  kept.delete('units-1024');
  asked.length = 0;
  expect(await preprocessUnits(dataset, settings, { kernels, checkpoints })).toEqual(whole);
  expect(asked).toEqual([1024, 1025, 1026, 1027, 1028, 1029]);
});
