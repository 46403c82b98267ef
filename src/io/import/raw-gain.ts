/** µV per bit of a raw recording and its day, from what the acquisition system wrote beside it. */
import { InputError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import type { OpenPath } from './sorted-session.ts';

export interface RawGain {
  /** µV per bit of a channel of the file. */
  of(channel: number): number;
  /** Where it comes from. */
  readonly origin: string;
}

/** Where a recording may be: where `dat_path` says, else a file of that name in the folder of the sorting or beside it. */
export function placesOf(dataPath: string): string[] {
  const name = dataPath.split(/[\\/]/).at(-1) as string;
  return [dataPath, name, `../${name}`];
}

/**
 * Looks for SpikeGLX's `.meta` beside the recording, then for the `structure.oebin` of Open Ephys two folders above.
 * @param dataPath path of the recording, as `open` takes it
 * @returns undefined when there is neither
 * @throws InputError when there is one that does not tell the gain
 */
export async function readGain(dataPath: string, open: OpenPath): Promise<RawGain | undefined> {
  const meta = await openMeta(dataPath, open);
  if (meta) return spikeGlxGain(meta.name, await readMeta(meta));
  const parts = dataPath.split(/[\\/]/);
  if (parts.at(-1) === 'continuous.dat') {
    const above = parts.slice(0, -3);
    const structure = await open([...above, 'structure.oebin'].join('/'));
    if (structure) return openEphysGain(structure, parts.at(-2) as string);
  }
  return undefined;
}

/** Day on which a recording was begun, `YYYY-MM-DD`, where SpikeGLX's `.meta` beside it tells it. */
export async function recordingDate(dataPath: string, open: OpenPath): Promise<string | undefined> {
  const meta = await openMeta(dataPath, open);
  if (!meta) return undefined;
  return /^\d{4}-\d{2}-\d{2}/.exec((await readMeta(meta)).get('fileCreateTime') ?? '')?.[0];
}

const openMeta = async (dataPath: string, open: OpenPath) =>
  /\.c?bin$/i.test(dataPath) ? open(dataPath.replace(/\.c?bin$/i, '.meta')) : undefined;

async function readMeta(source: ByteSource): Promise<ReadonlyMap<string, string>> {
  const text = new TextDecoder().decode(await source.read(0, source.size));
  return new Map(Array.from(text.matchAll(/^~?(\w+)=(.*?)\r?$/gm), ([, key, value]) => [key, value]));
}

/** A gain that a person gave. */
export const givenGain = (gain: number): RawGain => ({ of: () => gain, origin: 'given' });

/** @throws InputError always: nobody said what a bit is worth */
export function missingGain(where: string, what: string): never {
  throw new InputError({
    where,
    found: `no gain: nothing says how many µV one bit is`,
    expected: `a .meta file of SpikeGLX or a structure.oebin of Open Ephys beside ${what}, or --gain`,
    remedy:
      'Give it, for example --gain 2.34375 (Neuropixels 1.0 at gain 500), --gain 0.195 (Intan), or --gain 1 when the values are µV already.',
  });
}

/** Smallest code of the converter, unless `imMaxInt` says otherwise (SpikeGLX metadata). */
const MAX_INT = 512;
/** Probes whose amplifier has one fixed gain (Neuropixels 2.0: 80; production versions: 100). */
const FIXED_GAINS: ReadonlyMap<number, number> = new Map([
  [21, 80],
  [24, 80],
  [2003, 80],
  [2004, 80],
  [2013, 100],
  [2014, 100],
  [2020, 100],
  [2021, 100],
]);

/** Gain of the amplifier of every channel, volts per bit being `imAiRangeMax / imMaxInt / gain` (SpikeGLX metadata guide). */
function spikeGlxGain(name: string, values: ReadonlyMap<string, string>): RawGain {
  const range = Number(values.get('imAiRangeMax'));
  const maxInt = Number(values.get('imMaxInt') ?? MAX_INT);
  const probe = Number(values.get('imDatPrb_type') ?? 0);
  const gains = amplifierGains(values, probe);
  if (!(range > 0) || gains === undefined) {
    throw new InputError({
      where: name,
      found: range > 0 ? `no gain of the channels (probe type ${probe})` : 'no imAiRangeMax',
      expected: 'the metadata of a Neuropixels recording: imAiRangeMax, and imChan0apGain or ~imroTbl',
      remedy: 'Give the gain in µV per bit: --gain.',
    });
  }
  // Channels beyond the table (sync) are of no interest.
  return {
    of: (channel) => (1e6 * range) / maxInt / gains[Math.min(channel, gains.length - 1)],
    origin: name,
  };
}

function amplifierGains(values: ReadonlyMap<string, string>, probe: number): readonly number[] | undefined {
  const table = [...(values.get('imroTbl') ?? '').matchAll(/\(([^()]*)\)/g)].slice(1).map((m) => m[1]);
  // Neuropixels 1.0: (channel bank reference apGain lfGain [filter]).
  const rows = table.map((row) => row.trim().split(/\s+/).map(Number));
  if (rows.length > 0 && rows.every((row) => (row.length === 5 || row.length === 6) && row[3] > 0)) {
    if (!FIXED_GAINS.has(probe)) return savedChannels(values, rows.length).map((c) => rows[c][3]);
  }
  const gain = Number(values.get('imChan0apGain') ?? FIXED_GAINS.get(probe));
  return gain > 0 ? [gain] : undefined;
}

/** Channels of the probe that the file holds, in its order: `snsSaveChanSubset`, such as `0:10,12,384`. */
function savedChannels(values: ReadonlyMap<string, string>, channels: number): number[] {
  const all = Array.from({ length: channels }, (_, c) => c);
  const subset = values.get('snsSaveChanSubset') ?? 'all';
  if (!/^[\d:,\s]+$/.test(subset)) return all;
  return subset
    .split(',')
    .flatMap((part) => {
      const [from, to = from] = part.split(':').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    })
    .filter((c) => c < channels);
}

async function openEphysGain(source: ByteSource, folder: string): Promise<RawGain> {
  const fail = (found: string): never => {
    throw new InputError({
      where: source.name,
      found,
      expected: `bit_volts of the channels of continuous/${folder}`,
      remedy: 'Give the gain in µV per bit: --gain.',
    });
  };
  type Stream = { folder_name?: string; channels?: { bit_volts?: number }[] };
  let streams: Stream[] = [];
  try {
    streams =
      (JSON.parse(new TextDecoder().decode(await source.read(0, source.size))) as { continuous?: Stream[] })
        .continuous ?? [];
  } catch {
    fail('no JSON');
  }
  const stream = streams.find((s) => (s.folder_name ?? '').replace(/\/$/, '') === folder);
  const gains = (stream?.channels ?? []).map(({ bit_volts }) => bit_volts ?? 0);
  if (gains.length === 0 || gains.some((gain) => !(gain > 0))) fail('no bit_volts');
  return { of: (channel) => gains[Math.min(channel, gains.length - 1)], origin: source.name };
}
