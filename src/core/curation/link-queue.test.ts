import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Link, LinkQueue } from './link-queue.ts';

it('gives out links by falling score, then by the lower groups, in whatever order they came', () => {
  const link = fc.record({
    a: fc.nat(5),
    b: fc.integer({ min: 6, max: 9 }),
    score: fc.integer({ min: -3, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(link), (links) => {
      const queue = new LinkQueue();
      for (const each of links) queue.push(each);
      const out: Link[] = [];
      for (let next = queue.pop(); next; next = queue.pop()) out.push(next);
      expect(out).toEqual(links.sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b));
    }),
  );
});
