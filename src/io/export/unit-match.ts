/** `MatchTable.csv`: the candidate pairs in a table like UnitMatch's. */
import { InputError } from '../../core/errors.ts';
import { pathIn } from '../byte-source.ts';
import { csvChunks } from '../csv.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';

const COLUMNS = [
  'ID1',
  'ID2',
  'RecSes1',
  'RecSes2',
  'UID1',
  'UID2',
  'Unit1',
  'Unit2',
  'Match',
  'MatchProb',
  'Similarity',
];

/**
 * One row per candidate pair of units a < b, never all pairs. `ID1`, `ID2`: ids in the sorter's folders, unit indices where those
 * are not known. `RecSes1`, `RecSes2`: sessions. `UID1`, `UID2`: neurons; unmatched units have numbers of their own above those
 * of the neurons. `Unit1`, `Unit2`: unit indices. `Match`: 1 when both are one neuron. `MatchProb`: probability of an automatic
 * match, empty for other pairs. `Similarity`: weighted similarity, then that of every feature (Fisher z).
 *
 * @throws InputError when the result has more candidate pairs than are listed
 */
export async function* matchTableFiles(source: ExportSource): AsyncGenerator<ExportFile> {
  const { saved, run } = source;
  if (!(await saved.store.open('SimilarityPairs.npy'))) {
    throw new InputError({
      where: pathIn(saved.store, 'SimilarityPairs.npy'),
      found: 'no such file',
      expected: 'the candidate pairs of the result',
      remedy:
        'A result with very many pairs does not list them: export csv or parquet, and read MatchedPairs.npy.',
    });
  }
  const features = run.features.map((name) => `${name}Similarity`);
  yield { path: 'MatchTable.csv', content: csvChunks([...COLUMNS, ...features], await pairRows(source)) };
}

async function pairRows({
  saved,
  run,
  units,
  neuronCount,
  curated,
}: ExportSource): Promise<Iterable<string[]>> {
  const { pairs, pairSimilarity } = await saved.clustering();
  const weights = (await saved.weights()).data;
  const probability = curated ? undefined : await saved.matchProbability();
  const probabilityOf = new Map<number, number>();
  if (probability) {
    const matched = await saved.matchedPairs();
    probability.forEach((value, m) => {
      probabilityOf.set(matched[2 * m] * units.length + matched[2 * m + 1], value);
    });
  }
  const count = run.features.length;
  const shanks = [...new Set(units.map(({ shank }) => shank))].sort((a, b) => a - b);
  const apart = weights.length > count;
  const id = (unit: number) => units[unit].clusterId || String(unit);
  const uid = (unit: number) => String(units[unit].neuron > 0 ? units[unit].neuron : neuronCount + 1 + unit);
  return (function* () {
    for (let p = 0; p < pairs.length / 2; p++) {
      const [a, b] = pairs.subarray(2 * p, 2 * p + 2);
      const similarities = pairSimilarity.data.subarray(p * count, (p + 1) * count);
      const first = apart ? shanks.indexOf(units[a].shank) * count : 0;
      let similarity = 0;
      for (let f = 0; f < count; f++) similarity += weights[first + f] * similarities[f];
      const match = probabilityOf.get(a * units.length + b);
      yield [
        id(a),
        id(b),
        String(units[a].session),
        String(units[b].session),
        uid(a),
        uid(b),
        String(a),
        String(b),
        units[a].neuron > 0 && units[a].neuron === units[b].neuron ? '1' : '0',
        match === undefined ? '' : format(match),
        format(similarity),
        ...Array.from(similarities, format),
      ];
    }
  })();
}

const format = (value: number) => String(Number(value.toPrecision(7)));
