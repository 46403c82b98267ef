/** Reading spike trains: one file for each unit. */
import type { Dataset } from '../core/dataset.ts';
import { InputError, throwIfStopped } from '../core/errors.ts';
import { sizeOf } from '../core/ndarray.ts';
import { pathIn, type Store } from './byte-source.ts';
import { concurrently } from './concurrently.ts';
import { firstNotFinite } from './not-finite.ts';
import { openNpy, readNpyFileAs } from './npy.ts';

/** File of the spike times of a unit, counted from 0. */
export const spikeFileName = (unit: number) => `spike_times/Unit${unit}.npy`;

/** Files that are asked for ahead of the one that is needed. */
const READ_AHEAD = 4;

/** @throws InputError naming the units whose file is missing */
export async function requireSpikeFiles(store: Store, units: number): Promise<void> {
  const present = new Set(await store.list('spike_times'));
  const missing: number[] = [];
  for (let unit = 0; unit < units; unit++) if (!present.has(`Unit${unit}.npy`)) missing.push(unit);
  if (missing.length === 0) return;
  const named = missing.slice(0, 5).map((unit) => `Unit${unit}.npy`);
  const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : '';
  throw new InputError({
    where: pathIn(store, 'spike_times'),
    found:
      present.size === 0
        ? 'no spike times'
        : `${units - missing.length} of ${units} units; missing: ${named.join(', ')}${more}`,
    expected: `Unit0.npy to Unit${units - 1}.npy, one for each unit of waveform_all.npy`,
    remedy: 'Save the spike times of every unit, an empty array for one without spikes; units count from 0.',
  });
}

/** Reads spike trains; while units are asked for in their order, the next ones are read ahead. */
export class SpikeReader {
  private readonly store: Store;
  private readonly units: number;
  private readonly ahead = new Map<number, Promise<Float64Array>>();
  private last = -1;

  constructor(store: Store, units: number) {
    this.store = store;
    this.units = units;
  }

  /**
   * Spike times of a unit, ms, as they stand in the file.
   * @throws InputError when the file is missing or damaged, is no vector of numbers, or holds NaN or Infinity;
   *   RangeError when there is no such unit
   */
  read(unit: number): Promise<Float64Array> {
    if (!(Number.isInteger(unit) && unit >= 0 && unit < this.units)) {
      throw new RangeError(`spikeTimes: got unit ${unit}, expected 0 to ${this.units - 1}`);
    }
    if (unit === this.last + 1) {
      for (let next = unit; next <= Math.min(unit + READ_AHEAD, this.units - 1); next++) this.start(next);
    }
    this.last = unit;
    const train = this.ahead.get(unit) ?? readSpikeTimes(this.store, unit);
    for (const earlier of this.ahead.keys()) if (earlier <= unit) this.ahead.delete(earlier);
    return train;
  }

  private start(unit: number): void {
    if (this.ahead.has(unit)) return;
    const train = readSpikeTimes(this.store, unit);
    // Told to whoever asks for the unit.
    train.catch(() => {});
    this.ahead.set(unit, train);
  }
}

async function readSpikeTimes(store: Store, unit: number): Promise<Float64Array> {
  const source = await store.open(spikeFileName(unit));
  if (!source) {
    throw new InputError({
      where: pathIn(store, spikeFileName(unit)),
      found: 'no such file',
      expected: `the spike times of unit ${unit}`,
      remedy: 'Something removed it during the run; put it back and run again.',
    });
  }
  const file = await openNpy(source);
  const { shape } = file;
  const isVector = shape.length === 1 || (shape.length === 2 && (shape.includes(1) || sizeOf(shape) === 0));
  if (!isVector) {
    throw new InputError({
      where: source.name,
      found: `an array of shape (${shape.join(', ')})`,
      expected: 'a vector of spike times, (n,), (n, 1) or (1, n)',
      remedy: 'Save the spike times of this unit alone, such as numpy.save(file, times.ravel()).',
    });
  }
  const { data } = await readNpyFileAs(file, 'float64');
  const bad = firstNotFinite(data);
  if (bad >= 0) {
    throw new InputError({
      where: source.name,
      found: `${data[bad]} as spike ${bad}`,
      expected: 'finite times in ms',
      remedy: 'Leave out such spikes: numpy.save(file, times[numpy.isfinite(times)]).',
    });
  }
  return data;
}

export interface SpikeSummary {
  /** Spikes of all units. */
  readonly spikes: number;
  /** Units with fewer than 2 spikes, ascending. */
  readonly silentUnits: readonly number[];
}

/**
 * Reads and checks the spike times of all units.
 * @throws InputError for a unit whose file cannot be used; StoppedError when the signal is aborted
 */
export async function checkSpikeTimes(
  dataset: Pick<Dataset, 'units' | 'spikeTimes'>,
  options: { readonly progress?: (done: number, total: number) => void; readonly signal?: AbortSignal } = {},
): Promise<SpikeSummary> {
  const { units } = dataset;
  let spikes = 0;
  let done = 0;
  const silentUnits: number[] = [];
  await concurrently(units, async (unit) => {
    throwIfStopped(options.signal);
    const { length } = await dataset.spikeTimes(unit);
    spikes += length;
    if (length < 2) silentUnits.push(unit);
    options.progress?.(++done, units);
  });
  return { spikes, silentUnits: silentUnits.sort((a, b) => a - b) };
}
