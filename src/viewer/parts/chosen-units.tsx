/** What is chosen on the map, and what can be done with it. */
import { useMemo } from 'react';
import { formatNumber } from '../charts/scale.ts';
import { type Subject, subjectKey, subjectOf, subjectTitle } from '../model/groups.ts';
import { askText, confirm, startMerge, subjectPath } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { href } from '../state/route.ts';

const MOST_LISTED = 60;

function chosenTitle(units: number, subjects: readonly Subject[]): string {
  const neurons = subjects.filter(({ kind }) => kind === 'neuron').length;
  const unmatched = subjects.length - neurons;
  if (neurons === 0) return `${formatNumber(units)} unmatched ${units === 1 ? 'unit' : 'units'}`;
  const of = `${formatNumber(units)} ${units === 1 ? 'unit' : 'units'} of ${formatNumber(neurons)} ${neurons === 1 ? 'neuron' : 'neurons'}`;
  return unmatched === 0 ? of : `${of}, ${formatNumber(unmatched)} unmatched`;
}

/** What is chosen, by neuron. */
export function ChosenUnits() {
  const { units, curated } = useResult();
  const chosen = useApp((state) => state.chosen);
  const { labels } = curated.replayed.state;
  const subjects = useMemo(() => {
    const found = new Map<string, { subject: ReturnType<typeof subjectOf>; units: number[] }>();
    for (const unit of chosen) {
      const subject = subjectOf(unit, labels);
      const entry = found.get(subjectKey(subject));
      if (entry) entry.units.push(unit);
      else found.set(subjectKey(subject), { subject, units: [unit] });
    }
    return [...found.values()].sort((a, b) => b.units.length - a.units.length);
  }, [chosen, labels]);
  return (
    <aside className="stage-side card" aria-label="Chosen units">
      <h2>
        {chosen.size === 0
          ? 'Nothing chosen'
          : chosenTitle(
              chosen.size,
              subjects.map(({ subject }) => subject),
            )}
      </h2>
      {chosen.size === 0 ? (
        <p className="muted">
          Drag with Shift held, or with “Select”, to choose units: merge, mark or label them here.
        </p>
      ) : (
        <>
          <div className="line">
            <button type="button" onClick={startMerge}>
              Merge …<kbd>M</kbd>
            </button>
            <button type="button" onClick={() => void confirm()}>
              Confirm<kbd>C</kbd>
            </button>
            <button type="button" onClick={() => askText('mark')}>
              Mark …<kbd>X</kbd>
            </button>
            <button type="button" onClick={() => chooseUnits([])}>
              None<kbd>Esc</kbd>
            </button>
          </div>
          <ul>
            {subjects.slice(0, MOST_LISTED).map(({ subject, units: members }) => (
              <li key={subjectKey(subject)}>
                <a href={href(subjectPath(subject))}>{subjectTitle(subject)}</a>{' '}
                <span className="muted">
                  {members.length} {members.length === 1 ? 'unit' : 'units'},{' '}
                  {formatNumber(units.correctedY[members[0]])} µm
                </span>
              </li>
            ))}
          </ul>
          {subjects.length > MOST_LISTED && (
            <p className="muted">… and {subjects.length - MOST_LISTED} more</p>
          )}
        </>
      )}
    </aside>
  );
}
