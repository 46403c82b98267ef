/** The kernels with WebAssembly SIMD: each method divides its work into tasks and has a pool run them. */
import type { SingleLinkage } from '../core/clustering/single-linkage.ts';
import { emptyDescriptions, type UnitDescriptions } from '../core/features/unit-description.ts';
import type {
  Job,
  Kernels,
  KrigingGroup,
  SpanningTree,
  UnitDescriptionInput,
  WaveformSimilarityInput,
} from '../core/kernels/kernels.ts';
import { ArrayStore } from './array-store.ts';
import { EXACT_PAIRS, type ExactPairs } from './exact-correlation-task.ts';
import { krigingPieces } from './kriging-task.ts';
import { createNearbyKernels } from './nearby-kernels.ts';
import type { TaskPool } from './task-pool.ts';
import { blockCount, tileCount } from './tiles.ts';
import { DESCRIPTION_UNITS } from './unit-description-task.ts';
import { momentsTaskCount } from './waveform-moments-task.ts';
import { planWaveforms } from './waveform-plan.ts';
import { weightedSumTaskCount } from './weighted-sum-task.ts';

export interface ClosableKernels extends Kernels {
  /** Ends the threads; the kernels cannot be used any more. */
  close(): Promise<void>;
}

type Numbers = Float32Array | Float64Array;

/**
 * Results are the same bit for bit for any number of threads, and in any engine where `name` is `simd`.
 * @param name recorded with results
 */
