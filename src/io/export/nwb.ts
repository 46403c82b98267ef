/** One NWB file per session with the units and their neurons. */
import { InputError } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { readUnitSpikes, type UnitSpikes } from '../dataset.ts';
import { Hdf5Writer } from '../hdf5-writer.ts';
import { type NpyFile, openNpy, readNpyRowsAs } from '../npy.ts';
import type { TrackedUnit } from '../units-table.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';

/** Version of the NWB schema that the files follow. */
const NWB_VERSION = '2.7.0';
const MICROVOLT = 1e-6;
const UNKNOWN_DATE = '1970-01-01T00:00:00+00:00';

/**
 * `session_<k>.nwb` for every session: a units table with `spike_times` (s), `waveform_mean` on the peak channel (V), and the columns
 * of `units.csv`, the neuron as `neuron_id`; `id` is the unit index. The session's start is its date in `units.csv`, 1970-01-01 when that
 * is not known. The same result gives the same bytes.
 *
 * @param data the input folder that was tracked
 * @throws InputError when the input folder is not that of the result
 */
export async function* nwbFiles(
  source: ExportSource,
  data: Store,
  progress?: (done: number) => void,
): AsyncGenerator<ExportFile> {
  const recording = await readUnitSpikes(data);
  const { sessions, sessionCount } = source.run;
  if (
    recording.units !== sessions.length ||
    sessions.some((session, u) => session !== recording.sessions[u])
  ) {
    throw new InputError({
      where: pathIn(data, 'session_index.npy'),
      found: `${recording.units} units in ${recording.sessionCount} sessions that are not those of the result`,
      expected: `the ${sessions.length} units that were tracked`,
      remedy: 'Give the data folder that was tracked with --data.',
    });
  }
  const waveforms = await openNpy((await data.open('waveform_all.npy'))!);
  let done = 0;
  for (let session = 1; session <= sessionCount; session++) {
    const units = source.units.filter((unit) => unit.session === session);
    const file = await Hdf5Writer.create();
    try {
      const identifier = await uuid(`${source.run.dateTime}/${session}/${units.map(({ neuron }) => neuron)}`);
      await writeHeader(file, source, units, session, identifier);
      await writeUnits(file, {
        units,
        recording,
        waveforms,
        confidence: source.confidence,
        identifier,
        step: () => progress?.(++done),
      });
    } catch (error) {
      file.discard();
      throw error;
    }
    yield { path: `session_${session}.nwb`, content: file.finish() };
  }
}

async function writeHeader(
  file: Hdf5Writer,
  { run, curated }: ExportSource,
  units: readonly TrackedUnit[],
  session: number,
  identifier: string,
): Promise<void> {
  const { date = '', label = '' } = units[0] ?? {};
  const start = startOf(date);
  file.attribute('/', 'nwb_version', NWB_VERSION);
  await describe(file, '/', identifier, 'core', 'NWBFile');
  for (const group of ['acquisition', 'analysis', 'general', 'processing', 'stimulus'])
    file.group(`/${group}`);
  file.group('/stimulus/presentation');
  file.group('/stimulus/templates');
  file.texts('/file_create_date', [startOf(run.dateTime) ?? UNKNOWN_DATE]);
  file.texts('/identifier', identifier);
  file.texts('/session_start_time', start ?? UNKNOWN_DATE);
  file.texts('/timestamps_reference_time', start ?? UNKNOWN_DATE);
  file.texts(
    '/session_description',
    [
      `Session ${session} of ${run.sessionCount}${label ? ` (${label})` : ''}: units tracked across sessions by dant`,
      curated ? 'curated by hand' : 'curated automatically',
      ...(start ? [] : ['the date of the session is not known']),
    ].join('; '),
  );
}

interface UnitsOfSession {
  readonly units: readonly TrackedUnit[];
  readonly recording: UnitSpikes;
  readonly waveforms: NpyFile;
  readonly confidence?: Float64Array;
  readonly identifier: string;
  readonly step: () => void;
}

