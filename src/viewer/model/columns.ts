/** The columns of the table of neurons: names in expressions, titles, how they are sorted and shown. */
import { formatNumber } from '../charts/scale.ts';
import type { Value } from './expression.ts';
import type { Row } from './rows.ts';

export interface RowColumn {
  /** Its name in expressions. */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly value: (row: Row) => Value;
  /** Undefined for text. */
  readonly decimals?: number;
  /** CSS width of its track. */
  readonly width: string;
}

/** In the order of the table. */
export const ROW_COLUMNS: readonly RowColumn[] = [
  {
    name: 'id',
    title: 'Neuron',
    hint: 'Number of the neuron; none for an unmatched unit',
    value: (r) => r.id,
    decimals: 0,
    width: '76px',
  },
  {
    name: 'unit',
    title: 'Unit',
    hint: 'Number of the first unit, from 0',
    value: (r) => r.unit,
    decimals: 0,
    width: '62px',
  },
  {
    name: 'sessions',
    title: 'Sessions',
    hint: 'Number of sessions in which it was found',
    value: (r) => r.sessions,
    decimals: 0,
    width: '88px',
  },
  { name: 'first', title: 'First', hint: 'First session', value: (r) => r.first, decimals: 0, width: '56px' },
  { name: 'last', title: 'Last', hint: 'Last session', value: (r) => r.last, decimals: 0, width: '56px' },
  {
    name: 'depth',
    title: 'Depth',
    hint: 'Mean y without motion, µm',
    value: (r) => r.depth,
    decimals: 0,
    width: '68px',
  },
  {
    name: 'spread',
    title: 'Spread',
    hint: 'Largest distance of its units in depth, without motion, µm',
    value: (r) => r.spread,
    decimals: 1,
    width: '76px',
  },
  {
    name: 'amplitude',
    title: 'Amplitude',
    hint: 'Mean amplitude on the peak channel, peak to trough, µV',
    value: (r) => r.amplitude,
    decimals: 0,
    width: '96px',
  },
  {
    name: 'mean',
    title: 'Mean sim.',
    hint: 'Mean weighted similarity of its pairs that were compared, Fisher z',
    value: (r) => r.mean,
    decimals: 2,
    width: '96px',
  },
  {
    name: 'worst',
    title: 'Worst sim.',
    hint: 'Least weighted similarity of its pairs that were compared, Fisher z',
    value: (r) => r.worst,
    decimals: 2,
    width: '98px',
  },
  {
    name: 'confidence',
    title: 'Conf.',
    hint: 'Least match confidence of its units; none where they were changed by hand',
    value: (r) => r.confidence,
    decimals: 2,
    width: '66px',
  },
  { name: 'shank', title: 'Shank', hint: 'Shank', value: (r) => r.shank, decimals: 0, width: '72px' },
  {
    name: 'mark',
    title: 'Mark',
    hint: 'Marks on its units',
    value: (r) => r.mark,
    width: 'minmax(64px, 0.6fr)',
  },
  {
    name: 'label',
    title: 'Label',
    hint: 'Name of the neuron',
    value: (r) => r.label,
    width: 'minmax(64px, 1fr)',
  },
  { name: 'note', title: 'Note', hint: 'Remarks', value: (r) => r.note, width: 'minmax(64px, 1.2fr)' },
];

/** Names that expressions know besides the columns. */
const FLAGS: Record<string, (row: Row) => Value> = {
  matched: (row) => row.subject.kind === 'neuron',
  confirmed: (row) => row.confirmed,
  compared: (row) => row.compared / row.pairs,
};

const VALUES = new Map<string, (row: Row) => Value>([
  ...ROW_COLUMNS.map(({ name, value }) => [name, value] as const),
  ...Object.entries(FLAGS),
]);

export const EXPRESSION_NAMES = [...VALUES.keys()];

export const columnValue = (row: Row, name: string): Value => VALUES.get(name)?.(row) ?? Number.NaN;

/** Text of a cell; nothing for a missing number. */
export function cellText(row: Row, { value, decimals }: RowColumn): string {
  const content = value(row);
  if (typeof content !== 'number') return String(content);
  return Number.isNaN(content) ? '' : formatNumber(content, decimals);
}

/** Missing values stand last, whichever way the others are sorted. */
export function sortRows(rows: readonly Row[], name: string, falling: boolean): Row[] {
  const sign = falling ? -1 : 1;
  const keyed = rows.map((row, at) => ({ row, at, key: columnValue(row, name) }));
  const isMissing = (key: Value) => key === '' || Number.isNaN(key);
  keyed.sort((a, b) => {
    const [missingA, missingB] = [isMissing(a.key), isMissing(b.key)];
    if (missingA || missingB) return Number(missingA) - Number(missingB) || a.at - b.at;
    const order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    return sign * order || a.at - b.at;
  });
  return keyed.map(({ row }) => row);
}
