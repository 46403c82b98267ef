/** From `spikeInfo.mat` on the disk to an input folder. */
import type { Store } from '../byte-source.ts';
import { type Recording, type WriteRecordingOptions, writeRecording } from '../recording.ts';
import { readSpikeInfo, requireMat73 } from '../spike-info-mat.ts';
import { requireFile } from './file-store.ts';
import { openHdf5File } from './hdf5-file.ts';

/** What was converted. */
export type ConvertedRecording = Pick<Recording, 'units' | 'channels' | 'samples' | 'sessions'> & {
  readonly pethBins?: number;
};

/**
 * Writes what a `spikeInfo.mat` holds as an input folder, replacing the one that is there; when it fails, that one stays.
 * @throws InputError when the file is missing or wrong; StoppedError when the signal is aborted
 */
export async function convertSpikeInfo(
  path: string,
  store: Store,
  options: WriteRecordingOptions = {},
): Promise<ConvertedRecording> {
  const source = await requireFile(path, 'a spikeInfo.mat');
  await requireMat73(source);
  const file = await openHdf5File(path);
  try {
    const recording = readSpikeInfo(file);
    await writeRecording(store, recording, options);
    const { units, channels, samples, sessions, peth } = recording;
    return { units, channels, samples, sessions, pethBins: peth?.bins };
  } finally {
    file.close();
  }
}
