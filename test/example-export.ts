/** A small result with units.csv in memory, for tests of exports. */
import type { MultiShankResult, TrackingResult } from '../src/core/result.ts';
import { type ExportSource, readExportSource } from '../src/io/export/export-source.ts';
import { MemoryStore } from '../src/io/memory-store.ts';
import { encodeNpy } from '../src/io/npy-writer.ts';
import type { UnitRow } from '../src/io/units-table.ts';
import { writeResult } from '../src/io/write-result.ts';
import { exampleTracking } from './example-result.ts';

export const EXAMPLE_UNITS = 13;
export const EXAMPLE_TIMES = { runTimeSec: 12, dateTime: '2026-01-05T12:00:00.000Z' };

/** Unit u is cluster 10 u of the folder of its session. */
export const exampleRows = (result: TrackingResult | MultiShankResult): UnitRow[] =>
  Array.from(result.sessions, (session, unit) => ({
    unit,
    session,
    date: session === 2 ? '' : `2026-01-0${session}`,
    label: `day ${session}`,
    clusterId: String(10 * unit),
    folder: `/sorted/${session}`,
    extra: { quality: `0.${unit}0` },
  }));

export async function exampleStore(
  result: TrackingResult | MultiShankResult = exampleTracking(EXAMPLE_UNITS),
  unitRows: readonly UnitRow[] | undefined = exampleRows(result),
): Promise<MemoryStore> {
  const store = new MemoryStore('out');
  const extra = { ...EXAMPLE_TIMES, unitRows };
  await writeResult(store, result, extra);
  return store;
}

export async function exampleSource(
  result?: TrackingResult | MultiShankResult,
  curated?: readonly number[],
): Promise<ExportSource> {
  const store = await exampleStore(result);
  return readExportSource(
    store,
    curated && Int32Array.from(curated, (neuron) => (neuron > 0 ? neuron - 1 : -1)),
  );
}

/** The input folder of a result: unit u has spikes at 100 u + 0, 1, … u ms, and channel c of its waveform is u + c / 8. */
export async function exampleData(result: TrackingResult, channels = 5, samples = 4): Promise<MemoryStore> {
  const store = new MemoryStore('data');
  const { units } = result.features;
  const write = (name: string, dtype: 'float64' | 'float32' | 'int64', shape: number[], data: number[]) =>
    store.write(name, encodeNpy({ dtype, shape, data }));
  await write('session_index.npy', 'int64', [units], [...result.sessions]);
  const values = Array.from({ length: units * channels * samples }, (_, i) => {
    const channel = Math.floor(i / samples) % channels;
    return Math.floor(i / (channels * samples)) + channel / 8;
  });
  await write('waveform_all.npy', 'float32', [units, channels, samples], values);
  for (let unit = 0; unit < units; unit++) {
    const times = Array.from({ length: unit + 1 }, (_, i) => 100 * unit + i);
    await write(`spike_times/Unit${unit}.npy`, 'float64', [times.length], times.reverse());
  }
  return store;
}

/** All files of an export by their paths. */
export async function exported(
  files: Iterable<{ path: string; content: unknown }> | AsyncIterable<{ path: string; content: unknown }>,
): Promise<Map<string, Uint8Array>> {
  const store = new MemoryStore();
  for await (const { path, content } of files) await store.write(path, content as Uint8Array);
  return store.files;
}

export const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
