/** A neuron or unit side by side with the one of another unit. */
import { useFetched } from '../api/use-fetched.ts';
import { extent, formatNumber } from '../charts/scale.ts';
import { type Subject, subjectOf, subjectTitle, unitsOf } from '../model/groups.ts';
import { type NeuronData, neuronData, neuronDataKey } from '../model/neuron-data.ts';
import { HistogramPlots } from '../plots/histogram-plots.tsx';
import { AmplitudeOverSessions, DepthOverSessions } from '../plots/over-sessions.tsx';
import { PairMatrix } from '../plots/pair-matrix.tsx';
import { measureTitle } from '../plots/pair-plots.tsx';
import { type Strokes, sessionStrokes } from '../plots/strokes.ts';
import { PeakWaveform, ProbeWaveforms } from '../plots/waveform-plots.tsx';
import { startMerge, subjectPath } from '../state/actions.ts';
import { useResult } from '../state/app.ts';
import { href } from '../state/route.ts';
import { useWaveformKind } from '../state/view-options.ts';
import { ink } from '../theme/palette.ts';
import type { Candidate } from './use-candidates.ts';

interface Props {
  readonly subject: Subject;
  readonly members: readonly number[];
  /** One unit of the other. */
  readonly unit: number;
  /** The unit of the subject that is compared with `unit`, each without the rest of its neuron. */
  readonly alone?: number;
  readonly known?: Candidate;
}

const HEIGHT = 168;

/** Both in all plots. */
export function Comparison({ subject, members, unit, alone, known }: Props) {
  const { overview, units: columns, curated } = useResult();
  const kind = useWaveformKind();
  const other = subjectOf(unit, curated.replayed.state.labels);
  const own = alone === undefined ? members : [alone];
  const others = alone === undefined ? unitsOf(other, curated.groups, overview.unitCount) : [unit];
  const all = [...own, ...others];
  const asked = useFetched(neuronDataKey(all, kind), () => neuronData(overview, all, kind));
  const data = asked.value;
  if (!data) return null;
  const n = data.units.length;
  const isMember = new Set(own);
  const mine = data.units.filter((u) => isMember.has(u));
  const theirs = data.units.filter((u) => !isMember.has(u));
  const none = new Set<number>();
  const strokes: Strokes = {
    units: data.units,
    session: columns.session,
    chosen: none,
    colour: (u) => (isMember.has(u) ? ink('blue') : ink('vermillion')),
  };
  const names =
    alone === undefined ? [subjectTitle(subject), subjectTitle(other)] : [`Unit ${alone}`, `Unit ${unit}`];
  const keys = [
    { name: names[0], colour: ink('blue') },
    { name: names[1], colour: ink('vermillion') },
  ];
  const range = data.waveforms && extent(data.waveforms.data);
  const ofPair = asked.fresh && data.similarity;
  const similarity =
    alone === undefined
      ? known?.similarity
      : ofPair
        ? overview.measures.map((_, m) => ofPair[m * n * n + 1])
        : undefined;
  return (
    <div className="grid" data-fresh={asked.fresh}>
      <div className="card line">
        <h2>
          <Name subject={subject} alone={alone} /> and{' '}
          <Name subject={other} alone={alone === undefined ? undefined : unit} />
        </h2>
        <p className="facts">
          {similarity?.map((value, m) => (
            <span key={overview.measures[m]}>
              {measureTitle(overview.measures[m])} <b>{formatNumber(value, 2)}</b>
            </span>
          ))}
        </p>
        <span style={{ flex: 1 }} />
        {!members.includes(unit) && (
          <button type="button" className="primary" onClick={startMerge}>
            Merge …
          </button>
        )}
        {known && (alone === undefined || known.nearest === alone) && (
          <p style={{ flexBasis: '100%' }}>Not joined: {known.reasons.join('; ')}.</p>
        )}
      </div>
      <div className="grid halves">
        {data.waveforms &&
          range &&
          [mine, theirs].map((part, i) => (
            <div className="card" key={keys[i].name}>
              <ProbeWaveforms
                waveforms={partOf(data, part)!}
                strokes={sessionStrokes(part, columns.session, none)}
                kind={`${data.kind} · ${keys[i].name}`}
                range={range}
                height={340}
              />
            </div>
          ))}
      </div>
      <div className="grid thirds">
        {data.waveforms && (
          <div className="card">
            <PeakWaveform
              waveforms={data.waveforms}
              strokes={strokes}
              kind={data.kind ?? ''}
              height={HEIGHT}
              keys={keys}
            />
          </div>
        )}
        <HistogramPlots
          data={data}
          strokes={strokes}
          height={HEIGHT}
          keys={keys}
          hasData={overview.hasData}
        />
        <div className="card">
          <DepthOverSessions
            overview={overview}
            columns={columns}
            members={data.units}
            strokes={strokes}
            height={HEIGHT}
          />
        </div>
        <div className="card">
          <AmplitudeOverSessions
            overview={overview}
            columns={columns}
            members={data.units}
            strokes={strokes}
            height={HEIGHT}
            keys={keys}
          />
        </div>
        {data.similarity && (
          <div className="card">
            <PairMatrix
              measure="weighted"
              values={data.similarity.subarray(0, n * n)}
              strokes={strokes}
              height={HEIGHT + 60}
              most={3}
              divided={mine.length}
            />
          </div>
        )}
      </div>
    </div>
  );
}

/** A neuron or unit, or one unit of a neuron. */
function Name({ subject, alone }: { subject: Subject; alone?: number }) {
  return (
    <>
      {subject.kind === 'neuron' && alone !== undefined && `Unit ${alone} of `}
      <a href={href(subjectPath(subject))}>{subjectTitle(subject)}</a>
    </>
  );
}

/** The waveforms of some of the units. */
function partOf({ waveforms, units }: NeuronData, part: readonly number[]) {
  if (!waveforms) return undefined;
  const size = waveforms.channels.length * waveforms.samples;
  const data = new Float32Array(part.length * size);
  part.forEach((unit, i) => {
    const at = units.indexOf(unit) * size;
    data.set(waveforms.data.subarray(at, at + size), i * size);
  });
  return { ...waveforms, data };
}
