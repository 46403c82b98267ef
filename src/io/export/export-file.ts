import type { Chunks } from '../byte-source.ts';

/** One file of an export. */
export interface ExportFile {
  /** Where it goes in the folder of the export. */
  readonly path: string;
  readonly content: Chunks;
}
