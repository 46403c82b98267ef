/** The preprocessing stage on folders. */
import { dirname, join, resolve } from 'node:path';
import { inStage } from '../core/context.ts';
import { preprocessUnits } from '../core/preprocess.ts';
import type { UnitFeatures } from '../core/result.ts';
import { resolveSettings, type UserSettings } from '../core/settings.ts';
import { FileStore } from '../io/node/file-store.ts';
import { type ConvertedRecording, convertSpikeInfo as writeConverted } from '../io/node/spike-info-mat.ts';
import { centeredWaveforms, featureArrays } from '../io/write-features.ts';
import type { StageOptions } from './stage-options.ts';
import { withRecording, writeArrays } from './stage-state.ts';

/**
 * Preprocesses the data: location, amplitude, peak channel and shank of each unit, autocorrelograms and ISI histograms when a
 * feature set asks for them. Writes `locations.npy`, `amplitude.npy`, `peak_channels.npy`, `unit_shanks.npy`, and as they are
 * used `auto_corr.npy`, `isi.npy`, `peth.npy`, `waveforms_centered.npy`.
 *
 * @throws InputError for bad input, before anything is written; StoppedError when the signal is aborted
 */
export function preprocess(userSettings: UserSettings, options: StageOptions = {}): Promise<UnitFeatures> {
  return withRecording(userSettings, options, async ({ dataset, settings, output, context }) => {
    const { features } = await inStage(context, 'preprocessing', () =>
      preprocessUnits(dataset, settings, context),
    );
    await writeArrays(output, {
      ...featureArrays(features),
      ...(settings.centering_waveforms && {
        waveforms_centered: centeredWaveforms(dataset.waveforms, features.peakChannels),
      }),
    });
    return features;
  });
}

/**
 * Converts `spikeInfo.mat` in `path_to_data` (or the .mat file that `path_to_data` itself names) to the arrays of the input
 * folder, beside it. Shanks come from `Kcoords`.
 *
 * @throws InputError naming the file, unit and field that cannot be used; nothing is written then
 */
export async function spikeInfo2npy(
  userSettings: UserSettings,
  options: StageOptions = {},
): Promise<ConvertedRecording> {
  const { fromFile = true, source } = options;
  const { settings } = resolveSettings(userSettings, { hasPeth: false, fromFile, source });
  const path = resolve(settings.path_to_data);
  if (/\.mat$/i.test(path)) return convertSpikeInfo(path, dirname(path), options);
  return convertSpikeInfo(join(path, 'spikeInfo.mat'), path, options);
}

/**
 * Converts a `spikeInfo.mat` (MATLAB v7.3) to an input folder.
 * @throws as `spikeInfo2npy`
 */
export async function convertSpikeInfo(
  matFile: string,
  dataFolder: string,
  options: StageOptions = {},
): Promise<ConvertedRecording> {
  const store = new FileStore(dataFolder);
  await store.checkWritable();
  options.onEvent?.({ kind: 'stage', stage: 'write', state: 'begin' });
  const converted = await writeConverted(matFile, store, {
    signal: options.signal,
    progress: (done, total) =>
      options.onEvent?.({ kind: 'progress', stage: 'write', step: 'units', done, total }),
  });
  options.onEvent?.({ kind: 'stage', stage: 'write', state: 'end' });
  return converted;
}
