/** Saves a plot into a file of the user's. */
import regular from '../../figures/fonts/Inter-Regular.ttf?url';
import semiBold from '../../figures/fonts/Inter-SemiBold.ttf?url';
import { download } from './download.ts';
import { plotOf } from './plot-registry.ts';
import { type Drawing, drawingOf } from './plot-svg.ts';
import { csvOf } from './table.ts';

export type PlotFormat = 'png' | 'svg' | 'csv';

/** Pixels of a PNG per px. */
const PNG_SCALE = 3;

/** @throws Error when the plot is not drawn yet or the browser cannot make the picture */
export async function savePlot(figure: Element, format: PlotFormat): Promise<void> {
  const handle = plotOf(figure);
  if (format === 'csv') {
    if (!handle.table) throw new Error('This plot has no data to save.');
    return download(`${handle.name}.csv`, new Blob([csvOf(handle.table())], { type: 'text/csv' }));
  }
  if (format === 'svg') {
    return download(`${handle.name}.svg`, new Blob([drawingOf(handle).svg], { type: 'image/svg+xml' }));
  }
  download(`${handle.name}.png`, await pngOf(drawingOf(handle, await fontFaces())));
}

async function pngOf({ svg, width, height }: Drawing): Promise<Blob> {
  const image = new Image(width, height);
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: Math.round(width * PNG_SCALE), height: Math.round(height * PNG_SCALE) });
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!blob) throw new Error('The browser could not make the picture.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

let faces: Promise<string> | undefined;

/** The shipped font as a style sheet without references: pictures load nothing. */
function fontFaces(): Promise<string> {
  faces ??= Promise.all([face(regular, 400), face(semiBold, 600)]).then((texts) => texts.join(''));
  return faces;
}

async function face(url: string, weight: number): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return `@font-face{font-family:Inter;font-weight:${weight};src:url(data:font/ttf;base64,${btoa(binary)})}`;
}
