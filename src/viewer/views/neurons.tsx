/** The table of all neurons and unmatched units. */
import {
  type KeyboardEvent,
  type MouseEvent,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { formatNumber } from '../charts/scale.ts';
import { download } from '../export/download.ts';
import { csvOf } from '../export/table.ts';
import { columnFilter } from '../model/column-filter.ts';
import {
  cellText,
  columnValue,
  EXPRESSION_NAMES,
  ROW_COLUMNS,
  type RowColumn,
  sortRows,
} from '../model/columns.ts';
import { parseExpression, type Scope } from '../model/expression.ts';
import type { Row } from '../model/rows.ts';
import { Presence } from '../parts/presence.tsx';
import { type Column, VirtualTable } from '../parts/virtual-table.tsx';
import { askText, confirm, openSubject, startMerge } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { go, href, useRoute } from '../state/route.ts';
import { EMPTY_TABLE, useTable } from '../state/table.ts';

/** Expressions that are often wanted. */
const EXAMPLES = [
  ['Everything', ''],
  ['Neurons', 'matched'],
  ['Unmatched units', 'not matched'],
  ['Not yet confirmed', 'matched and not confirmed'],
  ['Doubtful', 'matched and worst < 1.2'],
  ['Far apart in depth', 'spread > 40'],
] as const;

export function NeuronsView() {
  const { overview, units, curated } = useResult();
  const table = useTable();
  const chosen = useApp((state) => state.chosen);
  const sessionCount = overview.sessions.length;
  // Links from other views bring their filter along, once: who goes back finds the table as it was left.
  const linked = useRoute((route) => route.query.get('filter'));
  useLayoutEffect(() => {
    if (linked === null) return;
    useTable.setState({ ...EMPTY_TABLE, expression: linked });
    useApp.setState({ place: undefined });
    go(href('neurons'), { replace: true });
  }, [linked]);
  const deferred = useDeferredValue(table);

  const filtered = useMemo(
    () => filterRows(curated.rows, deferred.expression, deferred.filters, units.session),
    [curated.rows, deferred.expression, deferred.filters, units.session],
  );
  const rows = useMemo(
    () => sortRows(filtered.rows, deferred.sorting.key, deferred.sorting.falling),
    [filtered.rows, deferred.sorting],
  );
  useEffect(() => useApp.setState({ order: rows.map(({ subject }) => subject) }), [rows]);

  const several = overview.shankIds.length > 1;
  const { confidence: hasConfidence } = overview.has;
  const shown = useMemo(
    () =>
      ROW_COLUMNS.filter(
        ({ name }) => (name !== 'shank' || several) && (name !== 'confidence' || hasConfidence),
      ),
    [several, hasConfidence],
  );
  const columns = useMemo(
    () => tableColumns(shown, table.filters, units.session, sessionCount),
    [shown, table.filters, units.session, sessionCount],
  );

  const anchor = useRef(0);
  const onChoose = (row: Row, index: number, event: MouseEvent | KeyboardEvent) => {
    if (event.shiftKey && 'button' in event) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      chooseUnits(rows.slice(from, to + 1).flatMap(({ units }) => units));
    } else {
      anchor.current = index;
      chooseUnits(row.units, 'toggle');
    }
  };
  const isFiltered = table.expression !== '' || Object.values(table.filters).some((text) => text !== '');
  const neurons = rows.reduce((n, row) => n + Number(row.subject.kind === 'neuron'), 0);
  return (
    <div className="table-view">
      <div className="table-head">
        <h1 className="visually-hidden">Neurons</h1>
        <input
          id="expression"
          className="expression"
          aria-label="Filter by an expression"
          aria-invalid={filtered.problem !== undefined}
          aria-describedby={filtered.problem ? 'problem' : undefined}
          placeholder="Filter by an expression: sessions >= 5 and worst < 1.2 and not confirmed   ( / )"
          value={table.expression}
          spellCheck={false}
          onChange={(event) => useTable.setState({ expression: event.target.value })}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
        <select
          aria-label="Filters that are often wanted"
          value={EXAMPLES.find(([, text]) => text === table.expression)?.[1] ?? 'own'}
          onChange={(event) => useTable.setState({ expression: event.target.value })}
        >
          {EXAMPLES.map(([name, text]) => (
            <option key={name} value={text}>
              {name}
            </option>
          ))}
          <option value="own" disabled>
            An expression
          </option>
        </select>
        <button type="button" disabled={!isFiltered} onClick={() => useTable.setState(EMPTY_TABLE)}>
          Clear
        </button>
        <button type="button" onClick={() => saveTable(rows, shown)}>
          Save CSV
        </button>
        {filtered.problem && (
          <p className="problem" id="problem" role="alert">
            {filtered.problem}
          </p>
        )}
        <p className="muted" role="status" style={{ flexBasis: '100%' }}>
          {formatNumber(neurons)} neurons and {formatNumber(rows.length - neurons)} unmatched units
          {rows.length < curated.rows.length && ` of ${formatNumber(curated.rows.length)} rows`}.{' '}
          {chosen.size > 0 ? (
            <>
              {formatNumber(chosen.size)} units chosen:{' '}
              <button type="button" className="small" onClick={startMerge}>
                Merge … <kbd>M</kbd>
              </button>{' '}
              <button type="button" className="small" onClick={() => void confirm()}>
                Confirm <kbd>C</kbd>
              </button>{' '}
              <button type="button" className="small" onClick={() => askText('mark')}>
                Mark … <kbd>X</kbd>
              </button>{' '}
              <button type="button" className="small" onClick={() => askText('label')}>
                Label … <kbd>L</kbd>
              </button>{' '}
              <button type="button" className="small" onClick={() => chooseUnits([])}>
                None <kbd>Esc</kbd>
              </button>
            </>
          ) : (
            'Click opens a row; Ctrl+click or Space chooses it for merging.'
          )}
        </p>
      </div>
      {linked === null && (
        <VirtualTable
          label="Neurons and unmatched units"
          columns={columns}
          rows={rows}
          startAt={startAt(rows)}
          sorting={table.sorting}
          onSort={(key) => sortBy(key === 'presence' ? 'first' : key)}
          onOpen={(row) => openSubject(row.subject)}
          onChoose={onChoose}
          isChosen={(row) => row.units.some((unit) => chosen.has(unit))}
        />
      )}
    </div>
  );
}

