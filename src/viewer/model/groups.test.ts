import { expect, it } from 'vitest';
import { subjectsOf } from './groups.ts';

it('names what units belong to once each, that of most units first', () => {
  const labels = Int32Array.of(-1, 3, 7, 3, 3);
  expect(subjectsOf([0, 1, 2, 3, 4], labels)).toEqual([
    { kind: 'neuron', id: 3 },
    { kind: 'unit', unit: 0 },
    { kind: 'neuron', id: 7 },
  ]);
});
