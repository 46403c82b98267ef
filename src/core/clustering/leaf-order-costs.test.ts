import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { joinCosts } from './leaf-order-costs.ts';
import { Ends } from './leaf-order-ends.ts';
import { addCosts } from './leaf-order-rounding.ts';

/** A group of two parts with random costs around 100, drawn from `levels` values when given. */
function randomGroup(seed: number, first: number, second: number, levels?: number): readonly Ends[] {
  if (first + second === 1) return Ends.ofUnit;
  const random = createRandom(seed);
  const cost = () => (levels ? 100 + random.integer(levels) / 4 : 100 + random.uniform());
  return Ends.ofGroup(Float32Array.from({ length: first * second }, cost), first);
}

describe('joinCosts', () => {
  it('adds nothing to the distance of two units', () => {
    expect([...joinCosts(Ends.ofUnit, Ends.ofUnit, Float64Array.of(0.7), 1)]).toEqual([Math.fround(0.7)]);
  });

  it('finds the cheapest inner ends for every two outer ends, whatever the sizes', () => {
    const part = fc.integer({ min: 1, max: 20 });
    const scenario = fc.record({
      seed: fc.integer(),
      sizes: fc.tuple(part, part, part, part),
      lone: fc.constantFrom('none', 'left', 'right'),
      levels: fc.constantFrom(undefined, 3),
    });
    fc.assert(
      fc.property(scenario, ({ seed, sizes, lone, levels }) => {
        const [l1, l2] = lone === 'left' ? [1, 0] : sizes.slice(0, 2);
        const [r1, r2] = lone === 'right' ? [1, 0] : sizes.slice(2);
        const left = randomGroup(seed, l1, l2, levels);
        const right = randomGroup(seed ^ 1, r1, r2, levels);
        const random = createRandom(seed ^ 2);
        const columns = r1 + r2;
        const joint = Float64Array.from({ length: (l1 + l2) * columns }, () =>
          levels ? random.integer(levels) / 4 : random.uniform(),
        );
        const out = joinCosts(left, right, joint, columns);
        for (const a of left) {
          for (const b of right) {
            for (let u = 0; u < a.outerCount; u++) {
              for (let w = 0; w < b.outerCount; w++) {
                let lowest = Number.POSITIVE_INFINITY;
                for (let m = 0; m < a.innerCount; m++) {
                  for (let k = 0; k < b.innerCount; k++) {
                    const distance = joint[(a.inner + m) * columns + b.inner + k];
                    const sum = addCosts(
                      a.cost[u * a.innerCount + m],
                      b.cost[w * b.innerCount + k],
                      distance,
                    );
                    lowest = Math.min(lowest, sum);
                  }
                }
                expect(out[(a.outer + u) * columns + b.outer + w]).toBe(lowest);
              }
            }
          }
        }
      }),
    );
  });
});