/** The row that was looked at last, or what has its place now. */
function startAt(rows: readonly Row[]): number {
  const { place } = useApp.getState();
  if (!place) return 0;
  const at = rows.findIndex(({ units }) => units.includes(place.unit));
  return at >= 0 ? at : Math.min(place.at, rows.length - 1);
}

function tableColumns(
  shown: typeof ROW_COLUMNS,
  filters: Readonly<Record<string, string>>,
  session: Int32Array,
  sessionCount: number,
): Column<Row>[] {
  const width = Math.max(90, Math.min(190, sessionCount * 7));
  const presence: Column<Row> = {
    key: 'presence',
    title: 'Presence',
    hint: 'Sessions in which it was found; sorts by the first',
    width: `${width + 14}px`,
    cell: (row) => <Presence units={row.units} session={session} sessionCount={sessionCount} width={width} />,
  };
  const confirmed: Column<Row> = {
    key: 'confirmed',
    title: '✓',
    hint: 'Confirmed. In expressions: confirmed',
    width: '42px',
    cell: (row) => (row.confirmed ? <span title="confirmed">✓</span> : ''),
  };
  return shown.flatMap((column) => {
    const own: Column<Row> = {
      key: column.name,
      title: column.title,
      hint: `${column.hint}. In expressions: ${column.name}`,
      width: column.width,
      number: column.decimals !== undefined,
      cell: (row) => cellOf(row, column),
      head: (
        <input
          aria-label={`Filter by ${column.title}`}
          title={column.decimals === undefined ? 'A piece of the text' : '5 (as it is shown), ≥ 5, ≠ 5, 3..8'}
          placeholder={column.decimals === undefined ? 'has …' : '= ≥ ≤'}
          value={filters[column.name] ?? ''}
          onChange={(event) => setFilter(column.name, event.target.value)}
        />
      ),
    };
    if (column.name === 'first') return [presence, own];
    return column.name === 'mark' ? [confirmed, own] : [own];
  });
}

/** Similarities of some of the pairs are told from those of all. */
function cellOf(row: Row, column: RowColumn) {
  const text = cellText(row, column);
  if (!(row.compared < row.pairs) || (column.name !== 'mean' && column.name !== 'worst')) return text;
  return (
    <span className="doubt" title={`${row.compared} of ${row.pairs} pairs compared`}>
      {text || '–'}
    </span>
  );
}

function setFilter(name: string, text: string): void {
  useTable.setState(({ filters }) => ({ filters: { ...filters, [name]: text } }));
}

function sortBy(key: string): void {
  useTable.setState(({ sorting }) => ({
    sorting: { key, falling: sorting.key === key ? !sorting.falling : false },
  }));
}

interface Filtered {
  readonly rows: readonly Row[];
  /** What is wrong with the filters; all rows are shown then. */
  readonly problem?: string;
}

function filterRows(
  rows: readonly Row[],
  expression: string,
  filters: Readonly<Record<string, string>>,
  session: Int32Array,
): Filtered {
  const tests: ((row: Row) => boolean)[] = [];
  try {
    if (expression.trim() !== '') {
      const holds = parseExpression(expression, EXPRESSION_NAMES);
      tests.push((row) => holds(scopeOf(row, session)));
    }
    for (const column of ROW_COLUMNS) {
      const holds = columnFilter(filters[column.name] ?? '', column);
      if (holds) tests.push((row) => holds(column.value(row)));
    }
  } catch (error) {
    return { rows, problem: `Not filtered: ${(error as Error).message}.` };
  }
  return { rows: tests.length > 0 ? rows.filter((row) => tests.every((holds) => holds(row))) : rows };
}

const scopeOf = (row: Row, session: Int32Array): Scope => ({
  value: (name) => columnValue(row, name),
  foundIn: (wanted) => row.units.some((unit) => session[unit] === wanted),
});

function saveTable(rows: readonly Row[], columns: typeof ROW_COLUMNS): void {
  const table = {
    columns: [...columns.map(({ name }) => name), 'confirmed', 'units'],
    rows: rows.map((row) => [...columns.map(({ value }) => value(row)), row.confirmed, row.units.join(' ')]),
  };
  download('Neurons.csv', new Blob([csvOf(table)], { type: 'text/csv' }));
}
