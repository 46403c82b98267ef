/** Looking at a recording without tracking it. */
import { createPlainKernels } from '../core/kernels/plain.ts';
import type { UserSettings } from '../core/settings.ts';
import { countZeroWaveforms, zeroWaveformsText } from '../core/zero-waveforms.ts';
import { checkSpikeTimes } from '../io/spike-times.ts';
import { threadsOf } from '../workers/node.ts';
import { estimateSeconds } from './estimate-seconds.ts';
import {
  type OpenedRecording,
  openRecording,
  readRecording,
  readStreamedRecording,
} from './open-recording.ts';
import type { CheckSummary, RunOptions } from './stage-options.ts';

/**
 * Validates all that a run would read and says what the run would take. Writes nothing.
 * @throws InputError as the run would
 */
export async function checkData(userSettings: UserSettings, options: RunOptions = {}): Promise<CheckSummary> {
  const warnings: string[] = [];
  const opened = await openRecording(userSettings, {
    ...options,
    figures: options.figures ?? true,
    onEvent(event) {
      if (event.kind === 'warning') warnings.push(event.text);
      options.onEvent?.(event);
    },
  });
  options.onEvent?.({ kind: 'stage', stage: 'read', state: 'begin' });
  const kernels = createPlainKernels();
  const { dataset } = opened.nearby
    ? await readStreamedRecording(opened)
    : await readRecording(opened, kernels, options);
  let zeros = 0;
  if ('pieces' in dataset.waveforms) {
    const { units } = dataset;
    for await (const piece of dataset.waveforms.pieces(kernels, options.signal)) {
      const done = piece.firstUnit + piece.units;
      zeros += countZeroWaveforms(piece.data, piece.units);
      options.onEvent?.({ kind: 'progress', stage: 'read', step: 'waveforms', done, total: units });
    }
  } else zeros = countZeroWaveforms(dataset.waveforms.data, dataset.units);
  if (zeros > 0) warnings.push(zeroWaveformsText(zeros, dataset.units));
  const unitsPerSession = new Array<number>(dataset.sessionCount).fill(0);
  for (const session of dataset.sessions) unitsPerSession[session - 1]++;
  const { spikes, silentUnits } = await checkSpikeTimes(dataset, {
    signal: options.signal,
    progress: (done, total) =>
      options.onEvent?.({ kind: 'progress', stage: 'read', step: 'spike trains', done, total }),
  });
  options.onEvent?.({ kind: 'stage', stage: 'read', state: 'end' });
  if (silentUnits.length > 0)
    warnings.push(`${silentUnits.length} of ${dataset.units} units have fewer than 2 spikes.`);
  return {
    dataFolder: opened.data.name,
    units: dataset.units,
    sessions: dataset.sessionCount,
    channels: dataset.waveforms.channels,
    samples: dataset.waveforms.samples,
    shankIds: [...new Set(dataset.probe.shanks)].sort((a, b) => a - b),
    unitsPerSession,
    spikes,
    hasPeth: opened.shape.pethBins !== undefined,
    memory: opened.memory.total,
    seconds: estimateSeconds(
      dataset,
      opened.settings,
      spikes,
      threadsOf(opened.settings.n_jobs),
      opened.nearby ? nearbyShare(opened) : 1,
    ),
    warnings,
  };
}

/** Share of all pairs that are candidates, if units are spread evenly over the probe. */
function nearbyShare({ settings, shape }: OpenedRecording): number {
  const reach = Math.min(1, settings.clustering.max_distance / Math.max(1, shape.extent ?? 1));
  return reach * (2 - reach);
}
