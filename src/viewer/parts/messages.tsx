/** Short messages at the edge of the page. */
import { dismiss, useMessages } from '../state/messages.ts';

export function Messages() {
  const list = useMessages((state) => state.list);
  return (
    <div className="messages" role="status" aria-live="polite">
      {list.map(({ id, kind, text }) => (
        <div key={id} className={`message ${kind}`}>
          <p>{text}</p>
          <button type="button" className="quiet small" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
