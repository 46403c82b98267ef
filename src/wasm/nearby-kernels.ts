/** The kernels for nearby pairs with WebAssembly SIMD. Matrices and windows must lie in memory that tasks can reach. */
import { strongPairsTasks } from '../core/clustering/strong-pairs.ts';
import type { Job, Kernels, KrigingGroup, NearbyWaveformInput } from '../core/kernels/kernels.ts';
import type { CellMatrix } from '../core/similarity/nearby-matrix.ts';
import type { WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { ArrayStore } from './array-store.ts';
import { krigingPieces } from './kriging-task.ts';
import { nearbyTiles } from './nearby-rows-tasks.ts';
import { planNearbyWaveforms } from './nearby-waveform-plan.ts';
import type { TaskPool } from './task-pool.ts';
import { windowMomentsTaskCount } from './window-moments-task.ts';

type NearbyKernels = Pick<
  Kernels,
  | 'correlateRowsNearby'
  | 'correlateRowsWithGapsNearby'
  | 'correlateWaveformsNearby'
  | 'strongPairs'
  | 'krigeWindows'
>;

/** @param readable gives the array, or a copy of it that tasks can read */
export function createNearbyKernels(
  store: ArrayStore,
  pool: TaskPool,
  readable: <T extends Float32Array | Float64Array>(array: T) => T,
): NearbyKernels {
  async function correlate(x: Float64Array, columns: number, gaps: boolean, out: CellMatrix, job: Job) {
    const tiles = nearbyTiles(out.layout);
    const source = readable(x);
    try {
      const input = { x: source, columns, gaps, out };
      const found = await pool.run('nearbyRows', input, tiles.length, job, (index) => tiles[index]);
      return found.find((pair) => pair !== undefined);
    } finally {
      if (source !== x) store.release(source);
    }
  }

  async function correlateWaveformsNearby(
    { windows, neighbours, neighbourCount }: NearbyWaveformInput,
    outs: readonly CellMatrix[],
    job: Job = {},
  ): Promise<void> {
    const { units, width } = windows;
    const means = store.float64(units * width);
    const squares = store.float64(units * width);
    const quiet = { signal: job.signal };
    try {
      const found = await pool.run(
        'windowMoments',
        { windows, means, squares },
        windowMomentsTaskCount(units),
        quiet,
      );
      const peakChannels = new Int32Array(units);
      let at = 0;
      for (const peaks of found) {
        peakChannels.set(peaks, at);
        at += peaks.length;
      }
      // One after the other: the parts of one matrix write the same cells.
      const parts = outs.flatMap((out) => {
        const { after, before } = planNearbyWaveforms(out.layout, peakChannels);
        return [
          { out, rowsFirst: true, tasks: after },
          { out, rowsFirst: false, tasks: before },
        ];
      });
      const total = parts.reduce((sum, { tasks }) => sum + tasks.count, 0);
      let done = 0;
      for (const { out, rowsFirst, tasks } of parts) {
        const progress = (finished: number) => job.progress?.(done + finished, total);
        const input = { windows, means, squares, neighbours, neighbourCount, rowsFirst, out };
        const ofPart = { signal: job.signal, progress };
        await pool.run('nearbyWaveforms', input, tasks.count, ofPart, tasks.taskOf);
        done += tasks.count;
      }
    } finally {
      store.release(means, squares);
    }
  }

  async function krigeWindows(
    waveforms: Float32Array,
    groups: readonly KrigingGroup[],
    firstUnit: number,
    windows: WaveformWindows,
    job: Job = {},
  ): Promise<void> {
    const pieces = krigingPieces(groups);
    const source = readable(waveforms);
    try {
      const input = { waveforms: source, firstUnit, windows };
      await pool.run('krigeWindows', input, pieces.length, job, (index) => pieces[index]);
    } finally {
      if (source !== waveforms) store.release(source);
    }
  }

  return {
    async correlateRowsNearby(x, columns, out, job = {}) {
      await correlate(x, columns, false, out, job);
    },
    correlateRowsWithGapsNearby: (x, columns, out, job = {}) =>
      correlate(x, columns, x.some(Number.isNaN), out, job),
    correlateWaveformsNearby,
    strongPairs(search, job) {
      const starts = strongPairsTasks(search.features[0].layout);
      return pool.run('strongPairs', { search, starts }, starts.length - 1, job);
    },
    krigeWindows,
  };
}
