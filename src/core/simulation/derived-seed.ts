/** Independent random streams for the parts of a simulation, so that each part can be made without the others. */
import { createRandom, type Random } from '../random.ts';

/** What a stream is for; part of its seed. Numbers are never reused, so that old seeds keep their meaning. */
export const STREAM = {
  motion: 1,
  neuron: 2,
  wander: 3,
  presence: 4,
  waveformNoise: 5,
  spikeTrain: 6,
  peth: 7,
  missingBins: 8,
  halves: 9,
} as const;
export type Stream = (typeof STREAM)[keyof typeof STREAM];

/**
 * A 32-bit seed that depends on every bit of the seed and of all keys, in their order (the mixing steps of
 * MurmurHash3, Appleby 2011).
 */
export function deriveSeed(seed: number, ...keys: readonly number[]): number {
  let hash = finalize(seed | 0);
  for (const key of keys) {
    let k = Math.imul(key | 0, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    hash ^= Math.imul(k, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = finalize((Math.imul(hash, 5) + 0xe6546b64) | 0);
  }
  return hash | 0;
}

/** The random stream of one purpose and, say, one neuron in one session. */
export function derivedRandom(seed: number, stream: Stream, ...keys: readonly number[]): Random {
  return createRandom(deriveSeed(seed, stream, ...keys));
}

function finalize(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
