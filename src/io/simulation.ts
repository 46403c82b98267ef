/** Writing simulated recordings as data folders (docs/files.md), unit by unit. */
import type { RecordingPlan } from '../core/simulation/simulate.ts';
import type { Store } from './byte-source.ts';
import { encodeNpy } from './npy-writer.ts';
import { type WriteRecordingOptions, writeRecording } from './recording.ts';

export interface WriteSimulationOptions extends WriteRecordingOptions {
  /** Whether to write `waveform_halves.npy`; default false. */
  readonly halves?: boolean;
}

/**
 * Writes a recording as an input folder, with its truth: `neuron_id.npy` (units,), the neuron of each unit from 0, and
 * `true_motion.npy` (2, sessions), Linear and Constant. One unit is in memory at a time. A recording that is there already is replaced.
 *
 * @throws StoppedError when the signal is aborted
 */
export async function writeSimulation(
  store: Store,
  plan: RecordingPlan,
  { halves, ...options }: WriteSimulationOptions = {},
): Promise<void> {
  const { units, probe, samples, sessionCount, sessions, neuronId, trueMotion, pethBins } = plan;
  const motion = [...trueMotion.linear, ...trueMotion.constant];
  await writeRecording(
    store,
    {
      units,
      channels: probe.channels,
      samples,
      sessions,
      waveformType: 'float32',
      waveform: (unit) => plan.simulateUnitWaveform(unit),
      ...(halves && { waveformHalves: (unit: number) => plan.simulateUnitHalves(unit) }),
      channelLocations: probe.locations,
      channelShanks: probe.hasShanks ? probe.shanks : undefined,
      spikeTimes: (unit) => plan.simulateUnitSpikes(unit),
      ...(pethBins > 0 && { peth: { bins: pethBins, row: (unit: number) => plan.simulateUnitPeth(unit)! } }),
      extraFiles: new Map([
        ['neuron_id.npy', encodeNpy({ dtype: 'int64', shape: [units], data: neuronId })],
        ['true_motion.npy', encodeNpy({ dtype: 'float64', shape: [2, sessionCount], data: motion })],
      ]),
    },
    options,
  );
}