async function writeUnits(
  file: Hdf5Writer,
  { units, recording, waveforms, confidence, identifier, step }: UnitsOfSession,
) {
  const [, , samples] = waveforms.shape;
  const trains: Float64Array[] = [];
  const waveformMean = new Float32Array(units.length * samples);
  for (const [row, { unit, peakChannel }] of units.entries()) {
    trains.push((await recording.spikeTimes(unit)).map((ms) => ms * 1e-3).sort());
    const { data } = await readNpyRowsAs(waveforms, unit, unit + 1, 'float32');
    for (let t = 0; t < samples; t++)
      waveformMean[row * samples + t] = data[peakChannel * samples + t] * MICROVOLT;
    step();
  }
  const n = units.length;
  const spikes = new Float64Array(trains.reduce((sum, { length }) => sum + length, 0));
  const ends = new BigUint64Array(n);
  let at = 0;
  trains.forEach((train, row) => {
    spikes.set(train, at);
    at += train.length;
    ends[row] = BigInt(at);
  });
  const whole = (numberOf: (unit: TrackedUnit) => number) => Int32Array.from(units, numberOf);
  const texts = (textOf: (unit: TrackedUnit) => string) => units.map(textOf);
  const columns: (readonly [
    name: string,
    description: string,
    values: Int32Array | Float64Array | Float32Array | string[],
  ])[] = [
    ['spike_times', 'spike times, s since the start of the session', spikes],
    ['waveform_mean', 'mean waveform on the peak channel', waveformMean],
    ['neuron_id', 'neuron across all sessions, from 1; -1 unmatched', whole(({ neuron }) => neuron)],
    ['cluster_id', "id in the sorter's folder", texts(({ clusterId }) => clusterId)],
    ['folder', "the sorter's folder", texts(({ folder }) => folder)],
    ['shank', 'shank id', whole(({ shank }) => shank)],
    ['peak_channel', 'channel of the largest amplitude, from 0', whole(({ peakChannel }) => peakChannel)],
    ['depth', 'position along the probe, um', Float64Array.from(units, ({ depth }) => depth)],
    ...(confidence
      ? [
          [
            'confidence',
            'mean probability of the matches of the unit',
            Float64Array.from(units, ({ unit }) => confidence[unit]),
          ] as const,
        ]
      : []),
  ];
  file.group('/units');
  await describe(file, '/units', identifier, 'core', 'Units');
  file.attribute(
    '/units',
    'description',
    'units of this session; id is the unit index in the recording that was tracked',
  );
  file.attribute(
    '/units',
    'colnames',
    columns.map(([name]) => name),
  );
  file.numbers(
    '/units/id',
    [n],
    whole(({ unit }) => unit),
  );
  await describe(file, '/units/id', identifier, 'hdmf-common', 'ElementIdentifiers');
  for (const [name, description, values] of columns) {
    const path = `/units/${name}`;
    if (Array.isArray(values)) file.texts(path, values);
    else file.numbers(path, name === 'waveform_mean' ? [n, samples] : [values.length], values);
    file.attribute(path, 'description', description);
    await describe(file, path, identifier, 'hdmf-common', 'VectorData');
  }
  file.attribute('/units/waveform_mean', 'unit', 'volts');
  const index = '/units/spike_times_index';
  file.numbers(index, [n], ends);
  file.attribute(index, 'description', 'end of the spike times of each unit');
  file.referenceAttribute(index, 'target', '/units/spike_times');
  await describe(file, index, identifier, 'hdmf-common', 'VectorIndex');
}

/** What NWB wants to know of every object. */
async function describe(file: Hdf5Writer, path: string, identifier: string, namespace: string, type: string) {
  file.attribute(path, 'namespace', namespace);
  file.attribute(path, 'neurodata_type', type);
  file.attribute(path, 'object_id', await uuid(`${identifier}${path}`));
}

/** ISO 8601 with a zone, UTC when the date names none; undefined for what is no date. */
function startOf(date: string): string | undefined {
  const match =
    /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(
      date.trim(),
    );
  if (!match) return undefined;
  const [, year, month, day, time = '00:00:00', zone = '+00:00'] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const start = `${year}-${month}-${day}T${seconds}${zone === 'Z' ? '+00:00' : zone}`;
  return Number.isNaN(Date.parse(start)) ? undefined : start;
}

/** A UUID (version 5) that depends on a name alone. */
async function uuid(name: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(`dant:${name}`));
  const bytes = new Uint8Array(hash).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
