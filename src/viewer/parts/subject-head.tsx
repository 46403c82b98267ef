/** What stands above a neuron or unit: its name, its facts, its sessions, and what can be done with it. */
import { type ReactNode, useEffect } from 'react';
import { formatNumber } from '../charts/scale.ts';
import { type Subject, subjectTitle } from '../model/groups.ts';
import { positionIn } from '../model/order.ts';
import type { Row } from '../model/rows.ts';
import { askText, confirm, remove, split, startMerge, step } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { sessionInk } from '../theme/palette.ts';

interface Props {
  readonly subject: Subject;
  readonly members: readonly number[];
  readonly row?: Row;
  readonly children?: ReactNode;
}

const NOT_COMPARED =
  'Nothing is known of pairs that are too far apart, of one session or of two shanks, where these are not compared.';
const CHANGED = 'Confidence is estimated for the automatic result; this was changed by hand.';

export function SubjectHead({ subject, members, row, children }: Props) {
  const order = useApp((state) => state.order);
  const { overview } = useResult();
  const at = positionIn(order, subject);
  const unit = members[0];
  useEffect(() => {
    if (at >= 0) useApp.setState({ place: { unit, at } });
  }, [unit, at]);
  return (
    <div className="neuron-head">
      <div className="line">
        <h1>{subjectTitle(subject)}</h1>
        {row?.label && <span className="badge">{row.label}</span>}
        {row?.confirmed && <span className="badge good">✓ confirmed</span>}
        {row?.mark && <span className="badge warn">{row.mark}</span>}
        {row && (
          <p className="facts">
            <span>
              <b>{row.sessions}</b> of {overview.sessions.length} sessions
            </span>
            <span>
              depth <b>{formatNumber(row.depth)}</b> µm
            </span>
            <span>
              amplitude <b>{formatNumber(row.amplitude)}</b> µV
            </span>
            {subject.kind === 'neuron' && (
              <span>
                similarity <b>{formatNumber(row.mean, 2)}</b>, worst <b>{formatNumber(row.worst, 2)}</b>
                {row.compared < row.pairs && (
                  <span className="doubt" title={NOT_COMPARED}>
                    {' '}
                    ({formatNumber(row.compared)} of {formatNumber(row.pairs)} pairs compared)
                  </span>
                )}
              </span>
            )}
            {overview.has.confidence && !(row.isAutomatic && Number.isNaN(row.confidence)) && (
              <span title={row.isAutomatic ? undefined : CHANGED}>
                confidence <b>{formatNumber(row.confidence, 2)}</b>
              </span>
            )}
            {overview.shankIds.length > 1 && <span>shank {row.shank}</span>}
          </p>
        )}
        <span style={{ flex: 1 }} />
        <span className="muted">
          {at >= 0 ? `${formatNumber(at + 1)} of ${formatNumber(order.length)}` : 'not in the table'}
        </span>
        <span className="segments">
          <button type="button" onClick={() => step(-1)} title="Previous row of the table (K, ←)">
            ← Previous
          </button>
          <button type="button" onClick={() => step(1)} title="Next row of the table (J, →)">
            Next →
          </button>
        </span>
      </div>
      <div className="line">
        <SessionChips members={members} />
        <span style={{ flex: 1 }} />
        {children}
      </div>
      <div className="line">
        <Actions subject={subject} />
        {row?.note && <p className="muted">“{row.note}”</p>}
      </div>
    </div>
  );
}

/** A button for each unit, under the number of its session. */
function SessionChips({ members }: { members: readonly number[] }) {
  const { overview, units } = useResult();
  const chosen = useApp((state) => state.chosen);
  const bySession = new Map<number, number[]>();
  for (const unit of members) {
    bySession.set(units.session[unit], [...(bySession.get(units.session[unit]) ?? []), unit]);
  }
  return (
    <div
      className="sessions"
      role="group"
      aria-label="Units by session; chosen ones are split off or removed"
    >
      {overview.sessions.map(({ session }) => {
        const here = bySession.get(session);
        if (!here) {
          return (
            <span key={session} className="session-chip absent" title={`Not found in session ${session}`}>
              {session}
            </span>
          );
        }
        return here.map((unit) => (
          <button
            key={unit}
            type="button"
            className="session-chip"
            aria-pressed={chosen.has(unit)}
            aria-label={`Session ${session}, unit ${unit}`}
            title={`Session ${session}, unit ${unit}`}
            style={{ borderBottomColor: sessionInk(session) }}
            onClick={() => chooseUnits([unit], 'toggle')}
          >
            {session}
            {here.length > 1 && '!'}
          </button>
        ));
      })}
    </div>
  );
}

function Actions({ subject }: { subject: Subject }) {
  const isNeuron = subject.kind === 'neuron';
  const actions: readonly (readonly [string, string, () => void, boolean])[] = [
    ['Merge …', 'M', startMerge, true],
    ['Split off', 'S', () => void split(), isNeuron],
    ['Remove', 'R', () => void remove(), isNeuron],
    ['Confirm', 'C', () => void confirm(), true],
    ['Mark …', 'X', () => askText('mark'), true],
    ['Label …', 'L', () => askText('label'), true],
    ['Note …', 'N', () => askText('note'), true],
  ];
  return (
    <>
      {actions.map(([name, key, run, enabled]) => (
        <button key={key} type="button" disabled={!enabled} onClick={run}>
          {name}
          <kbd>{key}</kbd>
        </button>
      ))}
    </>
  );
}
