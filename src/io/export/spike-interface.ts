/** What SpikeInterface takes: a unit property, and the curation format with a label for each unit. */
import { encodeCsv } from '../csv.ts';
import type { TrackedUnit } from '../units-table.ts';
import type { ExportFile } from './export-file.ts';
import { type ExportSource, requireClusterIds } from './export-source.ts';

/** Name of the property and of the label. */
const PROPERTY = 'neuron_id';

/**
 * For every session `Session<k>/neuron_id.csv` (unit_id, neuron_id) and `Session<k>/curation.json`, SpikeInterface's curation
 * format, version 2, which merges, splits and removes nothing and gives every unit its neuron as the label `neuron_id`.
 *
 * @throws InputError when the ids in the sorter's folders are not known
 */
export function* spikeInterfaceFiles(source: ExportSource): Generator<ExportFile> {
  requireClusterIds(source, 'SpikeInterface');
  for (let session = 1; session <= source.run.sessionCount; session++) {
    const units = source.units.filter((unit) => unit.session === session);
    const rows = units.map(({ clusterId, neuron }) => [clusterId, String(neuron)]);
    yield {
      path: `Session${session}/${PROPERTY}.csv`,
      content: encodeCsv({ columns: ['unit_id', PROPERTY], rows }),
    };
    const text = `${JSON.stringify(curation(units, source.neuronCount), null, 1)}\n`;
    yield { path: `Session${session}/curation.json`, content: new TextEncoder().encode(text) };
  }
}

function curation(units: readonly TrackedUnit[], neuronCount: number) {
  const ids = unitIds(units);
  const neurons = Array.from({ length: Math.max(1, neuronCount) }, (_, i) => String(i + 1));
  return {
    format_version: '2',
    unit_ids: ids,
    label_definitions: { [PROPERTY]: { label_options: ['-1', ...neurons], exclusive: true } },
    manual_labels: units.map(({ neuron }, i) => ({
      unit_id: ids[i],
      labels: { [PROPERTY]: [String(neuron)] },
    })),
    removed: [],
    merges: [],
    splits: [],
  };
}

/** Ids are numbers when all of them are, as in SpikeInterface. */
function unitIds(units: readonly TrackedUnit[]): (number | string)[] {
  const ids = units.map(({ clusterId }) => clusterId);
  return ids.every((id) => /^(0|[1-9]\d*)$/.test(id)) ? ids.map(Number) : ids;
}
