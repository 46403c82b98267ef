/** A table of any number of rows: only those in sight are on the page, and their elements are used again. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type UIEvent,
  useLayoutEffect,
  useState,
} from 'react';
import { useSize } from '../charts/use-width.ts';

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** What it means, for those who wonder. */
  readonly hint: string;
  /** CSS width of the grid track. */
  readonly width: string;
  readonly number?: boolean;
  readonly cell: (row: R) => ReactNode;
  /** Head of the column beside its title, such as its filter. */
  readonly head?: ReactNode;
}

export interface Sorting {
  readonly key: string;
  readonly falling: boolean;
}

interface Props<R> {
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly sorting: Sorting;
  readonly onSort: (key: string) => void;
  readonly onOpen: (row: R) => void;
  readonly onChoose: (row: R, index: number, event: MouseEvent | KeyboardEvent) => void;
  readonly isChosen: (row: R) => boolean;
  /** Row to begin at, when the table comes onto the page. */
  readonly startAt?: number;
}

const ROW_HEIGHT = 28;
const HEADER_HEIGHT = 56;
const SPARE_ROWS = 8;

export function VirtualTable<R>(props: Props<R>) {
  const { label, columns, rows, sorting, onSort, onOpen, onChoose, isChosen, startAt = 0 } = props;
  const [{ height }, body] = useSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(startAt);
  const at = Math.min(active, rows.length - 1);
  const tracks = columns.map(({ width }) => width).join(' ');

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the size is known
  useLayoutEffect(() => {
    if (startAt > 0 && body.current) body.current.scrollTop = startAt * ROW_HEIGHT - height / 2;
  }, [height > 0]);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) body.current?.focus({ preventScroll: true });
  }, [body]);

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE_ROWS);
  const count = Math.ceil(height / ROW_HEIGHT) + 2 * SPARE_ROWS;
  const last = Math.min(rows.length, first + count);

  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop } = event.currentTarget;
    // A new window of rows only when the spare ones run out.
    if (Math.abs(scrollTop - top) >= (ROW_HEIGHT * SPARE_ROWS) / 2 || scrollTop === 0) setTop(scrollTop);
  };
  const moveTo = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index));
    setActive(next);
    const element = body.current;
    if (!element) return;
    const y = next * ROW_HEIGHT;
    if (y < element.scrollTop) element.scrollTop = y;
    const bottom = y + HEADER_HEIGHT + ROW_HEIGHT;
    if (bottom > element.scrollTop + height) element.scrollTop = bottom - height;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Fields and buttons of the header have keys of their own.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    if (event.key in moves) moveTo(moves[event.key]);
    else if (event.key === 'Enter' && rows[at]) onOpen(rows[at]);
    else if (event.key === ' ' && rows[at]) onChoose(rows[at], at, event);
    else return;
    event.preventDefault();
  };
  const visible = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <div
      className="table card"
      ref={body}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable="true"
      tabIndex={0}
      aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div className="table-header" role="rowgroup" style={{ height: HEADER_HEIGHT }}>
        <div role="row" style={{ gridTemplateColumns: tracks }} aria-rowindex={1}>
          {columns.map((column) => (
            <div
              key={column.key}
              role="columnheader"
              className={column.number ? 'number' : undefined}
              aria-sort={sorting.key === column.key ? (sorting.falling ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" className="sort" title={column.hint} onClick={() => onSort(column.key)}>
                {column.title}
                {sorting.key === column.key && <span aria-hidden="true">{sorting.falling ? '↓' : '↑'}</span>}
              </button>
              {column.head}
            </div>
          ))}
        </div>
      </div>
      <div className="table-body" role="rowgroup" style={{ height: rows.length * ROW_HEIGHT }}>
        {visible.map((index) => {
          const row = rows[index];
          return (
            <div
              key={index % count}
              id={`row-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isChosen(row)}
              className={index === at ? 'active' : undefined}
              style={{ transform: `translateY(${index * ROW_HEIGHT}px)`, gridTemplateColumns: tracks }}
              onClick={(event) => {
                setActive(index);
                if (event.shiftKey || event.ctrlKey || event.metaKey) onChoose(row, index, event);
                else onOpen(row);
              }}
            >
              {columns.map((column) => (
                <div key={column.key} role="gridcell" className={column.number ? 'number' : undefined}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
