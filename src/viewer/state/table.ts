/** How the table of neurons is filtered and sorted; kept while the page is open. */
import { create } from 'zustand';
import type { Sorting } from '../parts/virtual-table.tsx';

export interface TableState {
  readonly expression: string;
  /** What is typed into the filter of a column. */
  readonly filters: Readonly<Record<string, string>>;
  readonly sorting: Sorting;
}

export const EMPTY_TABLE: TableState = {
  expression: '',
  filters: {},
  sorting: { key: 'id', falling: false },
};

export const useTable = create<TableState>(() => EMPTY_TABLE);
