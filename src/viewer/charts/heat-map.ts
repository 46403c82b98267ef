/** Matrices as pictures on a canvas. */
import { viridisRgb } from '../theme/palette.ts';

export interface Cells {
  readonly columns: number;
  readonly rows: number;
  /** (rows, columns), first row on top; NaN is missing. */
  readonly values: ArrayLike<number>;
}

/** Packed 0xAABBGGRR, as the memory of a picture has it on little-endian machines. */
export type ColourTable = Uint32Array;

const LEVELS = 256;

/** Viridis in 256 steps. */
const VIRIDIS_TABLE: ColourTable = Uint32Array.from({ length: LEVELS }, (_, i) => {
  const [r, g, b] = viridisRgb(i / (LEVELS - 1));
  return (255 << 24) | (b << 16) | (g << 8) | r;
});

/** `#rrggbb` as a packed colour. */
export function packed(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  return ((255 << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/** Pixels of a matrix, one per cell. */
export function cellPixels(
  { columns, rows, values }: Cells,
  [low, high]: readonly [number, number],
  missing: number,
  table: ColourTable = VIRIDIS_TABLE,
): ImageData {
  const image = new ImageData(Math.max(1, columns), Math.max(1, rows));
  const pixels = new Uint32Array(image.data.buffer);
  const last = table.length - 1;
  const factor = last / (high - low || 1);
  for (let i = 0; i < columns * rows; i++) {
    const level = (values[i] - low) * factor;
    pixels[i] = Number.isNaN(level) ? missing : table[Math.min(last, Math.max(0, Math.round(level)))];
  }
  return image;
}

/** A canvas of its own with these pixels. */
export function canvasOf(image: ImageData): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

/** Paints a matrix over the whole drawing area, cells as sharp squares. */
export function paintCells(
  context: CanvasRenderingContext2D,
  { width, height }: { width: number; height: number },
  image: ImageData,
): void {
  context.imageSmoothingEnabled = image.height > height * 1.5;
  context.drawImage(canvasOf(image), 0, 0, width, height);
}
