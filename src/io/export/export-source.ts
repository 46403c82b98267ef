/** A finished result as every export takes it: units with their neurons, curated by hand where that was done. */
import { InputError } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { SavedResult, type SavedRun } from '../read-result.ts';
import { resultUnits, type TrackedUnit, UNITS_FILE } from '../units-table.ts';

export interface ExportSource {
  readonly saved: SavedResult;
  readonly run: SavedRun;
  /** The units with the neurons that are exported. */
  readonly units: readonly TrackedUnit[];
  /** (units,) from 0, -1 unmatched. */
  readonly labels: Int32Array;
  /** Neurons 1 to this number; after curation by hand some of them may be empty. */
  readonly neuronCount: number;
  /** (units,) mean probability of the matched pairs of each unit, NaN where there is none; undefined after curation by hand. */
  readonly confidence?: Float64Array;
  /** Whether the labels are those of curation by hand. */
  readonly curated: boolean;
}

/**
 * @param curated (units,) labels of curation by hand, from 0, -1 unmatched; undefined for the automatic ones
 * @throws InputError when the folder holds no finished result, or files of different results
 */
export async function readExportSource(store: Store, curated?: Int32Array): Promise<ExportSource> {
  const saved = await SavedResult.open(store);
  const run = await saved.run();
  if (!run) {
    throw new InputError({
      where: pathIn(store, 'Output.npz'),
      found: 'no such file: the run did not end',
      expected: 'the folder of a finished run',
      remedy: 'Run dant again.',
    });
  }
  const labels = curated ?? (await saved.labels());
  const { sessions } = run;
  if (sessions.length !== saved.units) {
    throw new InputError({
      where: pathIn(store, 'Output.npz'),
      found: `${sessions.length} units`,
      expected: `the ${saved.units} units of IdxCluster.npy`,
      remedy: 'Run dant again.',
    });
  }
  const features = {
    locations: await saved.locations(),
    peakChannels: await saved.peakChannels(),
    unitShanks: await saved.unitShanks(),
  };
  return {
    saved,
    run,
    units: resultUnits({ units: saved.units, sessions, features, labels }, await saved.unitRows()),
    labels,
    neuronCount: labels.reduce((count, label) => Math.max(count, label + 1), 0),
    confidence: curated ? undefined : await saved.unitConfidence(),
    curated: curated !== undefined,
  };
}

/** @throws InputError when it is not known which unit of which sorter's folder every unit was */
export function requireClusterIds({ saved, units }: ExportSource, format: string): void {
  const unknown = units.find(({ clusterId }) => clusterId === '');
  if (!unknown) return;
  throw new InputError({
    where: pathIn(saved.store, UNITS_FILE),
    found: `no cluster_id for unit ${unknown.unit}`,
    expected: `the id of every unit in the sorter's folder, which ${format} needs`,
    remedy:
      'Make the data folder with `dant import`, or put a units.csv with the columns unit, session, cluster_id and folder into it, and run dant again.',
  });
}
