/** `units.csv`: where every unit comes from and which neuron it is (docs/files.md). */
import { toFileLabels } from '../core/curation/cluster-labels.ts';
import { InputError } from '../core/errors.ts';
import type { UnitFeatures } from '../core/result.ts';
import { pathIn, type Store } from './byte-source.ts';
import { encodeCsv, readCsv } from './csv.ts';

export const UNITS_FILE = 'units.csv';

/** One unit. What is not known is undefined, or an empty text. */
export interface UnitRow {
  /** Index of the unit, from 0. */
  readonly unit: number;
  /** Session number, 1..N. */
  readonly session: number;
  /** When its session was recorded, best as YYYY-MM-DD. */
  readonly date: string;
  /** What its session is called. */
  readonly label: string;
  /** Its id in the sorter's folder: a number, or for some formats a text. */
  readonly clusterId: string;
  /** The folder it was imported from. */
  readonly folder: string;
  readonly shank?: number;
  /** Index of the channel with the largest amplitude, from 0, as in `channel_locations.npy`. */
  readonly peakChannel?: number;
  /** y along the probe, µm. */
  readonly depth?: number;
  /** Neuron as in `IdxCluster.npy`, from 1; -1 unmatched. Undefined before tracking. */
  readonly neuron?: number;
  /** Further columns by their names, as text. */
  readonly extra: Readonly<Record<string, string>>;
}

const COLUMNS = [
  'unit',
  'session',
  'date',
  'label',
  'cluster_id',
  'folder',
  'shank',
  'peak_channel',
  'depth',
  'neuron',
] as const;

/** The table as the bytes of `units.csv`; extra columns stand last, in the order in which rows name them first. */
export function encodeUnits(rows: readonly UnitRow[]): Uint8Array {
  const more = [...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))];
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  return encodeCsv({
    columns: [...COLUMNS, ...more],
    rows: rows.map((row) => [
      text(row.unit),
      text(row.session),
      row.date,
      row.label,
      row.clusterId,
      row.folder,
      text(row.shank),
      text(row.peakChannel),
      row.depth === undefined ? '' : String(Number(row.depth.toFixed(3))),
      text(row.neuron),
      ...more.map((name) => row.extra[name] ?? ''),
    ]),
  });
}

/**
 * Reads `units.csv` of a folder, in the order of the units; undefined when there is none. Only the columns `unit` and `session`
 * must be there.
 *
 * @param units how many units the folder has
 * @throws InputError when a number cannot be read, or the units are not 0 to units - 1, each once
 */
export async function readUnits(store: Store, units: number): Promise<UnitRow[] | undefined> {
  const source = await store.open(UNITS_FILE);
  if (!source) return undefined;
  const where = pathIn(store, UNITS_FILE);
  const { columns, rows } = await readCsv(source);
  const position = new Map(columns.map((name, i) => [name, i]));
  for (const name of ['unit', 'session']) {
    if (position.has(name)) continue;
    throw new InputError({
      where,
      found: `no column ${name}, only ${columns.join(', ')}`,
      expected: `the columns ${COLUMNS.join(', ')}`,
      remedy: 'Add the column; docs/files.md tells what it means.',
    });
  }
  const extraColumns = columns.filter((name) => !(COLUMNS as readonly string[]).includes(name));
  const found = new Array<UnitRow>(units);
  rows.forEach((cells, i) => {
    const text = (name: string) => cells[position.get(name) ?? -1] ?? '';
    const number = (name: (typeof COLUMNS)[number], whole = true) => {
      const value = text(name).trim();
      if (value === '') return undefined;
      const parsed = Number(value);
      if (whole ? Number.isSafeInteger(parsed) : Number.isFinite(parsed)) return parsed;
      throw new InputError({
        where: `${where}, row ${i + 1}, column ${name}`,
        found: `"${value}"`,
        expected: whole ? 'a whole number' : 'a number',
        remedy: 'Correct it, or leave it empty when it is not known.',
      });
    };
    const unit = number('unit');
    const session = number('session');
    if (unit === undefined || !(unit >= 0 && unit < units) || found[unit] || session === undefined) {
      const twice = unit !== undefined && found[unit];
      throw new InputError({
        where: `${where}, row ${i + 1}`,
        found: `unit "${text('unit')}"${twice ? ' a second time' : ''} of session "${text('session')}"`,
        expected: `each of the units 0 to ${units - 1} once, with its session`,
        remedy: 'The table is not of these units: import again, or remove it.',
      });
    }
    found[unit] = {
      unit,
      session,
      date: text('date'),
      label: text('label'),
      clusterId: text('cluster_id'),
      folder: text('folder'),
      shank: number('shank'),
      peakChannel: number('peak_channel'),
      depth: number('depth', false),
      neuron: number('neuron'),
      extra: Object.fromEntries(extraColumns.map((name) => [name, text(name)])),
    };
  });
  if (rows.length === units) return found;
  throw new InputError({
    where,
    found: `${rows.length} units`,
    expected: `the ${units} units of the folder`,
    remedy: 'The table is not of these units: import again, or remove it.',
  });
}

/** @throws InputError when the table and `session_index.npy` disagree about a unit's session */
export function checkUnitSessions(rows: readonly UnitRow[], sessions: Int32Array, where: string): void {
  const wrong = rows.find(({ unit, session }) => session !== sessions[unit]);
  if (!wrong) return;
  throw new InputError({
    where,
    found: `session ${wrong.session} for unit ${wrong.unit}`,
    expected: `session ${sessions[wrong.unit]}, as in session_index.npy`,
    remedy: 'The table is not of these units: import again, or remove it.',
  });
}

/** What `units.csv` takes from a result. */
export interface TrackedUnits {
  readonly units: number;
  /** (units,) session number of each unit. */
  readonly sessions: Int32Array;
  readonly features: Pick<UnitFeatures, 'locations' | 'peakChannels' | 'unitShanks'>;
  /** (units,) neurons from 0, -1 unmatched. */
  readonly labels: Int32Array;
  /** (units,) mean probability of the matched pairs of each unit; NaN for unmatched units. */
  readonly confidence?: Float64Array;
}

/** The column of it, behind the others. */
const CONFIDENCE = 'confidence';

/** A unit of a result: what the run itself says is always known. */
export type TrackedUnit = UnitRow & Required<Pick<UnitRow, 'shank' | 'peakChannel' | 'depth' | 'neuron'>>;

/**
 * The table of a result. Date, label, cluster id, folder and further columns are those of the input; session, shank, peak
 * channel, depth, neuron and confidence are those of the result.
 *
 * @param given the table of the input folder, when it has one
 * @param which indices among all units of the units of the result; default: it has all units
 */
export function resultUnits(
  { units, sessions, features, labels, confidence }: TrackedUnits,
  given: readonly UnitRow[] | undefined,
  which?: Int32Array,
): TrackedUnit[] {
  const neurons = toFileLabels(labels);
  return Array.from({ length: units }, (_, unit) => {
    const row = given?.[which ? which[unit] : unit];
    const { [CONFIDENCE]: _given, ...extra } = row?.extra ?? {};
    return {
      ...(row ?? { date: '', label: '', clusterId: '', folder: '' }),
      unit,
      session: sessions[unit],
      shank: features.unitShanks[unit],
      peakChannel: features.peakChannels[unit],
      depth: features.locations[3 * unit + 1],
      neuron: neurons[unit],
      extra: confidence ? { ...extra, [CONFIDENCE]: sixDigits(confidence[unit]) } : extra,
    };
  });
}

const sixDigits = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '');
