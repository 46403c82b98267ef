/** Simulated recordings on disk. */
import { planRecording, type SimulationOptions } from '../core/simulation/simulate.ts';
import { FileStore } from '../io/node/file-store.ts';
import { writeSimulation } from '../io/simulation.ts';
import type { StageOptions } from './stage-options.ts';

export interface SimulationSummary {
  readonly dataFolder: string;
  readonly units: number;
  readonly sessions: number;
  readonly neurons: number;
  readonly channels: number;
  readonly samples: number;
}

/**
 * Simulates a recording and writes it as an input folder, with `neuron_id.npy` and `true_motion.npy`. Same options, same
 * bytes.
 *
 * @param options.halves whether to write `waveform_halves.npy`, the waveforms over either half of the spikes; default false
 * @throws RangeError for an option out of range; StoppedError when the signal is aborted
 */
export async function simulateFolder(
  dataFolder: string,
  simulation: SimulationOptions,
  options: StageOptions & { readonly halves?: boolean } = {},
): Promise<SimulationSummary> {
  const plan = planRecording(simulation);
  options.onEvent?.({ kind: 'stage', stage: 'write', state: 'begin' });
  await writeSimulation(new FileStore(dataFolder), plan, {
    halves: options.halves,
    signal: options.signal,
    progress: (done, total) =>
      options.onEvent?.({ kind: 'progress', stage: 'write', step: 'units', done, total }),
  });
  options.onEvent?.({ kind: 'stage', stage: 'write', state: 'end' });
  return {
    dataFolder,
    units: plan.units,
    sessions: plan.sessionCount,
    neurons: new Set(plan.neuronId).size,
    channels: plan.probe.channels,
    samples: plan.samples,
  };
}
