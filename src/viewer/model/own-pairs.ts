/** The pairs of the units that are looked at. */
import type { NeuronData } from './neuron-data.ts';

/** Every pair of the units that was compared, by each measure. */
export function ownPairs({ units, similarity }: Pick<NeuronData, 'units' | 'similarity'>, measures: number) {
  const n = units.length;
  const pairs: [number, number][] = [];
  const values: number[][] = Array.from({ length: measures }, () => []);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const own = values.map((_, m) => similarity?.[m * n * n + i * n + j] ?? Number.NaN);
      if (own.some(Number.isNaN)) continue;
      pairs.push([units[i], units[j]]);
      own.forEach((value, m) => {
        values[m].push(value);
      });
    }
  }
  return { units: pairs, similarity: values };
}
