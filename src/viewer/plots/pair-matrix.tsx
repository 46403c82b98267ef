/** Similarity of the units of a neuron with each other. */
import { useMemo } from 'react';
import { cellPixels, packed, paintCells } from '../charts/heat-map.ts';
import { HitArea } from '../charts/marks.tsx';
import { type Area, Plot } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import { sessionRunTicks } from '../model/session-runs.ts';
import { go, href } from '../state/route.ts';
import { ink, type Palette } from '../theme/palette.ts';
import { measureTitle } from './pair-plots.tsx';
import type { Strokes } from './strokes.ts';

interface MatrixProps {
  readonly measure: string;
  /** (units, units) */
  readonly values: Float32Array;
  readonly strokes: Strokes;
  readonly height: number;
  /** Fisher z of the last colour. */
  readonly most: number;
  /** How many units belong to the first of two neurons: a line stands between them. */
  readonly divided?: number;
}

/** Similarity of every unit with every other; a cell leads to the two side by side. */
export function PairMatrix({ measure, values, strokes, height, most, divided }: MatrixProps) {
  const { units, session } = strokes;
  const n = units.length;
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const withoutDiagonal = values.map((v, i) => (Math.floor(i / n) === i % n ? Number.NaN : v));
      const cells = { columns: n, rows: n, values: withoutDiagonal };
      paintCells(context, area, cellPixels(cells, [0, most], packed(palette['pale-grey'])));
    },
    [values, n, most],
  );
  const ticks = sessionRunTicks(
    units.map((unit) => session[unit]),
    divided,
  );
  return (
    <Plot
      title={`${measureTitle(measure)} similarity`}
      name={`PairSimilarity_${measure}`}
      label={`Similarity of ${n} units, from 0 (dark) to ${most} (bright) Fisher z.`}
      height={height}
      square
      x={{ label: 'Session', domain: [0, n], ticks }}
      y={{ domain: [n, 0], ticks, label: 'Session' }}
      paint={paint}
      right={38}
      colourScale={{ domain: [0, most], decimals: 1 }}
      table={() => ({
        columns: ['unit', 'session', ...units.map((unit) => `unit_${unit}`)],
        rows: units.map((unit, i) => [unit, session[unit], ...values.subarray(i * n, (i + 1) * n)]),
      })}
    >
      {(area) => (
        <>
          {divided !== undefined && (
            <path
              d={`M${area.x(divided)} 0V${area.height}M0 ${area.y(divided)}H${area.width}`}
              stroke={ink('vermillion')}
              strokeWidth="1.5"
            />
          )}
          <PairCells area={area} units={units} session={session} values={values} />
        </>
      )}
    </Plot>
  );
}

interface CellsProps {
  readonly area: Area;
  readonly units: readonly number[];
  readonly session: Int32Array;
  readonly values: Float32Array;
}

/** Writes the values where there is room, and tells them where there is none. */
function PairCells({ area, units, session, values }: CellsProps) {
  const n = units.length;
  const size = area.width / n;
  const cell = (part: number) => Math.min(n - 1, Math.max(0, Math.floor(part * n)));
  return (
    <>
      {size >= 25 &&
        Array.from({ length: n * n }, (_, cell) => {
          const [i, j] = [Math.floor(cell / n), cell % n];
          if (i === j) return null;
          return (
            <text
              key={`${i}-${j}`}
              x={(j + 0.5) * size}
              y={(i + 0.5) * size}
              dy="0.34em"
              textAnchor="middle"
              fontSize="10.5"
              fill={values[cell] > 2 ? '#222222' : '#ffffff'}
            >
              {formatNumber(values[cell], 1)}
            </text>
          );
        })}
      <HitArea
        area={area}
        find={(x, y) => [cell(y), cell(x)] as const}
        describe={([i, j]) => {
          const names = [i, j].map((k) => `unit ${units[k]} (session ${session[units[k]]})`);
          return i === j ? names[0] : `${names.join(' and ')}: ${formatNumber(values[i * n + j], 2)}`;
        }}
        onPick={([i, j]) => i !== j && go(href(`candidates/unit/${units[i]}`, { with: units[j] }))}
      />
    </>
  );
}
