/** Two data folders of one probe as one: the sessions of the second follow those of the first. */
import { constants, copyFileSync, linkSync } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open as openHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { breathe } from '../../core/context.ts';
import { InputError, throwIfStopped } from '../../core/errors.ts';
import { type Chunks, pathIn } from '../byte-source.ts';
import { type NpyFile, openNpy, readNpyFileAs, readNpyRowsAs } from '../npy.ts';
import { encodeNpyHeader } from '../npy-header.ts';
import { type NpyOutput, npyChunks } from '../npy-writer.ts';
import { spikeFileName } from '../spike-times.ts';
import { encodeUnits, readUnits, UNITS_FILE, type UnitRow } from '../units-table.ts';
import { FileStore } from './file-store.ts';

/** A data folder and what is known of it. */
export interface JoinedPart {
  /** Path. */
  readonly folder: string;
  readonly units: number;
  readonly sessionCount: number;
  readonly sessions: Int32Array;
}

/** What a joined recording may have beside its spike trains. */
const RECORDING_FILES = [
  'waveform_all.npy',
  'session_index.npy',
  'channel_locations.npy',
  'channel_shanks.npy',
  'peth.npy',
  'neuron_id.npy',
  'true_motion.npy',
  UNITS_FILE,
];

/** Units whose waveforms are read at once. */
const PIECE_UNITS = 64;
/** Bytes that are copied at once. */
const PIECE_BYTES = 8 << 20;
/** Spike trains that are linked between two looks at the signal. */
const UNITS_AT_ONCE = 512;

/**
 * Writes a data folder with the units of both parts. Spike trains are hard links to the files of the parts where the file system
 * allows it, else copies. The truth of simulated recordings and PETHs are joined where both have them,
 * `units.csv` where one has it. `joined.json` says which folder every session comes from.
 *
 * @param parts of one channel map
 * @param target an empty folder
 * @param final where its files will be in the end: spike trains that are there already are left out
 */
export async function joinRecordings(
  parts: readonly [JoinedPart, JoinedPart],
  target: string,
  final: string,
  signal?: AbortSignal,
): Promise<void> {
  const stores = parts.map(({ folder }) => new FileStore(folder)) as [FileStore, FileStore];
  const to = new FileStore(target);
  const [first, second] = parts;
  const units = first.units + second.units;
  const write = (name: string, chunks: Chunks) => {
    throwIfStopped(signal);
    return to.write(name, chunks);
  };
  const open = async (store: FileStore, name: string) => {
    const source = await store.open(name);
    return source && openNpy(source);
  };
  /** The rows of one file in both parts, if both have it. */
  const rows = async (name: string, dtype: 'float64' | 'float32' | 'int64') => {
    const files = await Promise.all(stores.map((store) => open(store, name)));
    const [a, b] = files;
    if (!a || !b) return;
    const shape = [units, ...a.shape.slice(1)];
    const type = dtype === 'float32' ? 'float32' : 'float64';
    async function* data() {
      for (const file of [a, b]) {
        if (!file) continue;
        if (file.fortranOrder) {
          yield (await readNpyFileAs(file, type)).data;
          continue;
        }
        const [count] = file.shape;
        for (let from = 0; from < count; from += PIECE_UNITS) {
          throwIfStopped(signal);
          yield (await readNpyRowsAs(file, from, Math.min(from + PIECE_UNITS, count), type)).data;
        }
      }
    }
    await write(name, npyChunks({ dtype, shape, data }));
  };
  const array = (name: string, output: NpyOutput) => write(name, npyChunks(output));

  const waveforms = await Promise.all(stores.map((store) => open(store, 'waveform_all.npy')));
  const [a, b] = waveforms;
  const appended = a && b && (await appendRows(a, b, join(target, 'waveform_all.npy'), signal));
  if (!appended) await rows('waveform_all.npy', 'float32');
  const sessions = [...first.sessions, ...Array.from(second.sessions, (s) => s + first.sessionCount)];
  await array('session_index.npy', { dtype: 'int64', shape: [units], data: sessions });
  for (const name of ['channel_locations.npy', 'channel_shanks.npy']) {
    const source = await stores[0].open(name);
    if (source) await write(name, await source.read(0, source.size));
  }
  await rows('peth.npy', 'float64');
  await rows('neuron_id.npy', 'int64');
  await joinMotion(stores, array);
  const tables = await Promise.all(stores.map((store, i) => readUnits(store, parts[i].units)));
  const unitRows = joinUnitRows(tables, parts);
  if (unitRows) await write(UNITS_FILE, encodeUnits(unitRows));

  const inPlace = first.folder === final;
  const before = inPlace ? await sourcesOf(stores[0]) : undefined;
  const sources = [...(before ?? [sourceOf(first)]), sourceOf(second)];
  await write(JOINED_FILE, new TextEncoder().encode(`${JSON.stringify({ sources }, undefined, 1)}\n`));
  await mkdir(join(target, 'spike_times'), { recursive: true });
  for (let unit = inPlace ? first.units : 0; unit < units; unit++) {
    if (unit % UNITS_AT_ONCE === 0) await breathe(signal);
    const [folder, own] = unit < first.units ? [first.folder, unit] : [second.folder, unit - first.units];
    linkOrCopy(join(folder, spikeFileName(own)), join(target, spikeFileName(unit)));
  }
}

