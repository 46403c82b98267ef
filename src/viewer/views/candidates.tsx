/** The most similar others of a neuron or unit, side by side with it, and why they were not joined. */
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { extent, formatNumber } from '../charts/scale.ts';
import { parseSubject, type Subject, subjectOf, subjectTitle, unitsOf } from '../model/groups.ts';
import { type NeuronData, neuronData, neuronDataKey } from '../model/neuron-data.ts';
import { whyNotJoined } from '../model/why-not.ts';
import { Segments } from '../parts/segments.tsx';
import { SubjectHead } from '../parts/subject-head.tsx';
import { useSubject } from '../parts/use-subject.ts';
import { WaveformKinds } from '../parts/waveform-kinds.tsx';
import { HistogramPlots } from '../plots/histogram-plots.tsx';
import { AmplitudeOverSessions, DepthOverSessions } from '../plots/over-sessions.tsx';
import { PairMatrix } from '../plots/pair-matrix.tsx';
import { measureTitle } from '../plots/pair-plots.tsx';
import { type Strokes, sessionStrokes } from '../plots/strokes.ts';
import { PeakWaveform, ProbeWaveforms } from '../plots/waveform-plots.tsx';
import { startMerge, subjectPath } from '../state/actions.ts';
import { chooseUnits, useResult } from '../state/app.ts';
import { go, href, useRoute } from '../state/route.ts';
import { useWaveformKind } from '../state/view-options.ts';
import { ink } from '../theme/palette.ts';

const COUNT = 200;
const NOBODY: readonly number[] = [];
const LISTS = [
  { value: true, name: 'Best per session' },
  { value: false, name: 'All' },
];

interface Candidate {
  readonly unit: number;
  readonly nearest: number;
  /** In the order of the measures. */
  readonly similarity: readonly number[];
  readonly reasons: readonly string[];
}

export function CandidatesView() {
  const { overview, units } = useResult();
  const route = useRoute();
  const [perSession, setPerSession] = useState(true);
  const asked = parseSubject(route.rest);
  const open = useSubject(asked, (subject) => address(subject));
  const members = open?.members ?? NOBODY;
  const { list, error } = useCandidates(members);
  const shown = useMemo(
    () => (perSession ? bestPerSession(list, units.session) : list),
    [list, perSession, units],
  );
  const wanted = Number(route.query.get('with') ?? Number.NaN);
  const unit =
    Number.isInteger(wanted) && wanted < overview.unitCount && !members.includes(wanted)
      ? wanted
      : shown[0]?.unit;

  // What is looked at is what M merges with.
  useEffect(() => {
    chooseUnits(unit === undefined ? [] : [unit]);
    return () => chooseUnits([]);
  }, [unit]);

  if (!open) {
    return (
      <div className="full-message">
        <h1>{asked ? `There is no ${subjectTitle(asked).toLowerCase()}` : 'No such neuron'}</h1>
        <p>
          <a href={href('neurons')}>Neurons</a>
        </p>
      </div>
    );
  }
  const { subject } = open;
  const choose = (candidate: number) => go(address(subject, candidate), { replace: true });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = shown[shown.findIndex((candidate) => candidate.unit === unit) + by];
    if (by === 0 || !next) return;
    event.preventDefault();
    choose(next.unit);
    document.getElementById(`candidate-${next.unit}`)?.focus();
  };
  return (
    <article className="table-view" data-subject={subjectPath(subject)}>
      <SubjectHead {...open}>
        <WaveformKinds />
        <a className="button" href={href(subjectPath(subject))}>
          All days<kbd>3</kbd>
        </a>
      </SubjectHead>
      <div className="two-panes">
        <section className="card table-view" aria-label="Candidates">
          <div className="line" style={{ marginBottom: 6 }}>
            <h2 style={{ flex: 1 }}>Most similar others</h2>
            <Segments label="Which candidates" options={LISTS} value={perSession} onChange={setPerSession} />
          </div>
          {error && <p className="warning-box">{error.message}</p>}
          <div className="scroll" onKeyDown={onKeyDown}>
            <CandidateTable candidates={shown} chosen={unit} onChoose={choose} />
          </div>
        </section>
        <section className="scroll" aria-label="Side by side">
          {unit !== undefined && (
            <Comparison
              subject={subject}
              members={members}
              unit={unit}
              known={list.find((c) => c.unit === unit)}
            />
          )}
        </section>
      </div>
    </article>
  );
}

const address = (subject: Subject, candidate?: number) =>
  href(`candidates/${subjectPath(subject)}`, { with: candidate });

