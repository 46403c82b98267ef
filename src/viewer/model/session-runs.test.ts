import { expect, it } from 'vitest';
import { sessionRunTicks } from './session-runs.ts';

it('names every session once, in the middle of its units', () => {
  const two = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((session) => [session, session]);
  const ticks = sessionRunTicks(two);
  expect(ticks.map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  expect(ticks.map(({ at }) => at)).toEqual([1, 3, 5, 7, 9, 11, 13, 15]);
});

it('leaves sessions out evenly where there are many, and begins anew where another neuron begins', () => {
  const many = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(sessionRunTicks(many).map(({ text }) => text)).toEqual(['1', '4', '7', '10', '13', '16', '19']);
  expect(sessionRunTicks([1, 2, 2, 3], 2)).toEqual([
    { at: 0.5, text: '1' },
    { at: 1.5, text: '2' },
    { at: 2.5, text: '2' },
    { at: 3.5, text: '3' },
  ]);
});