/** In a folder that was joined, and in no other. */
const JOINED_FILE = 'joined.json';

/** Where sessions of a joined recording come from. */
interface JoinedSource {
  readonly folder: string;
  readonly sessions: number;
  readonly units: number;
}

const sourceOf = ({ folder, units, sessionCount }: JoinedPart): JoinedSource => ({
  folder,
  sessions: sessionCount,
  units,
});

async function sourcesOf(store: FileStore): Promise<readonly JoinedSource[] | undefined> {
  const file = await store.open(JOINED_FILE);
  if (!file) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await file.read(0, file.size))).sources;
  } catch {
    return undefined;
  }
}

/**
 * Files of a recording that was joined earlier and that goes when another one takes its place.
 * @param kept spike trains that stay as they are: those of the units before
 * @throws InputError when the folder has a recording that was not joined here
 */
export async function earlierJoined(data: FileStore, kept: number): Promise<string[]> {
  const present = await data.list();
  if (present.length === 0) return [];
  if (!present.includes(JOINED_FILE)) {
    throw new InputError({
      where: data.name,
      found: 'a folder that is not of an earlier addition',
      expected: 'no such folder, or the recording of all sessions that dant add put there',
      remedy: 'Write the grown result elsewhere with --output; nothing in this folder is touched then.',
    });
  }
  const trains = (await data.list('spike_times')).filter((name) => {
    const unit = Number(/^Unit(\d+)\.npy$/.exec(name)?.[1]);
    return unit >= kept;
  });
  return [
    ...RECORDING_FILES.filter((name) => present.includes(name)),
    ...trains.map((name) => `spike_times/${name}`),
  ];
}

/** Each takes microseconds: handing them to a thread would take longer. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system, or one without links.
    copyFileSync(from, to);
  }
}

/**
 * Writes the rows of two files of float32 in C order one after the other; those of the first are copied by the file system, which may share them.
 * @returns whether it could be done that way
 */
async function appendRows(a: NpyFile, b: NpyFile, to: string, signal?: AbortSignal): Promise<boolean> {
  const shape = [a.shape[0] + b.shape[0], ...a.shape.slice(1)];
  const header = encodeNpyHeader('<f4', shape);
  const isPlain = ({ dtype, littleEndian, fortranOrder }: NpyFile) =>
    dtype === 'float32' && littleEndian && !fortranOrder;
  if (!isPlain(a) || !isPlain(b) || a.dataOffset !== header.length) return false;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(a.source.name, to, constants.COPYFILE_FICLONE);
  const file = await openHandle(to, 'r+');
  try {
    await writeAll(file, header, 0);
    const memory = new Uint8Array(Math.min(PIECE_BYTES, b.source.size));
    for (let at = b.dataOffset; at < b.source.size; at += PIECE_BYTES) {
      throwIfStopped(signal);
      const size = Math.min(PIECE_BYTES, b.source.size - at);
      const bytes = await b.source.read(at, size, memory.subarray(0, size));
      await writeAll(file, bytes, a.source.size + at - b.dataOffset);
    }
  } finally {
    await file.close();
  }
  return true;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** The true motion of simulated recordings, (2, sessions). */
async function joinMotion(
  stores: readonly FileStore[],
  write: (name: string, output: NpyOutput) => Promise<void>,
): Promise<void> {
  const sources = await Promise.all(stores.map((store) => store.open('true_motion.npy')));
  const arrays: Float64Array[] = [];
  for (const source of sources) {
    if (!source) return;
    arrays.push((await readNpyFileAs(await openNpy(source), 'float64')).data);
  }
  const row = (r: number) =>
    arrays.flatMap((data) => [...data.subarray((r * data.length) / 2, ((r + 1) * data.length) / 2)]);
  const data = [...row(0), ...row(1)];
  await write('true_motion.npy', { dtype: 'float64', shape: [2, data.length / 2], data });
}

/** Rows of `units.csv` of several parts; undefined when none has one: nothing is known then of the units of a part without it. */
export function joinUnitRows(
  tables: readonly (readonly UnitRow[] | undefined)[],
  parts: readonly JoinedPart[],
): UnitRow[] | undefined {
  if (tables.every((table) => table === undefined)) return undefined;
  let sessionsBefore = 0;
  const rows: UnitRow[] = [];
  parts.forEach(({ folder, units, sessions, sessionCount }, i) => {
    for (let own = 0; own < units; own++) {
      const known = tables[i]?.[own] ?? { date: '', label: '', clusterId: '', folder, extra: {} };
      rows.push({
        ...known,
        unit: rows.length,
        session: sessions[own] + sessionsBefore,
        neuron: undefined,
      });
    }
    sessionsBefore += sessionCount;
  });
  return rows;
}

/** Where the joined data of a grown result are. */
export const joinedDataFolder = (output: string): string => pathIn(new FileStore(output), 'Data');
