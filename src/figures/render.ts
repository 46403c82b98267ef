/** Figure → SVG text. */
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { textWidth } from './font-metrics.ts';
import { type FigureSpec, FONT_FAMILY } from './theme.ts';

export interface RenderOptions {
  /** Told what the grammar of graphics complains about; nothing when the figure is sound. */
  readonly onWarning?: (text: string) => void;
}

/**
 * Draws a figure as SVG. The same figure gives the same text, also when several are drawn at once.
 * The text stays text, in the font Inter with common sans-serif fonts to fall back on.
 */
export function renderSvg(spec: FigureSpec, options: RenderOptions = {}): Promise<string> {
  const drawn = queue.then(() => draw(spec, options));
  queue = drawn.catch(() => undefined);
  return drawn;
}

/** Vega numbers its clip paths by a counter of the module: one figure is drawn after another. */
let queue: Promise<unknown> = Promise.resolve();

async function draw(spec: FigureSpec, options: RenderOptions): Promise<string> {
  internals.textMetrics.width = measureText;
  internals.resetSVGDefIds();
  const logger = forwardingLogger(options.onWarning);
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { renderer: 'none', logger });
  try {
    const svg = await view.toSVG();
    return svg.replaceAll(
      `font-family="${FONT_FAMILY}"`,
      `font-family="${FONT_FAMILY}, Helvetica, Arial, sans-serif"`,
    );
  } finally {
    view.finalize();
  }
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  /** Width to which the text is cut, px; 0 for none. */
  readonly limit?: number;
}

/** Parts of Vega that its type declarations leave out. */
const internals = vega as unknown as {
  readonly textMetrics: { width: (item: TextItem, text: unknown) => number };
  readonly resetSVGDefIds: () => void;
};

/** Takes the place of Vega's estimate of 0.8 em per character. */
function measureText(item: TextItem, text: unknown): number {
  const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  const width = textWidth(String(text ?? '').trim(), item.fontSize ?? 11, bold ? 'semiBold' : 'regular');
  return item.limit ? Math.min(width, item.limit) : width;
}

function forwardingLogger(onWarning: ((text: string) => void) | undefined): vega.LoggerInterface {
  const forward = (...args: readonly unknown[]) => {
    onWarning?.(args.map(String).join(' '));
    return logger;
  };
  const ignore = () => logger;
  const logger = {
    level: (level?: number) => (level === undefined ? vega.Warn : logger),
    error: forward,
    warn: forward,
    info: ignore,
    debug: ignore,
  } as vega.LoggerInterface;
  return logger;
}
