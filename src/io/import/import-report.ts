/** What was imported, and what was left: for the screen, and as a file. */
import { encodeCsv } from '../csv.ts';
import type { Sampling } from './alignment.ts';
import type { WaveformSource } from './sorted-session.ts';

/** One cluster of one session: taken or left, and why. */
export interface UnitReport {
  readonly session: number;
  readonly folder: string;
  readonly clusterId: string;
  readonly label: string;
  readonly spikes: number;
  /** Index of the unit in the input folder; undefined for a cluster that was left. */
  readonly unit?: number;
  readonly taken: boolean;
  /** Where its waveform is from, or why it was left. */
  readonly reason: string;
  /** Set where it was left because the expression of the labels does not accept it. */
  readonly unwanted?: true;
}

export interface SessionReport {
  readonly session: number;
  readonly folder: string;
  readonly format: string;
  readonly date: string;
  readonly label: string;
  readonly sites: number;
  readonly clusters: number;
  readonly taken: number;
  readonly source: WaveformSource;
  readonly waveforms: string;
  readonly sampling: Sampling;
  /** What was done to bring it to the common sampling. */
  readonly alignment?: string;
}

export interface ImportReport {
  readonly sessions: readonly SessionReport[];
  readonly units: readonly UnitReport[];
  readonly sites: number;
  readonly sampling: Sampling;
  readonly labels: string;
  readonly warnings: readonly string[];
}

export const REPORT_FILE = 'import_report.csv';

/** Numbers the taken units by session, in the order of their ids; clusters of a session stay together. */
export function numberUnits(reports: readonly UnitReport[]): UnitReport[] {
  const sorted = [...reports].sort(
    (a, b) =>
      a.session - b.session ||
      Number(a.clusterId) - Number(b.clusterId) ||
      (a.clusterId < b.clusterId ? -1 : 1),
  );
  let next = 0;
  return sorted.map((report) => (report.taken ? { ...report, unit: next++ } : report));
}

/** Every cluster of every session, one line each. */
export function encodeReport({ units }: ImportReport): Uint8Array {
  return encodeCsv({
    columns: ['session', 'folder', 'cluster_id', 'label', 'spikes', 'unit', 'reason'],
    rows: units.map(({ session, folder, clusterId, label, spikes, unit, taken, reason }) => [
      String(session),
      folder,
      clusterId,
      label,
      String(spikes),
      unit === undefined ? '' : String(unit),
      `${taken ? 'taken' : 'left'}: ${reason}`,
    ]),
  });
}
