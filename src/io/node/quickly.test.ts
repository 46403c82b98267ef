import { beforeEach, expect, test, vi } from 'vitest';

let quickly: typeof import('./quickly.ts').quickly;
let now = 0;

beforeEach(async () => {
  now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.resetModules();
  ({ quickly } = await import('./quickly.ts'));
});

/** Work that takes a time, ms. */
const lasting = (ms: number) => () => {
  now += ms;
  return ms;
};
const otherWork = () => new Promise((resolve) => setImmediate(resolve));

test('quick work is done at once, and what it throws is thrown', () => {
  expect(quickly(lasting(0.1))).toEqual({ value: 0.1 });
  expect(() =>
    quickly(() => {
      throw new Error('no such file');
    }),
  ).toThrow('no such file');
});

test('after slow work none is done at once for a while', async () => {
  expect(quickly(lasting(2))).toEqual({ value: 2 });
  await otherWork();
  expect(quickly(lasting(0.1))).toBeUndefined();
  now += 101;
  expect(quickly(lasting(0.1))).toEqual({ value: 0.1 });
});

test('other work has its turn before there is too much of it', async () => {
  let done = 0;
  while (quickly(lasting(0.5))) done++;
  expect(done).toBe(10);
  await otherWork();
  expect(quickly(lasting(0.5))).toEqual({ value: 0.5 });
});
