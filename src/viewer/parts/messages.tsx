/** Short messages: at the edge of the page, or in the dialog that is open, since nothing behind a dialog can be reached. */
import { useEffect, useState } from 'react';
import { useQuestion } from '../state/actions.ts';
import { dismiss, type Message, useMessages } from '../state/messages.ts';

export function Messages() {
  const list = useMessages((state) => state.list);
  const hidden = useQuestion((state) => state.question !== undefined);
  return (
    <div className="messages" role="status" aria-live="polite">
      {!hidden && list.map((message) => <MessageBox key={message.id} {...message} />)}
    </div>
  );
}

/** What was said since the dialog was opened. */
export function DialogMessages() {
  const list = useMessages((state) => state.list);
  const [seen] = useState(() => list.at(-1)?.id ?? 0);
  // What went wrong in a dialog was seen there, and may have been put right.
  useEffect(
    () => () => {
      for (const { id, kind } of useMessages.getState().list) if (id > seen && kind !== 'info') dismiss(id);
    },
    [seen],
  );
  return (
    <div className="dialog-messages" role="status" aria-live="polite">
      {list
        .filter(({ id }) => id > seen)
        .map((message) => (
          <MessageBox key={message.id} {...message} />
        ))}
    </div>
  );
}

function MessageBox({ id, kind, text }: Message) {
  return (
    <div className={`message ${kind}`}>
      <p>{text}</p>
      <button type="button" className="quiet small" aria-label="Dismiss" onClick={() => dismiss(id)}>
        ×
      </button>
    </div>
  );
}
