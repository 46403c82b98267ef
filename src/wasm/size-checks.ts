/** Checks of what a kernel gets, and what the lists it follows lead it to. Sizes are in bytes, counts of lists in 32-bit words. */
import type { Region } from './scratch-memory.ts';

export const I16 = 2;
export const F32 = 4;
export const F64 = 8;

/** @throws RangeError when a count is no whole multiple */
export function whole(name: string, key: string, count: number, multiple: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count % multiple === 0)) {
    throw new RangeError(`${name}: got ${key} ${count}, expected a whole multiple of ${multiple}`);
  }
}

/** @throws RangeError when a region is too small */
export function holds(name: string, key: string, region: Region, bytes: number): void {
  if (!(region.bytes >= bytes)) {
    throw new RangeError(`${name}: got ${region.bytes} bytes for ${key}, expected at least ${bytes}`);
  }
}

/** What the lists of columns of a Kriging kernel need: their length in words, all their columns, and where the last row they name ends (bytes). */
export function krigingLists(lists: Region, panels: number, samples: number) {
  const list = lists.int32;
  let words = 0;
  let columns = 0;
  let rowEnd = 0;
  for (let panel = 0; panel < panels; panel++) {
    const count = list[words++];
    columns += count;
    for (let k = 0; k < count; k++) rowEnd = Math.max(rowEnd, list[words++] + samples * F32);
  }
  return { words, columns, rowEnd };
}

/** The largest of the first `count` byte offsets. */
export function lastOffset(offsets: Region, count: number): number {
  const values = offsets.int32;
  let last = 0;
  for (let i = 0; i < count; i++) last = Math.max(last, values[i]);
  return last;
}

/**
 * What the lists of slots of `multiplyWaveforms` need: their length, and where the last slots they name end in `a` and in a panel of `b`; NaN for a
 * run of none.
 */
export function slotLists(lists: Region, rowPanels: number, samples: number) {
  const words = lists.int32;
  const slotBytes = samples * 8 * F32;
  let word = 0;
  let aBytes = 0;
  let bBytes = 0;
  for (let panel = 0; panel < rowPanels; panel++) {
    const end = word + 2 + 2 * words[word];
    let aEnd = words[word + 1];
    for (word += 2; word < end; word += 2) {
      const slots = words[word + 1] > 0 ? words[word + 1] : Number.NaN;
      aEnd += slots * samples * 4 * F32;
      bBytes = Math.max(bBytes, words[word] + slots * slotBytes);
    }
    aBytes = Math.max(aBytes, aEnd);
  }
  return { words: word, aBytes, bBytes };
}

/** What the lists of `correlationsOfRows` need: their length, their pieces, where the last moments of a panel end (bytes), and the last row of products. */
export function pieceLists(pieces: Region, peaks: number, channels: number) {
  const words = pieces.int32;
  let word = 0;
  let momentEnd = 0;
  let rowEnd = 0;
  let pieceCount = 0;
  for (let peak = 0; peak < peaks; peak++) {
    for (let n = 0; n < channels; n++) momentEnd = Math.max(momentEnd, words[word++] + 64);
    const count = words[word++];
    pieceCount += count;
    for (let piece = 0; piece < count; piece++, word += 3) {
      rowEnd = Math.max(rowEnd, words[word] + Math.min(4, words[word + 2]));
    }
  }
  return { words: word, pieceCount, momentEnd, rowEnd };
}
