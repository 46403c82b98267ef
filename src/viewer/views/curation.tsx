/** What was done by hand: the log, what of it holds, and what can be written. */
import { Fragment } from 'react';
import type { CurationEntry } from '../../core/curation/operations.ts';
import { formatNumber } from '../charts/scale.ts';
import { type Subject, subjectKey, subjectsOf, subjectTitle } from '../model/groups.ts';
import { ask, subjectPath } from '../state/actions.ts';
import { useResult } from '../state/app.ts';
import { redo, undo } from '../state/curation.ts';
import { href } from '../state/route.ts';

const MOST_SUBJECTS = 6;

export function CurationView() {
  const { curated, overview } = useResult();
  const { replayed, entries, appliedVersion, rows } = curated;
  const { done, undone, state } = replayed;
  const holds = new Set(done.map(({ version }) => version));
  const isUndone = new Set(undone.map(({ version }) => version));
  const neurons = rows.filter(({ subject }) => subject.kind === 'neuron');
  const confirmed = neurons.filter((row) => row.confirmed).length;
  const next = neurons.find((row) => !row.confirmed);
  return (
    <div className="grid">
      <div className="view-head" style={{ marginBottom: 0 }}>
        <h1>Curation</h1>
        <p className="facts">
          <span>
            <b>{formatNumber(done.length)}</b> {done.length === 1 ? 'operation holds' : 'operations hold'}
          </span>
          <span>
            <b>{formatNumber(confirmed)}</b> of {formatNumber(neurons.length)} neurons confirmed
          </span>
          <span>
            <b>{formatNumber(overview.neuronCount)}</b> neurons automatically,{' '}
            <b>{formatNumber(curated.groups.size)}</b> now
          </span>
          <span>
            {appliedVersion === undefined
              ? 'curated files not written'
              : appliedVersion === replayed.version
                ? 'curated files up to date'
                : 'curated files older than the log'}
          </span>
        </p>
        <span style={{ flex: 1 }} />
        {next && (
          <a className="button" href={href(subjectPath(next.subject))}>
            Next to confirm: {subjectTitle(next.subject)}
          </a>
        )}
        <button type="button" disabled={done.length === 0} onClick={() => void undo()}>
          Undo<kbd>Ctrl+Z</kbd>
        </button>
        <button type="button" disabled={undone.length === 0} onClick={() => void redo()}>
          Redo<kbd>Ctrl+Shift+Z</kbd>
        </button>
        <button type="button" className="primary" onClick={() => ask({ kind: 'apply' })}>
          Write the curated files …
        </button>
      </div>
      <div className="card">
        {entries.length === 0 ? (
          <p className="muted">
            Nothing was changed by hand yet. Open a neuron and press <kbd>C</kbd> to confirm it, <kbd>M</kbd>{' '}
            to merge it with a candidate, <kbd>S</kbd> to split off the chosen sessions. Every operation is
            kept in Curation.jsonl in the folder of results, and can be undone.
          </p>
        ) : (
          <table className="plain" data-testid="log">
            <thead>
              <tr>
                <th className="number">#</th>
                <th>Time</th>
                <th>Operation</th>
                <th>Units</th>
                <th>Now</th>
                <th>Note</th>
              </tr>
            </thead>
            <tbody>
              {[...entries].reverse().map((entry) => (
                <tr key={entry.version}>
                  <td className="number">{entry.version}</td>
                  <td>{new Date(entry.time).toLocaleString()}</td>
                  <td>
                    {describe(entry)}
                    {'units' in entry && !holds.has(entry.version) && (
                      <span className="badge warn">
                        {isUndone.has(entry.version) ? 'undone' : 'undone for good'}
                      </span>
                    )}
                  </td>
                  <td>{'units' in entry ? unitList(entry.units) : ''}</td>
                  <td>{'units' in entry && <Subjects subjects={subjectsOf(entry.units, state.labels)} />}</td>
                  <td>{'note' in entry ? entry.note : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

/** What the units of an operation belong to now. */
function Subjects({ subjects }: { subjects: readonly Subject[] }) {
  return (
    <>
      {subjects.slice(0, MOST_SUBJECTS).map((subject, i) => (
        <Fragment key={subjectKey(subject)}>
          {i > 0 && ', '}
          <a href={href(subjectPath(subject))}>{subjectTitle(subject)}</a>
        </Fragment>
      ))}
      {subjects.length > MOST_SUBJECTS && ` and ${subjects.length - MOST_SUBJECTS} more`}
    </>
  );
}

function describe(entry: CurationEntry): string {
  switch (entry.operation) {
    case 'confirm':
      return entry.confirmed ? 'confirm' : 'take back the confirmation';
    case 'mark':
      return entry.mark === null ? 'take away the mark' : `mark “${entry.mark}”`;
    case 'label':
      return entry.label === null ? 'take away the label' : `label “${entry.label}”`;
    case 'split':
      return 'split off';
    case 'reserve':
      return `sessions were added: automatic neurons from ${entry.from} on have numbers higher by ${entry.count} here`;
    default:
      return entry.operation;
  }
}

const unitList = (units: readonly number[]) =>
  units.length > 12 ? `${units.slice(0, 12).join(', ')} and ${units.length - 12} more` : units.join(', ');
