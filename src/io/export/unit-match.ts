/** `MatchTable.csv`: the candidate pairs in a table like UnitMatch's. */
import { encodeCsv } from '../csv.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';

/**
 * One row per candidate pair of units a < b, never all pairs. `ID1`, `ID2`: ids in the sorter's folders, unit indices where those
 * are not known. `RecSes1`, `RecSes2`: sessions. `UID1`, `UID2`: neurons; unmatched units have numbers of their own above those
 * of the neurons. `Unit1`, `Unit2`: unit indices. `Match`: 1 when both are one neuron. `Similarity`: weighted similarity, then that
 * of every feature (Fisher z).
 */
export async function* matchTableFiles(source: ExportSource): AsyncGenerator<ExportFile> {
  const { saved, run, units, neuronCount } = source;
  const { pairs, pairSimilarity } = await saved.clustering();
  const weights = (await saved.weights()).data;
  const { features } = run;
  const shanks = [...new Set(units.map(({ shank }) => shank))].sort((a, b) => a - b);
  const apart = weights.length > features.length;
  const id = (unit: number) => units[unit].clusterId || String(unit);
  const uid = (unit: number) => String(units[unit].neuron > 0 ? units[unit].neuron : neuronCount + 1 + unit);
  const rows = Array.from({ length: pairs.length / 2 }, (_, p) => {
    const [a, b] = pairs.subarray(2 * p, 2 * p + 2);
    const similarities = pairSimilarity.data.subarray(p * features.length, (p + 1) * features.length);
    const first = apart ? shanks.indexOf(units[a].shank) * features.length : 0;
    let similarity = 0;
    for (let f = 0; f < features.length; f++) similarity += weights[first + f] * similarities[f];
    return [
      id(a),
      id(b),
      String(units[a].session),
      String(units[b].session),
      uid(a),
      uid(b),
      String(a),
      String(b),
      units[a].neuron > 0 && units[a].neuron === units[b].neuron ? '1' : '0',
      format(similarity),
      ...Array.from(similarities, format),
    ];
  });
  const columns = [
    'ID1',
    'ID2',
    'RecSes1',
    'RecSes2',
    'UID1',
    'UID2',
    'Unit1',
    'Unit2',
    'Match',
    'Similarity',
  ];
  yield {
    path: 'MatchTable.csv',
    content: encodeCsv({ columns: [...columns, ...features.map((name) => `${name}Similarity`)], rows }),
  };
}

const format = (value: number) => String(Number(value.toPrecision(7)));
