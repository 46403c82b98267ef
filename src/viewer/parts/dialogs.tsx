/** What is asked before an operation is done, and the help sheet. */
import { type FormEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { MAX_LABEL_LENGTH, MAX_NOTE_LENGTH } from '../../core/curation/limits.ts';
import { groupsOf } from '../../core/curation/replay.ts';
import type { ApplyReply } from '../../server/protocol.ts';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { mergeDoubts } from '../model/merge-doubts.ts';
import { maxDistance } from '../model/why-not.ts';
import { closeQuestion, merge, type Question, useQuestion } from '../state/actions.ts';
import { useResult } from '../state/app.ts';
import { apply, perform } from '../state/curation.ts';
import { report } from '../state/messages.ts';
import { DialogMessages } from './messages.tsx';
import { SHORTCUTS } from './shortcut-table.ts';

export function Dialogs() {
  const question = useQuestion((state) => state.question);
  if (!question) return null;
  switch (question.kind) {
    case 'merge':
      return <MergeDialog units={question.units} />;
    case 'apply':
      return <ApplyDialog />;
    case 'help':
      return <HelpSheet />;
    default:
      return <TextDialog question={question} />;
  }
}

interface DialogProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

function Dialog({ title, wide, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  // Closed before it leaves the page, so that the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'wide' : undefined}
      aria-labelledby="dialog-title"
      onClose={closeQuestion}
    >
      <h2 id="dialog-title">{title}</h2>
      {children}
      <DialogMessages key={title} />
    </dialog>
  );
}

/**
 * Runs the work, and closes the dialog when it is done. When it is not, the dialog stays with what was typed, and says why.
 * @param work gives whether it was done
 */
function useSubmit(work: () => Promise<boolean>) {
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { question } = useQuestion.getState();
    setBusy(true);
    const done = await work().catch((error: unknown) => {
      report(error);
      return false;
    });
    setBusy(false);
    // Another one may have been opened meanwhile.
    if (done && useQuestion.getState().question === question) closeQuestion();
  };
  return { busy, submit: (event: FormEvent) => void submit(event) };
}

function Buttons({ action, busy, disabled }: { action: string; busy: boolean; disabled?: boolean }) {
  return (
    <div className="buttons">
      <button type="button" onClick={closeQuestion}>
        Cancel
      </button>
      <button type="submit" className="primary" disabled={busy || disabled}>
        {action}
      </button>
    </div>
  );
}

function MergeDialog({ units }: { units: readonly number[] }) {
  const { curated, overview, units: columns } = useResult();
  const { state } = curated.replayed;
  const [note, setNote] = useState('');
  const { busy, submit } = useSubmit(() => merge(units, note.trim()));
  const all = groupsOf(state.labels, units);
  const parts = new Map(units.map((unit) => [subjectTitle(subjectOf(unit, state.labels)), unit]));
  const doubts = mergeDoubts(state, units, columns, maxDistance(overview.settings));
  const sessions = new Set(all.map((unit) => columns.session[unit])).size;
  return (
    <Dialog title={`Merge ${parts.size} into one neuron`}>
      <form onSubmit={submit}>
        <p>
          {[...parts.keys()].join(' + ')} → a new neuron of {all.length} units in {sessions} sessions.
        </p>
        {doubts.length > 0 && (
          <div className="warning-box" role="alert">
            {doubts.map((doubt) => (
              <p key={doubt}>{doubt}</p>
            ))}
          </div>
        )}
        <label>
          Why (kept in the log)
          <textarea
            value={note}
            maxLength={MAX_NOTE_LENGTH}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <Buttons action={doubts.length > 0 ? 'Merge all the same' : 'Merge'} busy={busy} />
      </form>
    </Dialog>
  );
}

const TEXT_DIALOGS = {
  label: {
    title: 'Label',
    field: 'Name of the neuron, such as “interneuron”; empty takes it away',
    most: MAX_LABEL_LENGTH,
  },
  mark: {
    title: 'Mark',
    field: 'Mark on the units, such as “check”; empty takes it away',
    most: MAX_LABEL_LENGTH,
  },
  note: { title: 'Note', field: 'Remark on the neuron', most: MAX_NOTE_LENGTH },
} as const;

