/** The most similar others of a neuron or unit, side by side with it, and why they were not joined. */
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { formatNumber } from '../charts/scale.ts';
import { parseSubject, parseUnit, type Subject, subjectOf, subjectTitle } from '../model/groups.ts';
import { Comparison } from '../parts/comparison.tsx';
import { NoSubject } from '../parts/no-subject.tsx';
import { Segments } from '../parts/segments.tsx';
import { SubjectHead } from '../parts/subject-head.tsx';
import { bestPerSession, type Candidate, useCandidates } from '../parts/use-candidates.ts';
import { useSubject } from '../parts/use-subject.ts';
import { WaveformKinds } from '../parts/waveform-kinds.tsx';
import { subjectPath } from '../state/actions.ts';
import { useApp, useResult } from '../state/app.ts';
import { go, href, useRoute } from '../state/route.ts';

const NOBODY: readonly number[] = [];
const LISTS = [
  { value: true, name: 'Best per session' },
  { value: false, name: 'All' },
];

export function CandidatesView() {
  const { overview, units } = useResult();
  const route = useRoute();
  const [perSession, setPerSession] = useState(true);
  const asked = parseSubject(route.rest);
  const open = useSubject(asked, (subject) => address(subject, Object.fromEntries(route.query)));
  const members = open?.members ?? NOBODY;
  const { list, error } = useCandidates(members);
  const shown = useMemo(
    () => (perSession ? bestPerSession(list, units.session) : list),
    [list, perSession, units],
  );
  const wanted = parseUnit(route.query.get('with'), overview.unitCount);
  const of = parseUnit(route.query.get('of'), overview.unitCount);
  // Two units were asked for, be they of one neuron or not.
  const alone = of !== undefined && of !== wanted && members.includes(of) ? of : undefined;
  const isOther = wanted !== undefined && (alone !== undefined || !members.includes(wanted));
  const unit = isOther ? wanted : shown[0]?.unit;

  // What is looked at is what M merges with.
  useEffect(() => {
    useApp.setState({ beside: unit });
    return () => useApp.setState({ beside: undefined });
  }, [unit]);

  if (!open) return <NoSubject asked={asked} />;
  const { subject } = open;
  const choose = (candidate: number) => go(address(subject, { with: candidate }), { replace: true });
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
              alone={isOther ? alone : undefined}
              known={list.find((c) => c.unit === unit)}
            />
          )}
        </section>
      </div>
    </article>
  );
}

const address = (subject: Subject, query: Record<string, string | number>) =>
  href(`candidates/${subjectPath(subject)}`, query);

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
