/** Pieces of a similarity matrix at several resolutions, fetched when they come into sight and kept as pictures. */
import { levelSize, type MatrixOrder, type Measure, TILE_SIZE } from '../../server/protocol.ts';
import { api } from '../api/client.ts';
import { canvasOf, cellPixels, packed } from '../charts/heat-map.ts';

export interface MatrixSource {
  readonly order: MatrixOrder;
  readonly measure: Measure;
}

interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** Painted in `colours`. */
  picture?: HTMLCanvasElement;
  colours?: string;
}

/** Rows and columns of the matrix in sight, in cells. */
export interface CellWindow {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

const MOST_REQUESTS = 6;
const MOST_TILES = 700;

export class MatrixTiles {
  private readonly tiles = new Map<string, Tile>();
  private readonly asked = new Set<string>();
  private wanted: { key: string; level: number; row: number; column: number }[] = [];
  private painted = false;
  private failures = 0;

  /**
   * @param units rows of the matrix
   * @param onTile called when a piece has come
   */
  constructor(
    private readonly source: MatrixSource,
    readonly units: number,
    private readonly onTile: () => void,
    private readonly onError: (error: Error) => void,
  ) {}

  /** The level that fits in one tile. */
  get coarsest(): number {
    let level = 0;
    while (levelSize(this.units, level) > TILE_SIZE) level++;
    return level;
  }

  /** The level whose cells are at least a pixel. */
  levelFor(pixelsPerCell: number): number {
    return Math.min(this.coarsest, Math.max(0, Math.floor(Math.log2(1 / pixelsPerCell) + 0.5)));
  }

  /** Paints what is in sight, as well as it is known, and fetches what is missing. */
  paint(
    context: CanvasRenderingContext2D,
    window: CellWindow,
    toX: (cell: number) => number,
    toY: (cell: number) => number,
    { range, missing }: { range: readonly [number, number]; missing: string },
  ): void {
    const best = this.levelFor(toX(1) - toX(0));
    const colours = `${range.join()} ${missing}`;
    this.wanted = [];
    this.painted = true;
    for (let level = this.coarsest; level >= best; level--) {
      const cells = TILE_SIZE * 2 ** level;
      const last = Math.ceil(levelSize(this.units, level) / TILE_SIZE) - 1;
      const span = ([a, b]: readonly [number, number]) => [
        Math.max(0, Math.floor(Math.min(a, b) / cells)),
        Math.min(last, Math.floor(Math.max(a, b) / cells)),
      ];
      const [row0, row1] = span(window.y);
      const [column0, column1] = span(window.x);
      // Levels in between serve only until the best one is there.
      const isNeeded = level === best || level === this.coarsest;
      for (let row = row0; row <= row1; row++) {
        for (let column = column0; column <= column1; column++) {
          const key = `${level}/${row}/${column}`;
          const tile = this.tiles.get(key);
          if (!tile) {
            if (isNeeded) this.wanted.push({ key, level, row, column });
            continue;
          }
          this.tiles.delete(key);
          this.tiles.set(key, tile);
          if (!tile.picture || tile.colours !== colours) {
            tile.picture = canvasOf(cellPixels(tile, range, packed(missing)));
            tile.colours = colours;
          }
          const scale = 2 ** level;
          const [x0, y0] = [toX(column * cells), toY(row * cells)];
          const [x1, y1] = [toX(column * cells + tile.columns * scale), toY(row * cells + tile.rows * scale)];
          context.imageSmoothingEnabled = (x1 - x0) / tile.columns < 1;
          context.drawImage(tile.picture, x0, y0, x1 - x0, y1 - y0);
        }
      }
    }
    this.fetchWanted();
  }

  /** Similarity at a cell, when its piece is there. */
  value(row: number, column: number): number | undefined {
    const [tileRow, tileColumn] = [Math.floor(row / TILE_SIZE), Math.floor(column / TILE_SIZE)];
    const tile = this.tiles.get(`0/${tileRow}/${tileColumn}`);
    return tile?.values[(row - tileRow * TILE_SIZE) * tile.columns + (column - tileColumn * TILE_SIZE)];
  }

  /** Whether everything that was in sight when it was painted last is there. */
  get complete(): boolean {
    return this.painted && this.wanted.length === 0 && this.asked.size === 0;
  }

  private fetchWanted(): void {
    for (const { key, level, row, column } of this.wanted) {
      if (this.asked.size >= MOST_REQUESTS || this.failures > 3) return;
      if (this.asked.has(key)) continue;
      this.asked.add(key);
      api
        .matrixTile({ ...this.source, level, row, column })
        .then(
          ({ arrays, meta }) => {
            this.tiles.set(key, { ...meta, values: arrays.values });
            this.wanted = this.wanted.filter((tile) => tile.key !== key);
            for (const oldest of this.tiles.keys()) {
              if (this.tiles.size <= MOST_TILES) break;
              this.tiles.delete(oldest);
            }
          },
          (error: Error) => {
            this.failures++;
            this.onError(error);
          },
        )
        .finally(() => {
          this.asked.delete(key);
          this.onTile();
        });
    }
  }
}
