/**
 * The heavy work behind one interface: `plain.ts` is the readable oracle, faster twins must give the same answers.
 *
 * Arrays that kernels work on come from `float32` and `float64`, so that a twin with threads can place them in
 * shared memory. Every method calls `progress(done, total)` at least a few times a second and rejects with
 * `StoppedError` soon after its signal is aborted. Nothing here keeps a reference to its arguments.
 */

import type { SingleLinkage } from '../clustering/single-linkage.ts';
import type { PairSearch, StrongPairs } from '../clustering/strong-pairs.ts';
import type { UnitDescriptionOptions, UnitDescriptions } from '../features/unit-description.ts';
import type { CellMatrix } from '../similarity/nearby-matrix.ts';
import type { WaveformWindows } from '../similarity/waveform-windows.ts';

export interface Job {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** Fisher z is cut at this value (r at tanh 6); it is also the diagonal of every similarity matrix. */
export const MAX_Z = 6;

export interface WaveformSimilarityInput {
  /** (units, channels, samples) waveforms of one template. */
  readonly waveforms: Float32Array;
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
  /** Number of neighbours n. */
  readonly neighbourCount: number;
}

export interface UnitDescriptionInput extends UnitDescriptionOptions {
  /** (units, channels, samples) */
  readonly waveforms: Float32Array;
  readonly units: number;
  /** Spike times of a unit, ms, in any order; only asked for where a histogram is. */
  spikeTimes(unit: number): Promise<Float64Array>;
}

export interface KrigingGroup {
  /** (channels, channels) interpolation matrix of one displacement. */
  readonly matrix: Float64Array;
  /** The units that share the displacement. */
  readonly units: Int32Array;
}

export interface NearbyWaveformInput {
  readonly windows: WaveformWindows;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
  /** Number of neighbours n. */
  readonly neighbourCount: number;
}

/** Edges of a minimum spanning tree in the order in which Prim's algorithm adds them. */
export interface SpanningTree {
  /** (n - 1,) the unit added before. */
  readonly from: Int32Array;
  /** (n - 1,) the unit that is added. */
  readonly to: Int32Array;
  /** (n - 1,) its distance to the tree. */
  readonly weight: Float64Array;
}

export interface Kernels {
  /** Recorded in the result. */
  readonly name: string;
  readonly threads: number;

  /**
   * Arrays the kernels can work on, filled with zeros. With `zeroed` false an array that was released before may come with what it holds:
   * for those who overwrite all of it.
   */
  float32(length: number, zeroed?: boolean): Float32Array;
  float64(length: number, zeroed?: boolean): Float64Array;

  /**
   * Takes back whole arrays that came from `float32` or `float64`, for the next ones; others are ignored. They must not be used
   * any more. Worth doing for large arrays: shared memory does not count as garbage until much later.
   */
  release(...arrays: readonly (Float32Array | Float64Array)[]): void;

  /** Location, autocorrelogram and histogram of intervals of every unit. */
  describeUnits(input: UnitDescriptionInput, job?: Job): Promise<UnitDescriptions>;

  /**
   * Fisher z of Pearson's r between all rows of x (rows, columns), symmetric, diagonal `MAX_Z`.
   * Rows without variance have r = 0. `out` is (rows, rows).
   */
  correlateRows(x: Float64Array, rows: number, columns: number, out: Float64Array, job?: Job): Promise<void>;

  /**
   * As `correlateRows`, over the columns that are not NaN in both rows.
   * Resolves to the first pair without a common column, if there is one (`out` is then incomplete).
   */
  correlateRowsWithGaps(
    x: Float64Array,
    rows: number,
    columns: number,
    out: Float64Array,
    job?: Job,
  ): Promise<readonly [number, number] | undefined>;

  /**
   * Waveform similarity: z[i,j] on the neighbours of peak channel i, symmetrised by the maximum, then
   * `out[i,j] = max(out[i,j], ·)` (start from -Infinity); diagonal `MAX_Z`. `out` is (units, units).
   */
  correlateWaveforms(input: WaveformSimilarityInput, out: Float64Array, job?: Job): Promise<void>;

  /** `out[u] = matrix · waveforms[u]` for the units of every group; other units of `out` are left alone. */
  krige(
    waveforms: Float32Array,
    channels: number,
    samples: number,
    groups: readonly KrigingGroup[],
    out: Float32Array,
    job?: Job,
  ): Promise<void>;

  /** Σ_f weights[f]·features[f], elementwise. */
  weightedSum(
    features: readonly Float64Array[],
    weights: Float64Array,
    out: Float64Array,
    job?: Job,
  ): Promise<void>;

  /**
   * Minimum spanning tree of the complete graph with distance `1 / (1 + tanh S)` by Prim's algorithm from unit 0;
   * among equal distances the lower unit is added. `similarity` is S, (n, n), symmetric.
   */
  spanningTree(similarity: Float64Array, n: number, job?: Job): Promise<SpanningTree>;

  /** `spanningTree` of `weightedSum(features, weights)`, which need not be there. */
  weightedSpanningTree(
    features: readonly Float64Array[],
    weights: Float64Array,
    n: number,
    job?: Job,
  ): Promise<SpanningTree>;

  /** `1 / (1 + tanh S)`, 0 on the diagonal. `similarity` is S, (n, n), symmetric, and so is `out`. */
  distances(similarity: Float64Array, n: number, out: Float64Array, job?: Job): Promise<void>;

  /** `optimalLeafOrder` of the tree. `distance` is (n, n), symmetric. */
  leafOrder(linkage: SingleLinkage, distance: Float64Array, n: number, job?: Job): Promise<Int32Array>;

  /** As `correlateRows`, for the pairs that `out` has cells for; row u of x belongs to unit u. */
  correlateRowsNearby(x: Float64Array, columns: number, out: CellMatrix, job?: Job): Promise<void>;

  /** As `correlateRowsWithGaps`, for the pairs that `out` has cells for. Resolves to one pair of units without a common column. */
  correlateRowsWithGapsNearby(
    x: Float64Array,
    columns: number,
    out: CellMatrix,
    job?: Job,
  ): Promise<readonly [number, number] | undefined>;

  /** As `correlateWaveforms`, for the pairs of windows that `outs` have cells for: raises them (`fillWithLowest` before the first template). */
  correlateWaveformsNearby(input: NearbyWaveformInput, outs: readonly CellMatrix[], job?: Job): Promise<void>;

  /** The pairs of a search, in the order of their rows, in pieces. */
  strongPairs(search: PairSearch, job?: Job): Promise<readonly StrongPairs[]>;

  /**
   * As `krige`, for the channels that are kept.
   * @param waveforms (units of the piece, channels, samples)
   * @param groups with units counted within the piece
   * @param firstUnit the first unit of the piece
   */
  krigeWindows(
    waveforms: Float32Array,
    groups: readonly KrigingGroup[],
    firstUnit: number,
    windows: WaveformWindows,
    job?: Job,
  ): Promise<void>;
}
