import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { threadsOf } from './node.ts';

test('there are as many threads as asked for, at least one and no more than cores', () => {
  const cores = availableParallelism();
  expect([-1, 0, 1, cores, cores + 1, 5000, 1e9].map(threadsOf)).toEqual([
    cores,
    1,
    1,
    cores,
    cores,
    cores,
    cores,
  ]);
});
