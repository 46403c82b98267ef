/** The similarity matrix as a picture to move and zoom in. */
import { useMemo, useState } from 'react';
import type { MatrixOrder, Measure } from '../../server/protocol.ts';
import { type Point, usePlaneSurface } from '../charts/plane-surface.tsx';
import { type Area, Plot } from '../charts/plot.tsx';
import type { PanZoom, Viewport } from '../charts/use-pan-zoom.ts';
import { useSize } from '../charts/use-width.ts';
import { subjectOf } from '../model/groups.ts';
import { subjectPath } from '../state/actions.ts';
import { chooseUnits, useResult } from '../state/app.ts';
import { useKept } from '../state/kept.ts';
import { report } from '../state/messages.ts';
import { go, href } from '../state/route.ts';
import type { Palette } from '../theme/palette.ts';
import { axisTicks, edgesOf, neuronRuns, paintLines, paintOutlines, visibleCells } from './matrix-marks.ts';
import { MatrixTiles } from './matrix-tiles.ts';
import { measureTitle } from './pair-plots.tsx';

const LEFT = 58;
const RIGHT = 10;
/** What the title, the axis labels and the edges take of the height, px. */
const AROUND = 24 + 6 + 18 + 16 + 20;
const MOST_PIXELS = 60;

interface MatrixPlotProps {
  readonly measure: Measure;
  readonly order: MatrixOrder;
  /** Unit at each place. */
  readonly units: Int32Array;
  readonly most: number;
  readonly onPair: (pair: readonly [number, number] | undefined, value?: number) => void;
}

export function MatrixPlot({ measure, order, units, most, onPair }: MatrixPlotProps) {
  const { units: columns, curated } = useResult();
  const { labels } = curated.replayed.state;
  const n = units.length;
  const [size, box] = useSize<HTMLDivElement>();
  const [version, setVersion] = useState(0);
  const [moving, setViewport] = useKept<Viewport | undefined>(`matrix ${order}`, undefined);
  const tiles = useMemo(
    () => new MatrixTiles({ measure, order }, n, () => setVersion((v) => v + 1), report),
    [measure, order, n],
  );
  const width = Math.max(50, size.width - LEFT - RIGHT);
  const height = Math.max(50, size.height - AROUND);
  const home = useMemo<Viewport>(() => {
    const scale = n / Math.min(width, height);
    const [spareX, spareY] = [(width * scale - n) / 2, (height * scale - n) / 2];
    return { x: [-spareX, n + spareX], y: [n + spareY, -spareY] };
  }, [n, width, height]);
  const viewport = moving ?? home;
  const sessionEdges = useMemo(
    () => (order === 'depth' ? edgesOf(units, (unit) => columns.session[unit]) : []),
    [order, units, columns],
  );
  const runs = useMemo(() => neuronRuns(units, labels), [units, labels]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version repaints with the tiles that have come
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const window = { x: area.x.domain, y: area.y.domain };
      tiles.paint(context, window, area.x, area.y, { range: [0, most], missing: palette['pale-grey'] });
      paintLines(context, area, sessionEdges, palette, n);
      paintOutlines(context, area, { runs, units, labels, tiles, isOrdered: order === 'leaf' }, palette);
    },
    [tiles, version, most, sessionEdges, runs, units, labels, order, n],
  );
  const ticks = axisTicks(units, columns.session, order, viewport.x);
  const yTicks = axisTicks(units, columns.session, order, viewport.y);
  const least = width / MOST_PIXELS;
  return (
    <div className="canvas-stack" ref={box} data-complete={tiles.complete}>
      {size.height > 0 && (
        <Plot
          title={`${measureTitle(measure)} similarity of all units, by ${order === 'depth' ? 'session and depth' : 'the cluster tree'}`}
          name={`SimilarityMatrix_${measure}_${order}`}
          label={`${n} by ${n} units.`}
          interactive
          height={size.height - 24}
          left={LEFT}
          right={RIGHT}
          x={{ label: ticks.label, domain: viewport.x, ticks: ticks.list }}
          y={{ label: ticks.label, domain: viewport.y, ticks: yTicks.list }}
          paint={paint}
          table={() => visibleCells(tiles, units, viewport)}
        >
          {(area) => (
            <MatrixSurface
              area={area}
              units={units}
              labels={labels}
              panZoom={{ viewport, home, least, onChange: setViewport }}
              onOver={(row, column) =>
                row === undefined || column === undefined
                  ? onPair(undefined)
                  : onPair([units[row], units[column]], tiles.value(row, column))
              }
            />
          )}
        </Plot>
      )}
    </div>
  );
}

interface SurfaceProps {
  readonly area: Area;
  readonly units: Int32Array;
  readonly labels: Int32Array;
  readonly panZoom: PanZoom;
  readonly onOver: (row?: number, column?: number) => void;
}

/** Takes the pointer and the keys of the matrix. */
function MatrixSurface({ area, units, labels, panZoom, onOver }: SurfaceProps) {
  const cellAt = ([x, y]: Point) => {
    const column = Math.floor(area.x.invert(x));
    const row = Math.floor(area.y.invert(y));
    const inside = row >= 0 && column >= 0 && row < units.length && column < units.length;
    return inside ? ([row, column] as const) : undefined;
  };
  const { attributes } = usePlaneSurface(area, panZoom, {
    onHover: (at) => onOver(...(cellAt(at) ?? [])),
    onClick: (at, event) => {
      const cell = cellAt(at);
      if (!cell || cell[0] === cell[1]) return;
      const [a, b] = cell.map((place) => units[place]);
      if (event.ctrlKey || event.metaKey) chooseUnits([a, b], 'toggle');
      else go(href(`candidates/${subjectPath(subjectOf(a, labels))}`, { of: a, with: b }));
    },
  });
  return (
    <rect
      {...attributes}
      aria-label="Similarity matrix: plus and minus zoom, arrows move, 0 shows all. Candidates of a neuron list the same similarities."
      data-screen-only=""
      style={{ cursor: 'crosshair' }}
    />
  );
}
