/** The figures of a result as files of its output folder. */
import {
  type DrawableResult,
  isMultiShank,
  type MovedResult,
  type MultiShankResult,
} from '../core/result.ts';
import {
  type DrawnFigure,
  drawFigures,
  drawMotionFigures,
  drawRoundFigures,
  type FigureName,
} from '../figures/index.ts';
import { shankFolder } from '../io/result-folder.ts';

export interface FigureFile {
  /** Path in the output folder. */
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Draws all figures, one after another: those of the result, with several shanks also those of each, and those of every motion
 * round when the settings ask for them.
 */
export async function* figureFiles(
  result: DrawableResult | MultiShankResult,
  options: {
    readonly signal?: AbortSignal;
    /** Figures of the whole result that are drawn already. */
    readonly without?: readonly FigureName[];
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): AsyncGenerator<FigureFile> {
  const { signal } = options;
  const parts: { folder: string; of: DrawableResult | MultiShankResult }[] = [{ folder: '', of: result }];
  if (isMultiShank(result)) {
    for (const { shankId, result: of } of result.shanks)
      parts.push({ folder: `${shankFolder(shankId)}/`, of });
  }
  for (const [part, { folder, of }] of parts.entries()) {
    const onProgress = (done: number, total: number) =>
      options.onProgress?.(part * total + done, parts.length * total);
    const without = folder === '' ? options.without : undefined;
    for await (const figure of drawFigures(of, { signal, onProgress, without }))
      yield* filesOf(`${folder}Figures`, figure);
    if (!result.settings.save_intermediate_figures || isMultiShank(of)) continue;
    for (let round = 1; round <= of.rounds.length; round++) {
      for await (const figure of drawRoundFigures(of, round, { signal })) {
        yield* filesOf(`${folder}Figures/Round${round}`, figure);
      }
    }
  }
}

/** Draws the figures that show the motion alone; tells them by name too. */
export async function motionFigureFiles(
  result: MovedResult,
): Promise<{ names: FigureName[]; files: FigureFile[] }> {
  const names: FigureName[] = [];
  const files: FigureFile[] = [];
  for await (const figure of drawMotionFigures(result)) {
    names.push(figure.name);
    files.push(...filesOf('Figures', figure));
  }
  return { names, files };
}

/** The files of a figure in a folder. */
export function* filesOf(folder: string, { name, svg, png }: DrawnFigure): Generator<FigureFile> {
  yield { path: `${folder}/${name}.png`, content: png };
  yield { path: `${folder}/${name}.svg`, content: new TextEncoder().encode(svg) };
}
