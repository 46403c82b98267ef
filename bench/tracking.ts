/** The whole method in memory, stage by stage: 3,414 units of 18 sessions on 283 channels, 8,000 spikes each, with PETHs. */
import type { RunEvent, Stage } from '../src/core/context.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { type Result, report } from './support/measure.ts';
import { SIMD, withEach } from './support/variants.ts';

const { dataset } = simulateRecording({
  probe: 'np1',
  channels: 283,
  sessions: 18,
  units: 3414,
  firing: { spikes: 8000, medianHz: 5 },
});
const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
const trains: Float64Array[] = [];
for (let unit = 0; unit < dataset.units; unit++) trains.push(await dataset.spikeTimes(unit));

const results = await withEach(
  SIMD.filter(({ threads }) => threads !== 1),
  async (kernels) => {
    const waveforms = { ...dataset.waveforms, data: kernels.float32(dataset.waveforms.data.length) };
    waveforms.data.set(dataset.waveforms.data);
    const recording = { ...dataset, waveforms, spikeTimes: async (unit: number) => trains[unit] };
    const seconds = new Map<Stage, number>();
    const onEvent = (event: RunEvent) => {
      if (event.kind !== 'stage') return;
      const sign = event.state === 'begin' ? -1 : 1;
      seconds.set(event.stage, (seconds.get(event.stage) ?? 0) + (sign * performance.now()) / 1000);
    };
    const begin = performance.now();
    const { rounds } = await track(recording, settings, { kernels, onEvent });
    const all: [string, number] = [`all, ${rounds.length} rounds`, (performance.now() - begin) / 1000];
    const own = { kernels: kernels.name, threads: kernels.threads };
    return [...seconds, all].map(([size, time]): Result => ({ ...own, size, seconds: time }));
  },
);
report('tracking', results.flat());
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
