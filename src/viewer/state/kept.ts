/** How a view was left; kept while the page is open. */
import { useCallback } from 'react';
import { create } from 'zustand';

const useStore = create<Readonly<Record<string, unknown>>>(() => ({}));

/** As `useState`, but the value is there again when the view is. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const value = useStore((state) => (name in state ? (state[name] as T) : initial));
  const setValue = useCallback((next: T) => useStore.setState({ [name]: next }), [name]);
  return [value, setValue];
}
