/** Where the texts of an SVG stand, for tests of legibility. */
import { textWidth } from '../../src/figures/font-metrics.ts';

/** One line of text and the box around it, px. */
export interface PlacedText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** All texts of an SVG made of nested translations, with text upright or turned by a quarter. */
export function placedTexts(svg: string): PlacedText[] {
  const stack: [number, number][] = [[0, 0]];
  const placed: PlacedText[] = [];
  for (const [, tag, attributes, content] of svg.matchAll(/<(\/?g|text)((?:\s[^>]*?)?)>([^<]*)/g)) {
    if (tag === '/g') {
      stack.pop();
      continue;
    }
    const [px, py] = stack[stack.length - 1];
    const [, dx = '0', dy = '0'] = /translate\(([-\d.e]+),\s*([-\d.e]+)\)/.exec(attributes) ?? [];
    const at: [number, number] = [px + Number(dx), py + Number(dy)];
    const isEmpty = attributes.endsWith('/');
    if (tag === 'g' && !isEmpty) stack.push(at);
    else if (tag === 'text' && !isEmpty) placed.push(box(at, attributes, content));
  }
  return placed;
}

function box([x, y]: [number, number], attributes: string, content: string): PlacedText {
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1];
  const text = content.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const size = Number.parseFloat(attribute('font-size') ?? '11');
  const width = textWidth(text, size, attribute('font-weight') === '600' ? 'semiBold' : 'regular');
  const anchor = attribute('text-anchor');
  const start = anchor === 'end' ? -width : anchor === 'middle' ? -width / 2 : 0;
  const [ascent, descent] = [0.74 * size, 0.2 * size];
  if (!/rotate\(-90\)|rotate\(270\)/.test(attributes)) {
    return { text, left: x + start, right: x + start + width, top: y - ascent, bottom: y + descent };
  }
  return { text, left: x - ascent, right: x + descent, top: y - start - width, bottom: y - start };
}

/** Couples of texts that cover each other by more than a hair. */
export function overlappingTexts(texts: readonly PlacedText[]): string[] {
  const overlaps: string[] = [];
  for (let i = 0; i < texts.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [texts[i], texts[j]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 0.5 && down > 0.5) overlaps.push(`"${b.text}" and "${a.text}"`);
    }
  return overlaps;
}
