/** Pieces of a similarity matrix at any zoom, in any order of the units, without the whole matrix in memory. */
import type { SimilarityAccess } from '../io/similarity-access.ts';
import { levelSize, TILE_SIZE } from './protocol.ts';

export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns) */
  readonly values: Float32Array;
}

/** Rows and columns of the finest level that is kept in memory: 64 MiB. */
const LARGEST_LEVEL = 4096;

export class MatrixTiles {
  private readonly access: SimilarityAccess;
  /** (units,) unit at each place. */
  private readonly order: Int32Array;
  /** Finest level that is kept; finer ones are read from the matrix. */
  private readonly kept: number;
  /** From level `kept` on, each half as large as the one before. */
  private levels?: Promise<Float32Array[]>;

  constructor(access: SimilarityAccess, order: Int32Array) {
    this.access = access;
    this.order = order;
    this.kept = 1;
    while (levelSize(access.units, this.kept) > LARGEST_LEVEL) this.kept++;
  }

  /** The coarsest level there is: the first that fits in one tile. */
  get coarsest(): number {
    let level = 0;
    while (levelSize(this.access.units, level) > TILE_SIZE) level++;
    return level;
  }

  /**
   * @param level 0: a value per pair; each level above takes the largest of 2 × 2. The diagonal and pairs that were not compared
   *   are NaN
   * @throws RangeError when there is no such tile
   */
  async tile(level: number, row: number, column: number): Promise<Tile> {
    const size = levelSize(this.access.units, level);
    const tiles = Math.ceil(size / TILE_SIZE);
    if (!(level <= this.coarsest && row < tiles && column < tiles)) {
      throw new RangeError(`there is no tile ${row}, ${column} at level ${level}`);
    }
    const part = (at: number) => [at * TILE_SIZE, Math.min(size, (at + 1) * TILE_SIZE)] as const;
    const [top, bottom] = part(row);
    const [left, right] = part(column);
    const rows = bottom - top;
    const columns = right - left;
    if (level < this.kept)
      return { rows, columns, values: await this.pooled(level, top, bottom, left, right) };
    this.levels ??= this.build();
    const matrix = (await this.levels)[level - this.kept];
    const values = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      values.set(matrix.subarray((top + i) * size + left, (top + i) * size + right), i * columns);
    }
    return { rows, columns, values };
  }

  /** A piece of a fine level, from the matrix itself. */
  private async pooled(
    level: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
  ): Promise<Float32Array> {
    const step = 2 ** level;
    const { units } = this.access;
    const across = this.order.subarray(left * step, Math.min(units, right * step));
    const columns = right - left;
    const values = new Float32Array((bottom - top) * columns).fill(Number.NaN);
    // A few rows of the level at once: memory stays small however coarse it is.
    const few = Math.max(1, Math.floor(TILE_SIZE / step));
    for (let first = top; first < bottom; first += few) {
      const last = Math.min(bottom, first + few);
      const down = this.order.subarray(first * step, Math.min(units, last * step));
      const block = await this.access.block(down, across);
      for (let i = 0; i < down.length; i++) {
        const target = (first - top + Math.floor(i / step)) * columns;
        for (let j = 0; j < across.length; j++) {
          if (down[i] !== across[j])
            raise(values, target + Math.floor(j / step), block[i * across.length + j]);
        }
      }
    }
    return values;
  }

  /** The kept levels, in one pass over the matrix. */
  private async build(): Promise<Float32Array[]> {
    const { units } = this.access;
    const size = levelSize(units, this.kept);
    const step = 2 ** this.kept;
    const place = new Int32Array(units);
    this.order.forEach((unit, at) => {
      place[unit] = Math.floor(at / step);
    });
    const finest = new Float32Array(size * size).fill(Number.NaN);
    for await (const { unit, columns, values } of this.access.scan()) {
      const target = place[unit] * size;
      for (let i = 0; i < values.length; i++) {
        const other = columns ? columns[i] : i;
        if (other !== unit) raise(finest, target + place[other], values[i]);
      }
    }
    const levels: Float32Array[] = [finest];
    for (let level = this.kept + 1; level <= this.coarsest; level++) {
      levels.push(halved(levels[levels.length - 1], levelSize(units, level - 1)));
    }
    return levels;
  }
}

/** Keeps the larger one; anything is larger than NaN. */
function raise(values: Float32Array, at: number, value: number): void {
  if (!(values[at] >= value || Number.isNaN(value))) values[at] = value;
}

function halved(matrix: Float32Array, size: number): Float32Array {
  const half = Math.ceil(size / 2);
  const values = new Float32Array(half * half).fill(Number.NaN);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) raise(values, (i >> 1) * half + (j >> 1), matrix[i * size + j]);
  }
  return values;
}

/** Units by session, in it by depth. */
export function depthOrder(sessions: Int32Array, depths: Float64Array): Int32Array {
  return Int32Array.from(sessions.keys()).sort(
    (a, b) => sessions[a] - sessions[b] || depths[a] - depths[b] || a - b,
  );
}
