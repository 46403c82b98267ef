import { expect, it } from 'vitest';
import type { CurationEntry } from '../../core/curation/operations.ts';
import { stillChosen } from './still-chosen.ts';

const head = { version: 1, time: '2026-01-01T00:00:00Z', id: 'test' };
const labels = Int32Array.of(1, 1, 2, 2);
const chosen = new Set([0, 2]);

it('is what the operations do not concern', () => {
  const confirmed: CurationEntry = { ...head, operation: 'confirm', units: [2, 3], confirmed: true };
  expect([...stillChosen(chosen, [confirmed], labels, labels)]).toEqual([0]);
  const split: CurationEntry = { ...head, operation: 'split', units: [3] };
  expect([...stillChosen(chosen, [split], labels, Int32Array.of(1, 1, -1, -1))]).toEqual([0]);
  expect([...stillChosen(chosen, [{ ...head, operation: 'undo' }], labels, labels)]).toEqual([0, 2]);
});
