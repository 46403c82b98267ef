/** Keys and what they do: one table for the keyboard and for the help sheet. */

export interface Shortcut {
  /** As it is shown; alternatives behind each other. */
  readonly keys: readonly string[];
  readonly does: string;
  readonly run: () => void;
  readonly group: 'Go' | 'Look' | 'Curate';
}

/** The key of an event as the table names it: `Ctrl+Z`, `Shift+ArrowRight`, `?`. */
function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const letter = /^[A-Z]$/.test(key);
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl+' : '',
    event.altKey ? 'Alt+' : '',
    // Signs such as ? tell by themselves that shift was pressed.
    event.shiftKey && (letter || event.key.length > 1) ? 'Shift+' : '',
    key,
  ].join('');
}

const MOVING_KEYS = /^(Arrow|Page|Home$|End$)/;

/** Whether the field or list that has the focus takes the key itself. */
function isTaken(target: HTMLElement, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  const field = target.closest<HTMLElement>('input, textarea, select');
  // A field of a dialog that was just closed keeps the focus for a moment.
  if (!field || field.closest('dialog:not([open])')) return false;
  if (field.matches('input[type=range]')) return MOVING_KEYS.test(key);
  if (!field.matches('select')) return true;
  // Letters look for an option.
  const looksFor = /^\p{L}$/u.test(key) && !ctrlKey && !metaKey;
  return looksFor || MOVING_KEYS.test(key) || ['Enter', ' ', 'Escape', 'Tab'].includes(key);
}

/** Listens on the page; keys that a field uses are its own, and all are those of an open dialog. */
export function listenToKeys(shortcuts: readonly Shortcut[]): () => void {
  const byKey = new Map(
    shortcuts.flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut] as const)),
  );
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isTaken(event.target as HTMLElement, event)) return;
    if (document.querySelector('dialog[open]')) return;
    const shortcut = byKey.get(keyName(event));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
