/** Writing simulated recordings as data folders (docs/files.md), unit by unit. */
import { throwIfStopped } from '../core/errors.ts';
import type { RecordingPlan } from '../core/simulation/simulate.ts';
import type { Store } from './byte-source.ts';
import { HALVES_FILE } from './halved-recording.ts';
import { type NpyOutput, npyChunks } from './npy-writer.ts';
import { RECORDED_FILE } from './recorded-channels.ts';
import { UNITS_FILE } from './units-table.ts';

export interface WriteSimulationOptions {
  /** Whether to write `waveform_halves.npy`; default false. */
  readonly halves?: boolean;
  /** Called after every unit's waveform and after every unit's spike train: 2 · units in all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Everything a data folder may hold; `waveform_all.npy` is removed first and written last. */
const ENTRIES = [
  'waveform_all.npy',
  HALVES_FILE,
  'session_index.npy',
  'channel_locations.npy',
  'channel_shanks.npy',
  'spike_times',
  'peth.npy',
  'neuron_id.npy',
  'true_motion.npy',
  UNITS_FILE,
  RECORDED_FILE,
];

/**
 * Writes a recording as an input folder, with its truth: `neuron_id.npy` (units,), the neuron of each unit from 0, and
 * `true_motion.npy` (2, sessions), Linear and Constant. One unit is in memory at a time. A recording that is there
 * already is replaced; an interrupted write leaves a folder without `waveform_all.npy`.
 *
 * @throws StoppedError when the signal is aborted
 */
export async function writeSimulation(
  store: Store,
  plan: RecordingPlan,
  { halves, progress, signal }: WriteSimulationOptions = {},
): Promise<void> {
  const { units, probe, samples, sessionCount, sessions, neuronId, trueMotion, pethBins } = plan;
  const write = (name: string, array: NpyOutput) => store.write(name, npyChunks(array));
  let done = 0;
  const unitDone = () => {
    progress?.(++done, 2 * units);
    throwIfStopped(signal);
  };
  throwIfStopped(signal);
  for (const entry of ENTRIES) await store.remove(entry);

  await write('session_index.npy', { dtype: 'int64', shape: [units], data: sessions });
  await write('neuron_id.npy', { dtype: 'int64', shape: [units], data: neuronId });
  await write('true_motion.npy', {
    dtype: 'float64',
    shape: [2, sessionCount],
    data: [...trueMotion.linear, ...trueMotion.constant],
  });
  await write('channel_locations.npy', {
    dtype: 'float64',
    shape: [probe.channels, 2],
    data: probe.locations,
  });
  if (probe.hasShanks) {
    await write('channel_shanks.npy', { dtype: 'int64', shape: [probe.channels], data: probe.shanks });
  }
  for (let unit = 0; unit < units; unit++) {
    const data = plan.simulateUnitSpikes(unit);
    await write(`spike_times/Unit${unit}.npy`, { dtype: 'float64', shape: [data.length], data });
    unitDone();
  }

  if (pethBins > 0) {
    await write('peth.npy', {
      dtype: 'float64',
      shape: [units, pethBins],
      *data() {
        for (let unit = 0; unit < units; unit++) yield plan.simulateUnitPeth(unit)!;
      },
    });
  }
  if (halves) {
    await write(HALVES_FILE, {
      dtype: 'float32',
      shape: [units, 2, probe.channels, samples],
      *data() {
        for (let unit = 0; unit < units; unit++) {
          throwIfStopped(signal);
          yield plan.simulateUnitHalves(unit);
        }
      },
    });
  }
  await write('waveform_all.npy', {
    dtype: 'float32',
    shape: [units, probe.channels, samples],
    *data() {
      for (let unit = 0; unit < units; unit++) {
        yield plan.simulateUnitWaveform(unit);
        unitDone();
      }
    },
  });
}
