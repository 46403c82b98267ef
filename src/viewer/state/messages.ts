/** Short messages at the edge of the page: what was done, what went wrong. */
import { create } from 'zustand';

export interface Message {
  readonly id: number;
  readonly kind: 'info' | 'warning' | 'error';
  readonly text: string;
}

interface Messages {
  readonly list: readonly Message[];
}

export const useMessages = create<Messages>(() => ({ list: [] }));

let next = 1;

export function say(text: string, kind: Message['kind'] = 'info'): void {
  const id = next++;
  // What is said again stands there once.
  useMessages.setState(({ list }) => ({
    list: [...list.filter((old) => old.text !== text).slice(-3), { id, kind, text }],
  }));
  if (kind === 'info') setTimeout(() => dismiss(id), 5000);
  if (kind === 'warning') setTimeout(() => dismiss(id), 12_000);
}

export function dismiss(id: number): void {
  useMessages.setState(({ list }) => ({ list: list.filter((message) => message.id !== id) }));
}

/** Shows an error; errors stay until they are dismissed. */
export function report(error: unknown): void {
  say(error instanceof Error ? error.message : String(error), 'error');
}