export function createSimdKernels(name: string, pool: TaskPool): ClosableKernels {
  const store = new ArrayStore(pool.shared);
  const isShared = (array: Numbers | Int32Array) => !pool.shared || array.buffer instanceof SharedArrayBuffer;

  /** The array, or a copy of it that tasks can read. */
  function readable<T extends Numbers>(array: T): T {
    if (isShared(array)) return array;
    const copy =
      array instanceof Float32Array ? store.float32(array.length, false) : store.float64(array.length, false);
    copy.set(array);
    return copy as T;
  }

  /** Runs `work` with arrays that tasks can write, and sees to it that `out` holds the outcome. */
  async function writing<T extends Numbers, R>(out: T, work: (target: T) => Promise<R>): Promise<R> {
    const target = readable(out);
    try {
      return await work(target);
    } finally {
      if (target !== out) {
        out.set(target);
        store.release(target);
      }
    }
  }

  /** Runs `work` with readable versions of arrays and lets go of those that had to be made. */
  async function reading<T extends Numbers, R>(
    arrays: readonly T[],
    work: (arrays: T[]) => Promise<R>,
  ): Promise<R> {
    const versions = arrays.map(readable);
    try {
      return await work(versions);
    } finally {
      store.release(...versions.filter((version, i) => version !== arrays[i]));
    }
  }

  /** Runs `work` with arrays for intermediate results. */
  async function borrowing<R>(arrays: readonly Numbers[], work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } finally {
      store.release(...arrays);
    }
  }

  async function describeUnits(input: UnitDescriptionInput, job: Job = {}): Promise<UnitDescriptions> {
    const { waveforms, units, channels, samples, channelLocations, locator, autoCorr, isi } = input;
    const options = { channels, samples, channelLocations, locator, autoCorr, isi };
    const out = emptyDescriptions(units, options, (length) => store.float64(length));
    const needsSpikes = autoCorr !== undefined || isi !== undefined;
    const payloadOf = async (index: number) => {
      const firstUnit = index * DESCRIPTION_UNITS;
      const count = Math.min(DESCRIPTION_UNITS, units - firstUnit);
      const times = Array.from({ length: count }, (_, i) =>
        needsSpikes ? input.spikeTimes(firstUnit + i) : undefined,
      );
      return { firstUnit, spikeTimes: await Promise.all(times) };
    };
    await reading([waveforms], ([source]) =>
      pool.run(
        'describeUnits',
        { waveforms: source, options, out },
        Math.ceil(units / DESCRIPTION_UNITS),
        job,
        payloadOf,
      ),
    );
    return out;
  }

  async function correlateRows(
    x: Float64Array,
    rows: number,
    columns: number,
    out: Float64Array,
    job: Job = {},
  ): Promise<void> {
    const quiet = { signal: job.signal };
    const panels = store.float64(4 * Math.ceil(rows / 4) * columns, false);
    await borrowing([panels], () =>
      reading([x], ([source]) =>
        writing(out, async (target) => {
          const shape = { rows, columns };
          await pool.run('standardizeRows', { x: source, ...shape, panels }, blockCount(rows), quiet);
          await pool.run('correlateTiles', { panels, ...shape, out: target }, tileCount(rows), job);
        }),
      ),
    );
  }

  async function correlateRowsWithGaps(
    x: Float64Array,
    rows: number,
    columns: number,
    out: Float64Array,
    job: Job = {},
  ): Promise<readonly [number, number] | undefined> {
    if (!x.some(Number.isNaN)) {
      await correlateRows(x, rows, columns, out, job);
      return undefined;
    }
    const size = 4 * Math.ceil(rows / 4) * columns;
    const masked = {
      values: store.float64(size, false),
      squares: store.float64(size, false),
      marks: store.float64(size, false),
    };
    return borrowing(Object.values(masked), () =>
      reading([x], ([source]) =>
        writing(out, async (target) => {
          const shape = { x: source, rows, columns, ...masked };
          await pool.run('maskRows', shape, blockCount(rows), { signal: job.signal });
          const firsts = await pool.run('correlateGapTiles', { ...shape, out: target }, tileCount(rows), job);
          const first = firsts.reduce<number>((a, b) => Math.min(a, b ?? a), Number.POSITIVE_INFINITY);
          return first < Number.POSITIVE_INFINITY
            ? ([Math.floor(first / rows), first % rows] as const)
            : undefined;
        }),
      ),
    );
  }

  async function correlateWaveforms(
    input: WaveformSimilarityInput,
    out: Float64Array,
    job: Job = {},
  ): Promise<void> {
    const { units, channels, samples, neighbours, neighbourCount } = input;
    const quiet = { signal: job.signal };
    const padded = 8 * Math.ceil(units / 8);
    const moments = { means: store.float64(padded * channels), squares: store.float64(padded * channels) };
    const directed = store.float32(units * units, false);
    await borrowing([...Object.values(moments), directed], () =>
      reading([input.waveforms], ([waveforms]) =>
        writing(out, async (target) => {
          const shape = { waveforms, units, channels, samples };
          const found = await pool.run(
            'waveformMoments',
            { ...shape, ...moments },
            momentsTaskCount(units),
            quiet,
          );
          const peakChannels = Int32Array.from(found.flatMap((peaks) => [...peaks]));
          const around = { ...shape, moments, neighbours, neighbourCount };
          const plan = planWaveforms(peakChannels, neighbours, neighbourCount, samples);
          await pool.run('waveformProducts', { ...around, peakChannels, plan, directed }, plan.tasks, job);
          const coarse = await pool.run(
            'mergeDirections',
            { units, directed, out: target },
            tileCount(units),
            quiet,
          );
          const pairs = pairsByChannel(coarse, peakChannels, channels);
          const exact = await pool.run(
            'exactCorrelation',
            around,
            pairs.length,
            quiet,
            (index) => pairs[index],
          );
          exact.forEach((z, index) => {
            raise(target, units, pairs[index].pairs, z);
          });
        }),
      ),
    );
  }

  async function krige(
    waveforms: Float32Array,
    channels: number,
    samples: number,
    groups: readonly KrigingGroup[],
    out: Float32Array,
    job: Job = {},
  ): Promise<void> {
    const pieces = krigingPieces(groups);
    await reading([waveforms], ([source]) =>
      writing(out, (target) =>
        pool.run(
          'krige',
          { waveforms: source, channels, samples, out: target },
          pieces.length,
          job,
          (index) => pieces[index],
        ),
      ),
    );
  }

  async function weightedSum(
    features: readonly Float64Array[],
    weights: Float64Array,
    out: Float64Array,
    job?: Job,
  ): Promise<void> {
    await reading(features, (sources) =>
      writing(out, (target) =>
        pool.run(
          'weightedSum',
          { features: sources, weights, out: target },
          weightedSumTaskCount(out.length),
          job,
        ),
      ),
    );
  }

  async function weightedSpanningTree(
    features: readonly Float64Array[],
    weights: Float64Array,
    n: number,
    job?: Job,
  ): Promise<SpanningTree> {
    const [tree] = await reading(features, (sources) =>
      pool.run('spanningTree', { features: sources, weights, n }, 1, job),
    );
    return tree;
  }

  async function distances(similarity: Float64Array, n: number, out: Float64Array, job?: Job): Promise<void> {
    await reading([similarity], ([source]) =>
      writing(out, (target) =>
        pool.run('distances', { similarity: source, n, out: target }, tileCount(n), job),
      ),
    );
  }

  async function leafOrder(
    linkage: SingleLinkage,
    distance: Float64Array,
    n: number,
    job?: Job,
  ): Promise<Int32Array> {
    const [order] = await reading([distance], ([source]) =>
      pool.run('leafOrder', { linkage, distance: source, n }, 1, job),
    );
    return order;
  }

  return {
    name,
    threads: pool.threads,
    float32: (length, zeroed) => store.float32(length, zeroed),
    float64: (length, zeroed) => store.float64(length, zeroed),
    release: (...arrays) => store.release(...arrays),
    describeUnits,
    correlateRows,
    correlateRowsWithGaps,
    correlateWaveforms,
    krige,
    weightedSum,
    spanningTree: (similarity, n, job) => weightedSpanningTree([similarity], Float64Array.of(1), n, job),
    weightedSpanningTree,
    distances,
    leafOrder,
    ...createNearbyKernels(store, pool, readable),
    async close() {
      store.clear();
      await pool.close();
    },
  };
}

/** Pairs of all tiles by the peak channel of the first unit, in lots that make a task. */
function pairsByChannel(
  lists: readonly Int32Array[],
  peakChannels: Int32Array,
  channels: number,
): ExactPairs[] {
  const byChannel: number[][] = Array.from({ length: channels }, () => []);
  for (const pairs of lists) {
    for (let p = 0; p < pairs.length; p += 2) byChannel[peakChannels[pairs[p]]].push(pairs[p], pairs[p + 1]);
  }
  return byChannel.flatMap((pairs, channel) =>
    Array.from({ length: Math.ceil(pairs.length / (2 * EXACT_PAIRS)) }, (_, lot) => ({
      channel,
      pairs: Int32Array.from(pairs.slice(2 * EXACT_PAIRS * lot, 2 * EXACT_PAIRS * (lot + 1))),
    })),
  );
}

/** Raises the similarity of pairs in (units, units) `out` to `z` where that is larger. */
function raise(out: Float64Array, units: number, pairs: Int32Array, z: Float64Array): void {
  for (let p = 0; p < z.length; p++) {
    const i = pairs[2 * p];
    const j = pairs[2 * p + 1];
    const larger = Math.max(out[i * units + j], z[p]);
    out[i * units + j] = larger;
    out[j * units + i] = larger;
  }
}
