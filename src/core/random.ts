/** Seeded random numbers: the same seed gives the same stream everywhere. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers (xoroshiro128+, Blackman & Vigna 2018). */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in `0 .. below - 1`. */
  integer(below: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
}

/** @param seed any 32-bit integer */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  let spare: number | undefined;
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (below) => uniformInt(generator, 0, below - 1),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    exponential: () => -Math.log(1 - uniform()),
  };
}
