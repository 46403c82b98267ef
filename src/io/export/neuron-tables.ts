/** The two tables that say which unit is which neuron: one row per unit, and neurons × sessions. */
import type { TrackedUnit } from '../units-table.ts';
import type { ExportSource } from './export-source.ts';

export interface Column {
  readonly name: string;
  readonly type: 'whole' | 'number' | 'text';
  /** One for each row; undefined where there is none. */
  readonly values: readonly (number | string | undefined)[];
}

/** All units: the columns of `units.csv`, and how sure their neuron is. */
export function unitColumns({ units, confidence }: ExportSource): Column[] {
  const column = (
    name: string,
    type: Column['type'],
    cellOf: (unit: TrackedUnit) => number | string | undefined,
  ): Column => ({ name, type, values: units.map(cellOf) });
  const extra = new Set(units.flatMap((unit) => Object.keys(unit.extra)));
  return [
    column('unit', 'whole', ({ unit }) => unit),
    column('session', 'whole', ({ session }) => session),
    column('date', 'text', ({ date }) => date),
    column('label', 'text', ({ label }) => label),
    column('cluster_id', 'text', ({ clusterId }) => clusterId),
    column('folder', 'text', ({ folder }) => folder),
    column('shank', 'whole', ({ shank }) => shank),
    column('peak_channel', 'whole', ({ peakChannel }) => peakChannel),
    column('depth', 'number', ({ depth }) => Number(depth.toFixed(3))),
    column('neuron', 'whole', ({ neuron }) => neuron),
    ...(confidence ? [column('confidence', 'number', ({ unit }) => sixDigits(confidence[unit]))] : []),
    ...[...extra].map((name) => column(name, 'text', (unit) => unit.extra[name] ?? '')),
  ];
}

/**
 * Neurons × sessions: every neuron of more than one unit with its unit in each session. A neuron that holds several units of one
 * session takes as many rows.
 *
 * @param cellOf what stands for a unit; default: its index
 */
export function neuronColumns(
  { units, neuronCount, run }: ExportSource,
  cell: Pick<Column, 'type'> & { cellOf: (unit: TrackedUnit) => number | string } = {
    type: 'whole',
    cellOf: ({ unit }) => unit,
  },
): Column[] {
  const ofNeuron = Array.from({ length: neuronCount }, (): TrackedUnit[] => []);
  for (const unit of units) if (unit.neuron > 0) ofNeuron[unit.neuron - 1].push(unit);
  const rows: { neuron: number; all: TrackedUnit[]; own: (TrackedUnit | undefined)[] }[] = [];
  ofNeuron.forEach((all, i) => {
    const bySession = Array.from({ length: run.sessionCount }, (_, s) =>
      all.filter(({ session }) => session === s + 1),
    );
    const count = Math.max(...bySession.map(({ length }) => length));
    for (let r = 0; r < count; r++) rows.push({ neuron: i + 1, all, own: bySession.map((of) => of[r]) });
  });
  const sessionsOf = (all: readonly TrackedUnit[]) => new Set(all.map(({ session }) => session)).size;
  const meanDepth = (all: readonly TrackedUnit[]) =>
    all.reduce((sum, { depth }) => sum + depth, 0) / all.length;
  return [
    { name: 'neuron', type: 'whole', values: rows.map(({ neuron }) => neuron) },
    { name: 'n_sessions', type: 'whole', values: rows.map(({ all }) => sessionsOf(all)) },
    { name: 'shank', type: 'whole', values: rows.map(({ all }) => all[0].shank) },
    { name: 'depth', type: 'number', values: rows.map(({ all }) => Number(meanDepth(all).toFixed(3))) },
    ...Array.from({ length: run.sessionCount }, (_, s) => ({
      name: `session_${s + 1}`,
      type: cell.type,
      values: rows.map(({ own }) => {
        const unit = own[s];
        return unit && cell.cellOf(unit);
      }),
    })),
  ];
}

/** Neurons × sessions with the ids of the sorter's folders; undefined when they are not known. */
export function neuronClusterColumns(source: ExportSource): Column[] | undefined {
  if (source.units.every(({ clusterId }) => clusterId === '')) return undefined;
  return neuronColumns(source, { type: 'text', cellOf: ({ clusterId }) => clusterId });
}

const sixDigits = (value: number) => (Number.isNaN(value) ? undefined : Number(value.toPrecision(6)));
