/** What the server sends, as React sees it: the last answer stays until the next one is there. */
import { useEffect, useState } from 'react';

export interface Fetched<T> {
  /** Undefined until the first answer. */
  readonly value?: T;
  /** Whether `value` answers what is asked now. */
  readonly fresh: boolean;
  readonly error?: Error;
}

/**
 * @param key what is asked for; undefined asks for nothing
 * @param ask called when the key changes
 */
export function useFetched<T>(key: string | undefined, ask: () => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ key?: string; value?: T; error?: Error }>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what `ask` asks for
  useEffect(() => {
    if (key === undefined) return;
    let current = true;
    ask().then(
      (value) => current && setState({ key, value }),
      (error: Error) => current && setState((old) => ({ ...old, key, error })),
    );
    return () => {
      current = false;
    };
  }, [key]);
  const fresh = key !== undefined && state.key === key && !state.error;
  return { value: state.value, fresh, error: state.key === key ? state.error : undefined };
}
