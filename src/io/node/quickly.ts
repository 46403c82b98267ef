/**
 * Small work on files, done at once where the disk answers quickly: to hand it to another thread takes several times as long. A slow disk,
 * such as one in the network, is better asked for several files at a time; and nothing may keep a thread from its other work for long.
 */

/** An answer that takes longer is slow, ms. */
const SLOW = 1;
/** After a slow one the disk is not waited for, ms. */
const PAUSE = 100;
/** Work until other work has its turn, ms. */
const MOST_PER_TURN = 5;

let pausedUntil = 0;
let spent = 0;

/** Does the work, or returns undefined where it had better be handed to another thread. @throws as the work */
export function quickly<T>(work: () => T): { readonly value: T } | undefined {
  const begin = performance.now();
  if (begin < pausedUntil || spent >= MOST_PER_TURN) return undefined;
  if (spent === 0) {
    setImmediate(() => {
      spent = 0;
    });
  }
  try {
    return { value: work() };
  } finally {
    const end = performance.now();
    spent += end - begin;
    if (end - begin > SLOW) pausedUntil = end + PAUSE;
  }
}
