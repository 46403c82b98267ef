/**
 * Reading `spikeInfo.mat`, a struct array with one element for each unit, as MATLAB saves it with -v7.3: an HDF5 file in which
 * every field is a column of references to arrays. MATLAB stores columns first, so axes come reversed.
 */
import { InputError } from '../core/errors.ts';
import type { TypedArray } from '../core/ndarray.ts';
import type { ByteSource } from './byte-source.ts';
import type { Hdf5File } from './hdf5.ts';
import { firstNotFinite } from './not-finite.ts';
import type { Recording } from './recording.ts';
import { checkSessions } from './sessions.ts';

const VARIABLE = 'spikeInfo';
/** Where MATLAB keeps what references point to. */
const REFERENCED = '#refs#';
const REQUIRED = ['SessionIndex', 'SpikeTimes', 'Waveform', 'Xcoords', 'Ycoords', 'Kcoords'] as const;
type Field = (typeof REQUIRED)[number] | 'PETH';

/** Types whose values all are float32 values. */
const FLOAT32_TYPES: ReadonlySet<unknown> = new Set(['float32', 'int8', 'uint8', 'int16', 'uint16']);

const HDF5_SIGNATURE = '\x89HDF\r\n\x1a\n';
const SAVE_AS_73 = `Load it in MATLAB and save it again: save('spikeInfo.mat', 'spikeInfo', '-v7.3').`;

/** Checks the beginning of a file. @throws InputError when MATLAB did not save it with -v7.3 */
export async function requireMat73(source: ByteSource): Promise<void> {
  const head = new TextDecoder('latin1').decode(await source.read(0, Math.min(source.size, 4096)));
  if ([0, 512, 1024, 2048].some((at) => head.startsWith(HDF5_SIGNATURE, at))) return;
  const version = /^MATLAB (\S+) MAT-file/.exec(head)?.[1];
  throw new InputError({
    where: source.name,
    found: version ? `a MATLAB ${version} file` : source.size === 0 ? 'an empty file' : 'no MATLAB file',
    expected: 'a .mat file of version 7.3',
    remedy: SAVE_AS_73,
  });
}

/**
 * The recording in a `spikeInfo.mat`; waveforms and spike times are read when they are asked for, so keep the file open.
 *
 * @throws InputError naming the unit (from 1, as in MATLAB) and the field, also from the methods of the recording
 */
export function readSpikeInfo(file: Hdf5File): Recording {
  const present = file.keys(VARIABLE);
  if (!present) {
    throw new InputError({
      where: file.name,
      found: `the variables ${
        file
          .keys('/')
          ?.filter((name) => !name.startsWith('#'))
          .join(', ') || '(none)'
      }`,
      expected: `a struct array ${VARIABLE}`,
      remedy: SAVE_AS_73,
    });
  }
  for (const field of REQUIRED) if (!present.includes(field)) throw missingField(file, field, present);
  const fields = new SpikeInfoFields(file);
  const units = fields.count('SessionIndex');
  for (const field of REQUIRED) fields.requireCount(field, units);

  const sessions = Int32Array.from({ length: units }, (_, unit) => fields.scalar('SessionIndex', unit));
  checkSessions(sessions, `${file.name}, ${VARIABLE}.SessionIndex`);
  const channels = fields.vector('Xcoords', 0).length;
  const coordinates = (['Xcoords', 'Ycoords', 'Kcoords'] as const).map((field) =>
    fields.sameForAll(field, channels),
  );
  const [x, y, shanks] = coordinates;
  const { samples } = fields.waveformShape(0);
  return {
    units,
    channels,
    samples,
    sessions,
    waveformType: fields.allFloat32('Waveform') ? 'float32' : 'float64',
    waveform: (unit) => fields.waveform(unit, channels, samples),
    channelLocations: Float64Array.from({ length: 2 * channels }, (_, i) => (i % 2 ? y : x)[i >> 1]),
    channelShanks: Int32Array.from(shanks, (value, channel) => {
      if (Number.isInteger(value)) return value;
      throw fields.wrong('Kcoords', 0, `shank ${value} for channel ${channel + 1}`, 'whole numbers');
    }),
    spikeTimes: (unit) => fields.finiteVector('SpikeTimes', unit),
    peth: present.includes('PETH') ? fields.peth(units) : undefined,
  };
}

/** The fields of the struct array, unit by unit. Values come as numbers, axes as in MATLAB. */
class SpikeInfoFields {
  private readonly file: Hdf5File;
  private readonly paths = new Map<Field, readonly string[]>();

  constructor(file: Hdf5File) {
    this.file = file;
  }

  /** Number of units that have the field. */
  count(field: Field): number {
    return this.pathsOf(field).length;
  }

  requireCount(field: Field, units: number): void {
    if (this.count(field) === units) return;
    throw new InputError({
      where: `${this.file.name}, ${VARIABLE}.${field}`,
      found: `${this.count(field)} elements`,
      expected: `${units}, as SessionIndex has`,
      remedy: SAVE_AS_73,
    });
  }

  /** Whether the values of all units are float32 values. */
  allFloat32(field: Field): boolean {
    return this.pathsOf(field).every((path) => FLOAT32_TYPES.has(this.file.elementType(path)));
  }

  scalar(field: Field, unit: number): number {
    const values = this.vector(field, unit);
    if (values.length === 1 && Number.isInteger(values[0])) return values[0];
    throw this.wrong(
      field,
      unit,
      values.length === 1 ? values[0] : `${values.length} values`,
      'one whole number',
    );
  }

