/** SVG text → PNG bytes, with the fonts that come with the package. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { Resvg, type ResvgRenderOptions, renderAsync } from '@resvg/resvg-js';
import { encodeRgbaPng } from './png-image.ts';

/** Pixels of the PNG per CSS px of the figure: 300 dpi. */
export const DEFAULT_PNG_SCALE = 3.125;

const FONT_FILES = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf'];
const FONT_WEIGHTS = [400, 600];

const compress = promisify(deflate);
/** Takes a third of the time of the usual level, for a sixth more bytes. */
const COMPRESSION = { level: 3 };

/**
 * Most of the work is done on another thread. What the picture leaves open is white.
 *
 * @param scale pixels per CSS px, above 0
 * @throws RangeError for another scale
 * @throws Error when the font files of the package are not where they belong
 */
export async function svgToPng(svg: string, scale = DEFAULT_PNG_SCALE): Promise<Uint8Array<ArrayBuffer>> {
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`svgToPng: got scale ${scale}, expected a number above 0`);
  }
  const { width, height, pixels } = await renderAsync(svg, {
    font: findFonts(),
    fitTo: { mode: 'zoom', value: scale },
    background: '#fff',
  });
  return encodeRgbaPng({ width, height, pixels }, (bytes) => compress(bytes, COMPRESSION));
}

let fonts: ResvgRenderOptions['font'];

/** The fonts that figures are drawn with, for pages that hold figures: CSS that needs nothing else. */
export async function fontFaces(): Promise<string> {
  const faces = (findFonts()?.fontFiles ?? []).map(async (file, i) => {
    const data = (await readFile(file)).toString('base64');
    return `@font-face { font-family: Inter; font-weight: ${FONT_WEIGHTS[i]}; src: url(data:font/ttf;base64,${data}); }`;
  });
  return (await Promise.all(faces)).join('\n');
}

/** The font files lie beside this module, or in `figures/` when a bundler has moved the module. */
function findFonts(): ResvgRenderOptions['font'] {
  if (fonts) return fonts;
  const folders = ['./fonts/', '../figures/fonts/', './figures/fonts/'].map(
    (folder) => new URL(folder, import.meta.url),
  );
  for (const folder of folders) {
    const candidate = {
      loadSystemFonts: false,
      fontFiles: FONT_FILES.map((name) => pathOf(new URL(name, folder))),
      defaultFontFamily: 'Inter',
    };
    if (drawsText(candidate)) {
      fonts = candidate;
      return fonts;
    }
  }
  throw new Error(`svgToPng: no font files found in ${folders.map((f) => f.href).join(' or ')}`);
}

/** Text in a font that is not there is left out silently, so its extent tells. */
function drawsText(font: ResvgRenderOptions['font']): boolean {
  const probe = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">x</text></svg>';
  return new Resvg(probe, { font }).getBBox() !== undefined;
}

/** Path of a file URL, also on Windows (`file:///C:/…`). */
function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, '$1');
}
