/** A plot as a drawing of its own: always in the colours of the figures, title and key included. */
import { paintOn } from '../charts/plot.tsx';
import { sessionCountOfPage } from '../state/theme.ts';
import { paletteOf, resolveColours } from '../theme/palette.ts';
import type { PlotHandle } from './plot-registry.ts';

const PADDING = 12;
const LINE = 17;
/** Canvas pixels per px. */
const CANVAS_SCALE = 3;

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** @param fontFace style sheet text that brings the font along, for pictures */
export function drawingOf(handle: PlotHandle, fontFace = ''): Drawing {
  const svg = handle.svg.current;
  if (!svg) throw new Error('This plot is not drawn yet.');
  const palette = paletteOf('light', sessionCountOfPage());
  const clone = svg.cloneNode(true) as SVGSVGElement;
  for (const element of clone.querySelectorAll('[data-screen-only]')) element.remove();
  for (const element of clone.querySelectorAll('[class],[tabindex],[role]')) {
    for (const name of ['class', 'tabindex', 'role']) element.removeAttribute(name);
  }
  const key = handle.keys ?? [];
  const heads = [handle.title, ...(handle.subtitle ? [handle.subtitle] : [])];
  const head = PADDING + LINE * (heads.length + (key.length > 0 ? 1 : 0));
  const width = svg.width.baseVal.value + 2 * PADDING;
  const height = svg.height.baseVal.value + head + PADDING;
  const texts = heads.map(
    (text, i) =>
      `<text x="${PADDING}" y="${PADDING + LINE * i + 10}" fill="var(--${i === 0 ? 'ink' : 'muted'})" ` +
      `font-size="${i === 0 ? 13 : 11}" font-weight="${i === 0 ? 600 : 400}">${escapeXml(text)}</text>`,
  );
  let left = PADDING;
  for (const { name, colour } of key) {
    const y = PADDING + LINE * heads.length + 8;
    texts.push(
      `<circle cx="${left + 4}" cy="${y - 4}" r="4" fill="${colour}"/>` +
        `<text x="${left + 12}" y="${y}" font-size="11" fill="var(--ink)">${escapeXml(name)}</text>`,
    );
    left += 28 + name.length * 6.2;
  }
  const body = new XMLSerializer().serializeToString(clone).replace(/^<svg[^>]*>|<\/svg>$/g, '');
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="Inter, Helvetica, Arial, sans-serif">` +
    (fontFace ? `<style>${fontFace}</style>` : '') +
    `<rect width="100%" height="100%" fill="var(--paper)"/>${texts.join('')}` +
    `<g transform="translate(${PADDING} ${head})">${canvasImage(handle, palette)}${body}</g></svg>`;
  return { svg: resolveColours(text, palette), width, height };
}

function canvasImage({ paint, area, left, top }: PlotHandle, palette: ReturnType<typeof paletteOf>): string {
  if (!paint) return '';
  const canvas = document.createElement('canvas');
  paintOn(canvas, area, CANVAS_SCALE, (context) => paint(context, area, palette));
  return `<image x="${left}" y="${top}" width="${area.width}" height="${area.height}" href="${canvas.toDataURL()}"/>`;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
}
