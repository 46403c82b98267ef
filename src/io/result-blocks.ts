/**
 * A result as it goes into one output folder: one block of units, or one for each shank, whose arrays are put together in the
 * order of all units. Entries between blocks are 0.
 */
import type { ClusteringResult, MultiShankResult, TrackingResult, UnitFeatures } from '../core/result.ts';
import type { Settings } from '../core/settings.ts';
import { zeroPieces } from './byte-source.ts';
import type { NpyOutput } from './npy-writer.ts';

/** Something that is known of every unit, block by block. */
export interface Blocks<Result> {
  /** Units of all blocks. */
  readonly units: number;
  readonly blocks: readonly {
    /** (units of the block,) index of each among all units. */
    readonly units: Int32Array;
    readonly result: Result;
  }[];
}

export interface Block<Result = TrackingResult> {
  /** (units of the block,) index of each among all units. */
  readonly units: Int32Array;
  readonly result: Result;
  /** Added to its cluster labels before curation. */
  readonly firstCluster: number;
}

export interface ResultBlocks {
  readonly settings: Settings;
  readonly units: number;
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  readonly features: UnitFeatures;
  readonly blocks: readonly Block[];
  /** Shank ids of the blocks; undefined for a result without: what there is one of then has no axis for shanks. */
  readonly shankIds?: readonly number[];
  /** (units,) curated clusters from 0, -1 unmatched. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  /** (M, 2) */
  readonly matchedPairs: Int32Array;
}

/** A clustering as it goes into files, which need not have its leaf order before they come to it. */
export interface ClusteredBlocks extends Pick<ResultBlocks, 'settings' | 'units' | 'shankIds'> {
  readonly blocks: readonly Block<{
    readonly clustering: Omit<ClusteringResult, 'leafOrder'> & {
      readonly leafOrder: Int32Array | Promise<Int32Array>;
    };
  }>[];
}

/** All units as one block. */
export function oneBlock<Result>(units: number, result: Result): Blocks<Result> {
  return { units, blocks: [{ units: Int32Array.from({ length: units }, (_, unit) => unit), result }] };
}

export function blocksOfTracking(result: TrackingResult): ResultBlocks {
  const { settings, sessions, sessionCount, features, curation } = result;
  const { units } = features;
  const [block] = oneBlock(units, result).blocks;
  return {
    settings,
    units,
    sessions,
    sessionCount,
    features,
    blocks: [{ ...block, firstCluster: 0 }],
    labels: curation.labels,
    clusterCount: curation.clusterCount,
    matchedPairs: curation.matchedPairs,
  };
}

export function blocksOfShanks(result: MultiShankResult): ResultBlocks {
  let firstCluster = 0;
  const blocks = result.shanks.map(({ units, result: shank }) => {
    const block = { units, result: shank, firstCluster };
    firstCluster += shank.clustering.clusterCount;
    return block;
  });
  return {
    ...result,
    units: result.features.units,
    blocks,
    shankIds: result.shanks.map(({ shankId }) => shankId),
  };
}

/** What there is one of for each block; with shanks they get an axis of their own. */
export function perBlock<Result>(
  { blocks, shankIds }: Blocks<Result> & Pick<ResultBlocks, 'shankIds'>,
  shape: readonly number[],
  valuesOf: (result: Result) => ArrayLike<number>,
): NpyOutput {
  return {
    dtype: 'float64',
    shape: shankIds ? [blocks.length, ...shape] : shape,
    data: blocks.flatMap(({ result }) => Array.from(valuesOf(result))),
  };
}

/** Elements of a matrix that are put together at once. */
const PIECE_LENGTH = 1 << 18;

type Row = Float64Array | Uint8Array;

/**
 * A (units, units) matrix, row by row; 0 between blocks.
 * @param fillRow writes the row of a unit of a block, as long as the block has units, over zeros
 */
