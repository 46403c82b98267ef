import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { fromNested, ndarray } from '../ndarray.ts';
import { motionFromArray } from './given-motion.ts';

describe('motionFromArray', () => {
  it.each([[[1, 2, 3]], [[[1, 2, 3]]], [[[1], [2], [3]]]])('takes %j as constant motion', (nested) => {
    const motion = motionFromArray(fromNested(nested), 3, 'motion.npy');
    expect([...motion.constant]).toEqual([1, 2, 3]);
    expect([...motion.linear]).toEqual([0, 0, 0]);
  });

  it.each([
    [
      [
        [4, 5, 6],
        [1, 2, 3],
      ],
    ],
    [
      [
        [4, 1],
        [5, 2],
        [6, 3],
      ],
    ],
  ])('takes %j as linear and constant motion', (nested) => {
    const motion = motionFromArray(fromNested(nested), 3, 'motion.npy');
    expect([...motion.constant]).toEqual([1, 2, 3]);
    expect([...motion.linear]).toEqual([4, 5, 6]);
  });

  it('takes a 2 × 2 array of two sessions as one row per session', () => {
    const motion = motionFromArray(
      fromNested([
        [4, 1],
        [5, 2],
      ]),
      2,
      'motion.npy',
    );
    expect([...motion.linear]).toEqual([4, 5]);
    expect([...motion.constant]).toEqual([1, 2]);
  });

  it.each([[[4]], [[3, 3]], [[2, 4]], [[1, 3, 1]], [[]]])('refuses the shape %j and says so', (shape) => {
    const array = ndarray(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
    const attempt = () => motionFromArray(array, 3, 'here/motion.npy');
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow('here/motion.npy');
    expect(attempt).toThrow(`(${shape.join(', ')}`);
    expect(attempt).toThrow('3 sessions');
  });

  it('refuses values that are not finite', () => {
    const attempt = () => motionFromArray(fromNested([0, Number.NaN, 1]), 3, 'motion.npy');
    expect(attempt).toThrow('NaN at position 1');
  });
});
