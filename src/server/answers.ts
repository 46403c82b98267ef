/** What paths answer with. */
import { type Arrays, encodePack, PACK_TYPE } from './protocol.ts';

export interface Reply {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

export const json = (value: unknown): Reply => ({ body: JSON.stringify(value), type: 'application/json' });
export const pack = (arrays: Arrays, meta?: unknown): Reply => ({
  body: encodePack(arrays, meta),
  type: PACK_TYPE,
});

/** Nothing of that name in this folder. */
export class NotThere extends Error {}

export function missing(what: string): never {
  throw new NotThere(`${what} in this folder`);
}

/** Done when it is first asked for; again only when it failed. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  const each = onceEach<undefined, T>(work);
  return () => each(undefined);
}

/** The same for every key. */
export function onceEach<K, T>(work: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const results = new Map<K, Promise<T>>();
  return (key) => {
    const known = results.get(key);
    if (known) return known;
    const result = work(key);
    results.set(key, result);
    result.catch(() => results.delete(key));
    return result;
  };
}
