import { expect, it } from 'vitest';
import { DisjointSets } from './disjoint-sets.ts';

it('joined sets have their lowest member for a root', () => {
  const sets = new DisjointSets(6);
  sets.join(5, 3);
  sets.join(3, 4);
  sets.join(1, 2);
  sets.join(2, 5);
  sets.join(2, 1);
  expect([0, 1, 2, 3, 4, 5].map((i) => sets.find(i))).toEqual([0, 1, 1, 1, 1, 1]);
});

it('a set goes under the root it is attached to', () => {
  const sets = new DisjointSets(4);
  sets.attach(0, 3);
  sets.attach(1, 3);
  expect([0, 1, 2, 3].map((i) => sets.find(i))).toEqual([3, 3, 2, 3]);
});
