/** Keys and what they do: one table for the keyboard and for the help sheet. */

export interface Shortcut {
  /** As it is shown; alternatives behind each other. */
  readonly keys: readonly string[];
  readonly does: string;
  readonly run: () => void;
  readonly group: 'Go' | 'Look' | 'Curate';
}

/** The key of an event as the table names it: `Ctrl+Z`, `Shift+ArrowRight`, `?`. */
export function keyName(event: KeyboardEvent): string {
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

/** Listens on the page; keys typed into fields and dialogs are theirs. */
export function listenToKeys(shortcuts: readonly Shortcut[]): () => void {
  const byKey = new Map(
    shortcuts.flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut] as const)),
  );
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || target.closest('input, textarea, select')) return;
    if (document.querySelector('dialog[open]')) return;
    const shortcut = byKey.get(keyName(event));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
