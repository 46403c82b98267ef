/** Locations, autocorrelograms and interval histograms of units with 8,000 spikes each. */

import { preprocessUnits } from '../src/core/preprocess.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { simulateRecording } from '../src/core/simulation/simulate.ts';
import { medianTime, type Result, report } from './support/measure.ts';
import { PLAIN, SIMD, withEach } from './support/variants.ts';

const { dataset } = simulateRecording({
  probe: 'np1',
  channels: 283,
  sessions: 6,
  units: 600,
  firing: { spikes: 8000, medianHz: 5 },
});
const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
const trains: Float64Array[] = [];
for (let unit = 0; unit < dataset.units; unit++) trains.push(await dataset.spikeTimes(unit));

report(
  'preprocessing',
  await withEach([PLAIN, ...SIMD], async (kernels): Promise<Result> => {
    const waveforms = { ...dataset.waveforms, data: kernels.float32(dataset.waveforms.data.length) };
    waveforms.data.set(dataset.waveforms.data);
    const recording = { ...dataset, waveforms, spikeTimes: async (unit: number) => trains[unit] };
    return {
      kernels: kernels.name,
      threads: kernels.threads,
      size: `${dataset.units} units, 283 channels, 8,000 spikes`,
      seconds: await medianTime(() => preprocessUnits(recording, settings, { kernels })),
    };
  }),
);
