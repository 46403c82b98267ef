/** Embeds units in a plane by their similarities (UMAP, McInnes et al. 2018), off the page's thread. */
import { expose } from 'comlink';
import { UMAP } from 'umap-js';
import { createRandom } from '../../core/random.ts';

export interface Neighbours {
  /** (units, count) most similar units, best first; -1 where there are fewer. */
  readonly units: Int32Array;
  /** (units, count) weighted similarity, Fisher z. */
  readonly similarity: Float32Array;
  readonly count: number;
}

const SEED = 1;
const EPOCHS_PER_REPORT = 10;

const worker = {
  /**
   * @param report told how far it is, 0 to 1, and where the units are by then
   * @returns (units, 2); the same for the same neighbours
   */
  async embed(
    { units, similarity, count }: Neighbours,
    report: (part: number, places: Float32Array) => void,
  ): Promise<Float32Array> {
    const n = units.length / count;
    const rows = Array.from({ length: n }, (_, u) => Array.from(units.subarray(u * count, (u + 1) * count)));
    // A unit is its own first neighbour; the distance is that of the method.
    const indices = rows.map((row, u) => [u, ...row.map((other) => (other < 0 ? u : other))]);
    const distances = rows.map((row, u) => [
      0,
      ...row.map((other, k) => (other < 0 ? 1e3 : 1 / (1 + Math.tanh(similarity[u * count + k])))),
    ]);
    const nEpochs = n > 10_000 ? 200 : 350;
    const random = createRandom(SEED).uniform;
    const umap = new UMAP({ nNeighbors: count + 1, minDist: 0.15, random, nEpochs });
    umap.setPrecomputedKNN(indices, distances);
    const epochs = umap.initializeFit(indices);
    const places = () => Float32Array.from(umap.getEmbedding().flat());
    for (let epoch = 0; epoch < epochs; epoch++) {
      umap.step();
      if (epoch % EPOCHS_PER_REPORT === 0) report(epoch / epochs, places());
    }
    return places();
  },
};

export type UmapWorker = typeof worker;

expose(worker);