function useCandidates(members: readonly number[]): { list: readonly Candidate[]; error?: Error } {
  const { overview, units, curated } = useResult();
  const { labels } = curated.replayed.state;
  const key = members.length > 0 ? members.join(',') : undefined;
  const { value, fresh, error } = useFetched(key, () => api.candidates({ units: members, count: COUNT }));
  const list = useMemo(() => {
    if (!value || !fresh) return [];
    const { unit, nearest, similarity } = value.arrays;
    const n = unit.length;
    const part =
      overview.parts.find(({ shankId }) => shankId === units.shank[members[0]]) ?? overview.parts[0];
    return Array.from(unit, (candidate, i): Candidate => {
      const values = overview.measures.map((_, m) => similarity[m * n + i]);
      const reasons = whyNotJoined({
        candidate,
        members,
        nearest: nearest[i],
        similarity: values[overview.measures.indexOf('weighted')],
        labels,
        units,
        threshold: part.threshold,
        maxDistance: maxDistance(overview.settings),
      });
      return { unit: candidate, nearest: nearest[i], similarity: values, reasons };
    });
  }, [value, fresh, overview, units, labels, members]);
  return { list, error };
}

function maxDistance(settings: unknown): number | undefined {
  const value = (settings as { clustering?: { max_distance?: unknown } } | undefined)?.clustering
    ?.max_distance;
  return typeof value === 'number' ? value : undefined;
}

function bestPerSession(list: readonly Candidate[], session: Int32Array): Candidate[] {
  const seen = new Set<number>();
  return list.filter(({ unit }) => !seen.has(session[unit]) && seen.add(session[unit]));
}

interface TableProps {
  readonly candidates: readonly Candidate[];
  readonly chosen: number | undefined;
  readonly onChoose: (unit: number) => void;
}

function CandidateTable({ candidates, chosen, onChoose }: TableProps) {
  const { overview, units, curated } = useResult();
  const { labels } = curated.replayed.state;
  const weighted = overview.measures.indexOf('weighted');
  return (
    <table className="plain" data-testid="candidates">
      <thead>
        <tr>
          <th>Unit</th>
          <th className="number" title="Session">
            Sess.
          </th>
          <th className="number" title="Weighted similarity, Fisher z">
            Similarity
          </th>
          <th className="number">Neuron</th>
          <th>Why not joined</th>
        </tr>
      </thead>
      <tbody>
        {candidates.map(({ unit, similarity, reasons }) => (
          <tr key={unit} className="choosable" aria-current={unit === chosen} onClick={() => onChoose(unit)}>
            <td>
              <button
                id={`candidate-${unit}`}
                type="button"
                className="quiet small"
                title={subjectTitle(subjectOf(unit, labels))}
              >
                {unit}
              </button>
            </td>
            <td className="number">{units.session[unit]}</td>
            <td className="number">{formatNumber(similarity[weighted], 2)}</td>
            <td className="number">{labels[unit] > 0 ? labels[unit] : '–'}</td>
            <td>{reasons.join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ComparisonProps {
  readonly subject: Subject;
  readonly members: readonly number[];
  readonly unit: number;
  readonly known?: Candidate;
}

const HEIGHT = 168;

function Comparison({ subject, members, unit, known }: ComparisonProps) {
  const { overview, units: columns, curated } = useResult();
  const kind = useWaveformKind();
  const other = subjectOf(unit, curated.replayed.state.labels);
  const others = unitsOf(other, curated.groups, overview.unitCount);
  const all = [...members, ...others];
  const asked = useFetched(neuronDataKey(all, kind), () => neuronData(overview, all, kind));
  const data = asked.value;
  if (!data) return null;
  const n = data.units.length;
  const isMember = new Set(members);
  const mine = data.units.filter((u) => isMember.has(u));
  const theirs = data.units.filter((u) => !isMember.has(u));
  const none = new Set<number>();
  const strokes: Strokes = {
    units: data.units,
    session: columns.session,
    chosen: none,
    colour: (u) => (isMember.has(u) ? ink('blue') : ink('vermillion')),
  };
  const keys = [
    { name: subjectTitle(subject), colour: ink('blue') },
    { name: subjectTitle(other), colour: ink('vermillion') },
  ];
  const range = data.waveforms && extent(data.waveforms.data);
  return (
    <div className="grid" data-fresh={asked.fresh}>
      <div className="card line">
        <h2>
          <a href={href(subjectPath(subject))}>{subjectTitle(subject)}</a> and{' '}
          <a href={href(subjectPath(other))}>{subjectTitle(other)}</a>
        </h2>
        <p className="facts">
          {known?.similarity.map((value, m) => (
            <span key={overview.measures[m]}>
              {measureTitle(overview.measures[m])} <b>{formatNumber(value, 2)}</b>
            </span>
          ))}
        </p>
        <span style={{ flex: 1 }} />
        <button type="button" className="primary" onClick={startMerge}>
          Merge …
        </button>
        {known && <p style={{ flexBasis: '100%' }}>Not joined: {known.reasons.join('; ')}.</p>}
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
        <HistogramPlots data={data} strokes={strokes} height={HEIGHT} keys={keys} />
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