export function unitMatrix<Result>(
  { units, blocks }: Blocks<Result>,
  dtype: 'float64' | 'bool',
  fillRow: (result: Result, unit: number, row: Row) => void,
): NpyOutput {
  const place = placeOfUnits(units, blocks);
  const rows = Math.max(1, Math.floor(PIECE_LENGTH / units));
  const newRow = (length: number): Row =>
    dtype === 'bool' ? new Uint8Array(length) : new Float64Array(length);
  return {
    dtype,
    shape: [units, units],
    *data() {
      for (let start = 0; start < units; start += rows) {
        const end = Math.min(start + rows, units);
        const piece = newRow((end - start) * units);
        for (let unit = start; unit < end; unit++) {
          const { block, index } = place[unit];
          const target = piece.subarray((unit - start) * units, (unit - start + 1) * units);
          if (blocks.length === 1) {
            fillRow(block.result, index, target);
            continue;
          }
          const row = newRow(block.units.length);
          fillRow(block.result, index, row);
          for (let j = 0; j < row.length; j++) target[block.units[j]] = row[j];
        }
        yield piece;
      }
    },
  };
}

/** A (units, units) matrix that every block has in memory, or lacks: zeros then. */
export function storedMatrix<Result>(
  blocks: Blocks<Result>,
  matrixOf: (result: Result) => Float64Array | undefined,
): NpyOutput {
  const { units } = blocks;
  const whole = blocks.blocks.length === 1 ? matrixOf(blocks.blocks[0].result) : undefined;
  if (whole) return { dtype: 'float64', shape: [units, units], data: whole };
  if (!blocks.blocks.some(({ result }) => matrixOf(result))) return zeroMatrix(units);
  return unitMatrix(blocks, 'float64', (result, unit, row) => {
    const start = unit * row.length;
    const matrix = matrixOf(result);
    if (matrix) row.set(matrix.subarray(start, start + row.length));
  });
}

function zeroMatrix(units: number): NpyOutput {
  return {
    dtype: 'float64',
    shape: [units, units],
    *data() {
      for (const { buffer, length } of zeroPieces(8 * units * units))
        yield new Float64Array(buffer, 0, length / 8);
    },
  };
}

/** (count, 2) pairs of all blocks, block after block, by their indices among all units. */
export function unitPairs<Result>(
  { blocks }: Blocks<Result>,
  pairsOf: (result: Result) => Int32Array,
): NpyOutput {
  const count = blocks.reduce((sum, { result }) => sum + pairsOf(result).length / 2, 0);
  return {
    dtype: 'int64',
    shape: [count, 2],
    *data() {
      // One block has all units, in their order.
      if (blocks.length === 1) yield pairsOf(blocks[0].result);
      else for (const { units, result } of blocks) yield pairsOf(result).map((unit) => units[unit]);
    },
  };
}

/** (units,) labels of every unit, each from its own block. */
export function gatherUnits<Part extends { readonly units: Int32Array }>(
  blocks: { readonly units: number; readonly blocks: readonly Part[] },
  labelOf: (block: Part, unit: number) => number,
): Int32Array {
  return Int32Array.from(gatherValues(blocks, labelOf));
}

/** (units,) values of every unit, each from its own block. */
function gatherValues<Part extends { readonly units: Int32Array }>(
  { units, blocks }: { readonly units: number; readonly blocks: readonly Part[] },
  valueAt: (block: Part, unit: number) => number,
): Float64Array {
  const values = new Float64Array(units);
  for (const block of blocks) {
    block.units.forEach((unit, index) => {
      values[unit] = valueAt(block, index);
    });
  }
  return values;
}

/** (units,) mean probability of the matched pairs of every unit; NaN for unmatched units. */
export const unitConfidence = (blocks: ResultBlocks): Float64Array =>
  gatherValues(blocks, ({ result }, unit) => result.confidence.unitConfidence[unit]);

/** Which block every unit is in, and its index there. */
export function placeOfUnits<Part extends { readonly units: Int32Array }>(
  units: number,
  blocks: readonly Part[],
): readonly { block: Part; index: number }[] {
  const place = new Array<{ block: Part; index: number }>(units);
  for (const block of blocks) {
    block.units.forEach((unit, index) => {
      place[unit] = { block, index };
    });
  }
  return place;
}