  vector(field: Field, unit: number): Float64Array {
    const { rows, columns, data } = this.matrix(field, unit);
    if (rows > 1 && columns > 1) throw this.wrong(field, unit, `a ${rows}×${columns} matrix`, 'a vector');
    return data;
  }

  finiteVector(field: Field, unit: number): Float64Array {
    const values = this.vector(field, unit);
    const bad = firstNotFinite(values);
    if (bad < 0) return values;
    throw this.wrong(field, unit, `${values[bad]} as element ${bad + 1}`, 'finite numbers');
  }

  /** A vector of one length that every unit repeats. */
  sameForAll(field: Field, length: number): Float64Array {
    const first = this.finiteVector(field, 0);
    if (first.length !== length || length === 0) {
      throw this.wrong(
        field,
        0,
        `${first.length} values`,
        `one for each of the ${length} channels of Xcoords`,
      );
    }
    for (let unit = 1; unit < this.count(field); unit++) {
      const other = this.vector(field, unit);
      if (other.length === length && other.every((value, i) => value === first[i])) continue;
      throw this.wrong(
        field,
        unit,
        'other channels than in the first unit',
        'the same channels for all units',
      );
    }
    return first;
  }

  waveformShape(unit: number): { samples: number } {
    const { rows, columns } = this.matrix('Waveform', unit);
    if (rows === 0 || columns === 0)
      throw this.wrong('Waveform', unit, 'an empty matrix', 'channels × samples');
    return { samples: columns };
  }

  /** (channels, samples), C order. */
  waveform(unit: number, channels: number, samples: number): Float64Array {
    const { rows, columns, data } = this.matrix('Waveform', unit);
    if (rows !== channels || columns !== samples) {
      const expected = `channels × samples, ${channels}×${samples} as Xcoords and the first unit have`;
      throw this.wrong('Waveform', unit, `a ${rows}×${columns} matrix`, expected);
    }
    const bad = firstNotFinite(data);
    if (bad >= 0) {
      const place = `channel ${(bad % channels) + 1}, sample ${Math.floor(bad / channels) + 1}`;
      throw this.wrong('Waveform', unit, `${data[bad]} at ${place}`, 'finite numbers');
    }
    const waveform = new Float64Array(data.length);
    for (let t = 0; t < samples; t++)
      for (let c = 0; c < channels; c++) waveform[c * samples + t] = data[t * channels + c];
    return waveform;
  }

  /** The PETHs; undefined when they are empty for all units. */
  peth(units: number): Recording['peth'] {
    this.requireCount('PETH', units);
    const rows = Array.from({ length: units }, (_, unit) => this.vector('PETH', unit));
    const bins = rows[0].length;
    const odd = rows.findIndex((row) => row.length !== bins);
    if (odd >= 0) throw this.wrong('PETH', odd, `${rows[odd].length} bins`, `${bins}, as the first unit has`);
    const infinite = rows.findIndex((row) =>
      row.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY),
    );
    if (infinite >= 0)
      throw this.wrong('PETH', infinite, 'an infinite value', 'numbers, NaN for a missing bin');
    return bins === 0 ? undefined : { bins, row: (unit) => rows[unit] };
  }

  wrong(field: Field, unit: number, found: string | number, expected: string): InputError {
    return new InputError({
      where: `${this.file.name}, ${VARIABLE}(${unit + 1}).${field}`,
      found: String(found),
      expected,
      remedy: 'Correct it in MATLAB and save the file again with -v7.3.',
    });
  }

  /** An element: `data` is columns first, as stored. */
  private matrix(field: Field, unit: number): { rows: number; columns: number; data: Float64Array } {
    const path = this.pathsOf(field)[unit];
    const array = this.file.numbers(path);
    if (
      !array ||
      (array.data instanceof Uint16Array && this.file.attribute(path, 'MATLAB_class') === 'char')
    ) {
      throw this.wrong(field, unit, array ? 'text' : 'a cell, a struct or an object', 'numbers');
    }
    // An empty array is stored as its size.
    if (array.data instanceof BigUint64Array && this.file.attribute(path, 'MATLAB_empty')) {
      return { rows: 0, columns: 0, data: new Float64Array(0) };
    }
    const [columns = 1, rows = 1, ...more] = array.shape;
    if (more.some((n) => n > 1)) {
      throw this.wrong(field, unit, `an array of ${array.shape.length} dimensions`, 'at most 2');
    }
    return { rows, columns, data: asFloat64(array.data) };
  }

  /** A struct array of one element holds its values themselves, not references. */
  private pathsOf(field: Field): readonly string[] {
    let paths = this.paths.get(field);
    if (!paths) {
      const path = `${VARIABLE}/${field}`;
      paths = this.file.holdsReferences(path) ? this.file.references(path, REFERENCED) : [path];
      this.paths.set(field, paths);
    }
    return paths;
  }
}

function asFloat64(data: TypedArray): Float64Array {
  if (data instanceof Float64Array) return data;
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float64Array.from(data, Number)
    : new Float64Array(data);
}

function missingField(file: Hdf5File, field: string, present: readonly string[]): InputError {
  return new InputError({
    where: file.name,
    found: `${VARIABLE} with the fields ${present.join(', ')}`,
    expected: `a field ${field}`,
    remedy: `Add it in MATLAB and save the file again with -v7.3.`,
  });
}
