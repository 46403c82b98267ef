import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Link, LinkQueue } from './link-queue.ts';

it('gives out links by falling mean similarity, then by the lower groups, in whatever order they came', () => {
  const link = fc.record({
    a: fc.nat(5),
    b: fc.integer({ min: 6, max: 9 }),
    sum: fc.integer({ min: -4, max: 4 }),
    pairs: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(link), (links) => {
      const queue = new LinkQueue();
      for (const each of links) queue.push(each);
      const out: Link[] = [];
      for (let next = queue.pop(); next; next = queue.pop()) out.push(next);
      const key = ({ a, b, sum, pairs }: Link) => [-sum / pairs + 0, a, b];
      const sorted = [...links].sort((x, y) => {
        const [kx, ky] = [key(x), key(y)];
        return kx[0] - ky[0] || kx[1] - ky[1] || kx[2] - ky[2];
      });
      expect(out.map(key)).toEqual(sorted.map(key));
    }),
  );
});