function TextDialog({ question }: { question: Extract<Question, { kind: 'label' | 'note' | 'mark' }> }) {
  const { curated } = useResult();
  const { kind, before } = question;
  const { title, field, most } = TEXT_DIALOGS[kind];
  const [text, setText] = useState(kind === 'mark' && before === '' ? 'check' : before);
  const units = [...question.units];
  const trimmed = text.trim();
  const { busy, submit } = useSubmit(() => {
    if (kind === 'note') return perform({ operation: 'note', units, note: trimmed });
    const value = trimmed === '' ? null : trimmed;
    return perform(
      kind === 'label'
        ? { operation: 'label', units, label: value }
        : { operation: 'mark', units, mark: value },
    );
  });
  const subjects = [
    ...new Set(units.map((unit) => subjectTitle(subjectOf(unit, curated.replayed.state.labels)))),
  ];
  return (
    <Dialog
      title={`${title}: ${subjects.slice(0, 4).join(', ')}${subjects.length > 4 ? ` and ${subjects.length - 4} more` : ''}`}
    >
      <form onSubmit={submit}>
        <label>
          {field}
          {kind === 'note' ? (
            <textarea value={text} maxLength={most} onChange={(event) => setText(event.target.value)} />
          ) : (
            <input value={text} maxLength={most} onChange={(event) => setText(event.target.value)} />
          )}
        </label>
        <Buttons action="Save" busy={busy} disabled={kind === 'note' && trimmed === ''} />
      </form>
    </Dialog>
  );
}

function ApplyDialog() {
  const { curated, overview } = useResult();
  const { version, done } = curated.replayed;
  const [reply, setReply] = useState<ApplyReply>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    void apply().then((written) => {
      setReply(written);
      setBusy(false);
    });
  };
  if (reply) {
    return (
      <Dialog title="Written">
        <form method="dialog">
          <p>
            {reply.neurons} neurons, {reply.matchedPairs} matched pairs, in {overview.folder}:
          </p>
          <ul data-testid="written">
            {reply.files.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
          <div className="buttons">
            <button type="submit" className="primary" ref={(button) => button?.focus()}>
              Close
            </button>
          </div>
        </form>
      </Dialog>
    );
  }
  return (
    <Dialog title="Write the curated files">
      <form onSubmit={submit}>
        <p>
          The automatic result and {done.length} {done.length === 1 ? 'operation' : 'operations'} on it give
          the curated files, which stand beside the automatic ones. Those are never overwritten.
        </p>
        <p className="muted">
          {curated.appliedVersion === undefined
            ? 'There are no curated files yet.'
            : curated.appliedVersion === version
              ? 'The curated files in the folder are up to date.'
              : 'The curated files in the folder are older than the log.'}
        </p>
        <Buttons action="Write" busy={busy} />
      </form>
    </Dialog>
  );
}

/** Keys as they stand on keyboards. */
const KEY_NAMES: Record<string, string> = { ArrowRight: '→', ArrowLeft: '←', Escape: 'Esc' };

function HelpSheet() {
  return (
    <Dialog title="Keyboard shortcuts" wide>
      <div className="shortcuts">
        {(['Go', 'Curate', 'Look'] as const).map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ keys, does }) => (
              <div key={does}>
                <span>{does}</span>
                <span>
                  {keys.map((key, i) => (
                    <span key={key}>
                      {i > 0 && ' or '}
                      <kbd>{KEY_NAMES[key] ?? key}</kbd>
                    </span>
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
        <section>
          <h3>In the table</h3>
          <div>
            <span>Move, open, choose</span>
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd> <kbd>Space</kbd>
            </span>
          </div>
        </section>
        <section>
          <h3>On the map and the matrix</h3>
          <div>
            <span>Zoom, move, whole picture</span>
            <span>
              <kbd>+</kbd> <kbd>−</kbd> <kbd>arrows</kbd> <kbd>0</kbd>
            </span>
          </div>
        </section>
      </div>
      <div className="buttons">
        <button type="button" className="primary" onClick={closeQuestion}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
