/** One neuron over the sessions. */
import type { Overview, UnitColumns } from '../../server/protocol.ts';
import { Line } from '../charts/marks.tsx';
import { type Area, type KeyEntry, Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import { ink } from '../theme/palette.ts';
import { sessionAxis } from './session-axis.ts';
import { type Strokes, strokeOf } from './strokes.ts';

interface OverSessionsProps {
  readonly overview: Overview;
  readonly columns: UnitColumns;
  readonly members: readonly number[];
  readonly strokes: Strokes;
  readonly height: number;
  readonly keys?: readonly KeyEntry[];
}

/** Depth as it was found, as it is without motion, and where the motion would have taken the neuron. */
export function DepthOverSessions({ overview, columns, members, strokes, height }: OverSessionsProps) {
  const n = overview.sessions.length;
  const mean = members.reduce((sum, unit) => sum + columns.correctedY[unit], 0) / Math.max(1, members.length);
  const part =
    overview.parts.find(({ shankId }) => shankId === columns.shank[members[0]]) ?? overview.parts[0];
  const { linearScale, linear, constant } = part.motion;
  // The motion is one of the depth where the neuron appears: y = mean + motion(y), which is linear in y.
  const expected = Array.from({ length: n }, (_, s) => (mean + constant[s]) / (1 - linearScale * linear[s]));
  const domain = padded(
    extent([...expected, ...members.flatMap((unit) => [columns.y[unit], columns.correctedY[unit]])]),
    0.08,
  );
  return (
    <Plot
      title="Depth over sessions"
      name="DepthOverSessions"
      label="Position of every unit along the probe, and where the motion would have taken the neuron."
      height={height}
      x={sessionAxis(n, 8)}
      y={{ label: 'y (µm)', domain }}
      keys={[
        { name: 'found', colour: ink('blue') },
        { name: 'without motion', colour: ink('grey') },
        { name: 'expected', colour: ink('vermillion') },
      ]}
      table={() => ({
        columns: ['unit', 'session', 'y_um', 'without_motion_um', 'expected_um'],
        rows: members.map((u) => [
          u,
          columns.session[u],
          columns.y[u],
          columns.correctedY[u],
          expected[columns.session[u] - 1],
        ]),
      })}
    >
      {(area) => (
        <>
          <Line
            length={n}
            x={(s) => area.x(s + 1)}
            y={(s) => area.y(expected[s])}
            colour={ink('vermillion')}
            width={1.2}
          />
          {members.map((unit) => (
            <g key={unit} opacity={strokeOf(strokes, unit).opacity}>
              <circle
                cx={area.x(columns.session[unit])}
                cy={area.y(columns.correctedY[unit])}
                r="2.4"
                fill={ink('grey')}
              />
              <UnitDot
                area={area}
                columns={columns}
                strokes={strokes}
                unit={unit}
                value={columns.y[unit]}
                unitName="µm"
              />
            </g>
          ))}
        </>
      )}
    </Plot>
  );
}

export function AmplitudeOverSessions({
  overview,
  columns,
  members,
  strokes,
  height,
  keys,
}: OverSessionsProps) {
  const known = members.map((unit) => columns.amplitude[unit]).filter(Number.isFinite);
  const most = Math.max(1, ...known);
  return (
    <Plot
      title="Amplitude over sessions"
      name="AmplitudeOverSessions"
      label="Amplitude of every unit."
      keys={keys}
      height={height}
      x={sessionAxis(overview.sessions.length, 8)}
      y={{ label: 'µV', domain: [0, most * 1.08] }}
      table={() => ({
        columns: ['unit', 'session', 'amplitude_uV'],
        rows: members.map((unit) => [unit, columns.session[unit], columns.amplitude[unit]]),
      })}
    >
      {(area) => (
        <>
          {known.length === 0 && (
            <text
              x={area.width / 2}
              y={area.height / 2}
              textAnchor="middle"
              fontSize="11.5"
              fill={ink('muted')}
            >
              Not known without the recording.
            </text>
          )}
          <Line
            length={known.length === members.length ? members.length : 0}
            x={(i) => area.x(columns.session[members[i]])}
            y={(i) => area.y(columns.amplitude[members[i]])}
            colour={ink('grey')}
            width={1}
          />
          {members.map((unit) => (
            <g key={unit} opacity={strokeOf(strokes, unit).opacity}>
              <UnitDot
                area={area}
                columns={columns}
                strokes={strokes}
                unit={unit}
                value={columns.amplitude[unit]}
                unitName="µV"
              />
            </g>
          ))}
        </>
      )}
    </Plot>
  );
}

interface DotProps {
  readonly area: Area;
  readonly columns: UnitColumns;
  readonly strokes: Strokes;
  readonly unit: number;
  readonly value: number;
  /** What the value is in. */
  readonly unitName: string;
}

/** A unit by its session and a value, where that is known. */
function UnitDot({ area, columns, strokes, unit, value, unitName }: DotProps) {
  if (!Number.isFinite(value)) return null;
  const session = columns.session[unit];
  return (
    <circle cx={area.x(session)} cy={area.y(value)} r="3.4" fill={strokes.colour(unit)}>
      <title>{`Unit ${unit}, session ${session}: ${formatNumber(value, 1)} ${unitName}`}</title>
    </circle>
  );
}
