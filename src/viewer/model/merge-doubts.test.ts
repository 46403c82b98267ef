import { expect, it } from 'vitest';
import { replay } from '../../core/curation/replay.ts';
import { mergeDoubts } from './merge-doubts.ts';

/** Units 0 to 2 are neuron 1, 3 and 4 neuron 2; 5 is unmatched. */
const { state } = replay(Int32Array.of(1, 1, 1, 2, 2, -1));
const columns = {
  session: Int32Array.of(1, 2, 3, 4, 5, 3),
  correctedY: Float32Array.of(100, 110, 120, 200, 204, 1500),
  shank: Int32Array.of(1, 1, 1, 1, 1, 2),
};

it('has no doubt of a merge of near units of other sessions on one shank', () => {
  expect(mergeDoubts(state, [0, 3], columns, 100)).toEqual([]);
});

it('doubts a merge over more than the distance of candidate pairs, by the mean depths of whole neurons', () => {
  expect(mergeDoubts(state, [2, 3], columns, 90)).toEqual([
    expect.stringContaining('Neuron 1 and Neuron 2 lie 92 µm apart in depth'),
  ]);
  expect(mergeDoubts(state, [2, 3], columns, undefined)).toEqual([]);
});

it('doubts a merge of two shanks, and of two units of one session', () => {
  const doubts = mergeDoubts(state, [3, 5, 0], columns, 100);
  expect(doubts).toEqual([
    expect.stringContaining('units 2 and 5 of session 3'),
    expect.stringContaining('shanks 1 and 2'),
    expect.stringContaining('Neuron 1 and Unit 5 lie 1390 µm apart'),
  ]);
});
