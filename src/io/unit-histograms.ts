/** Autocorrelograms, ISI histograms and PETHs of a few units: from the result, else from their spikes. */
import { autoCorrFeature } from '../core/features/autocorrelogram.ts';
import { binsWithin } from '../core/features/histogram-bins.ts';
import { isiFeature } from '../core/features/isi-histogram.ts';
import { prepareSpikeTimes } from '../core/features/prepare-spike-times.ts';
import { concurrently } from './concurrently.ts';
import { type NpyFile, readNpyFileAs, readNpyRowsAs } from './npy.ts';
import { SpikeReader, spikeFileName } from './spike-times.ts';
import type { TrackedFolder } from './tracked-folder.ts';

export interface UnitHistograms {
  /** (units, bins); NaN marks a missing bin. */
  readonly values: Float32Array;
  readonly bins: number;
  /** Centre of the first bin and distance of the bins, ms; undefined when nothing tells. */
  readonly startMs?: number;
  readonly stepMs?: number;
}

/** Undefined when the result has none and the recording is not at hand. */
export async function unitAutoCorrs(
  folder: TrackedFolder,
  units: readonly number[],
): Promise<UnitHistograms | undefined> {
  const options = folder.settings.autoCorr;
  const found =
    (await savedRows(folder.autoCorr, units)) ??
    (await fromSpikes(folder, units, (spikes) => autoCorrFeature(spikes, options)));
  if (!found) return undefined;
  const each = binsWithin(options);
  if (found.bins !== 2 * each + 1) return found;
  return { ...found, startMs: -each * options.binwidth, stepMs: options.binwidth };
}

/** Undefined when the result has none and the recording is not at hand. */
export async function unitIsis(
  folder: TrackedFolder,
  units: readonly number[],
): Promise<UnitHistograms | undefined> {
  const options = folder.settings.ISI;
  const found =
    (await savedRows(folder.isi, units)) ??
    (await fromSpikes(folder, units, (spikes) => isiFeature(spikes, options)));
  if (!found) return undefined;
  if (found.bins !== binsWithin(options)) return found;
  return { ...found, startMs: options.binwidth / 2, stepMs: options.binwidth };
}

/** Undefined when there are none. */
export function unitPeths(
  folder: TrackedFolder,
  units: readonly number[],
): Promise<UnitHistograms | undefined> {
  return savedRows(folder.peth, units);
}

async function savedRows(
  file: NpyFile | undefined,
  units: readonly number[],
): Promise<UnitHistograms | undefined> {
  if (!file) return undefined;
  const bins = file.shape[1] ?? 0;
  const values = new Float32Array(units.length * bins);
  if (file.fortranOrder && bins > 1) {
    const { data } = await readNpyFileAs(file, 'float32');
    units.forEach((unit, i) => {
      values.set(data.subarray(unit * bins, (unit + 1) * bins), i * bins);
    });
  } else {
    await concurrently(units.length, async (i) => {
      values.set((await readNpyRowsAs(file, units[i], units[i] + 1, 'float32')).data, i * bins);
    });
  }
  return { values, bins };
}

async function fromSpikes(
  { data, units: unitCount }: TrackedFolder,
  units: readonly number[],
  histogram: (spikes: Float64Array) => Float64Array,
): Promise<UnitHistograms | undefined> {
  if (!data || !(await data.open(spikeFileName(units[0])))) return undefined;
  const spikes = new SpikeReader(data, unitCount);
  const rows: Float64Array[] = new Array(units.length);
  await concurrently(units.length, async (i) => {
    rows[i] = histogram(prepareSpikeTimes(await spikes.read(units[i])));
  });
  const bins = rows[0].length;
  const values = new Float32Array(units.length * bins);
  rows.forEach((row, i) => {
    values.set(row, i * bins);
  });
  return { values, bins };
}
