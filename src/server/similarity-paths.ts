/** Paths of the similarities: of units, of all candidate pairs, and as a matrix. */
import { readCandidatePairs } from '../io/candidate-pairs.ts';
import { json, missing, once, onceEach, pack } from './answers.ts';
import { depthOrder, MatrixTiles } from './matrix-tiles.ts';
import { candidates, NeuronStatistics, nearestNeighbours, pairHistograms, pairSample } from './pairs.ts';
import { BadRequest, check } from './parameters.ts';
import type { Paths } from './paths.ts';
import type { MatrixOrder, Measure } from './protocol.ts';

export function addSimilarityPaths({ tracked, curation, parameters, get }: Paths): void {
  const statistics = new NeuronStatistics(tracked.similarity[0], tracked.unitShanks);
  get('unitStatistics', async (query) => {
    const { of } = check(parameters.statistics, query);
    const { state, version } = await curation.replayed();
    const labels = of === 'automatic' ? tracked.labels : state.labels;
    return pack(await statistics.of(labels), { version: of === 'automatic' ? 0 : version });
  });
  const blockOfAll = async (rows: readonly number[], columnsOf: ArrayLike<number>) => {
    const size = rows.length * columnsOf.length;
    const similarity = new Float32Array(tracked.similarity.length * size);
    const blocks = await Promise.all(tracked.similarity.map((access) => access.block(rows, columnsOf)));
    blocks.forEach((block, m) => {
      similarity.set(block, m * size);
    });
    return pack({ similarity });
  };
  get('similarity', async (query) => {
    const { units } = check(parameters.unitList, query);
    return blockOfAll(units, units);
  });
  get('similarityRow', async (query) => {
    const { unit } = check(parameters.similarityRow, query);
    return blockOfAll([unit], Array.from(tracked.sessions.keys()));
  });
  get('candidates', async (query) => {
    const { units, count } = check(parameters.candidates, query);
    return pack(await candidates(tracked, units, count));
  });
  const pairs = once(() => readCandidatePairs(tracked));
  const histograms = once(async () => pairHistograms(tracked, await pairs()));
  get('pairHistograms', async () => json(await histograms()));
  get('pairSample', async (query) => {
    const { arrays, meta } = pairSample(await pairs(), check(parameters.pairSample, query).count);
    return pack(arrays, meta);
  });
}

export function addMatrixPaths({ tracked, parameters, get }: Paths): void {
  const orders: Record<MatrixOrder, () => Promise<Int32Array>> = {
    depth: once(async () => depthOrder(tracked.sessions, tracked.correctedY)),
    leaf: once(async () => (await tracked.saved.leafOrder()) ?? missing('no order of the leaves')),
  };
  const tilesBy = (order: MatrixOrder) =>
    onceEach(async (measure: Measure) => {
      const m = tracked.measures.indexOf(measure);
      if (m < 0) return missing(`no similarity by ${measure}`);
      return new MatrixTiles(tracked.similarity[m], await orders[order]());
    });
  const matrices = { depth: tilesBy('depth'), leaf: tilesBy('leaf') };
  const neighbours = onceEach((count: number) => nearestNeighbours(tracked.similarity[0], count));
  get('matrixOrder', async (query) => pack({ order: await orders[check(parameters.order, query).order]() }));
  get('matrixTile', async (query) => {
    const { order, measure, level, row, column } = check(parameters.tile, query);
    const tiles = await matrices[order](measure);
    const { values, ...meta } = await asked(() => tiles.tile(level, row, column));
    return pack({ values }, meta);
  });
  get('neighbours', async (query) => pack(await neighbours(check(parameters.neighbours, query).count)));
}

/** What cannot be given is said as a malformed request. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RangeError ? new BadRequest(error.message) : error;
  }
}
