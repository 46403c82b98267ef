import { describe, expect, test } from 'vitest';
import { formatCount, formatDuration, formatEstimate, formatNumber, formatNumberOf } from './text.ts';

describe('numbers for people', () => {
  test('counts have thousands separators', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test('one is singular', () => {
    expect([0, 1, 2].map((n) => formatNumberOf(n, 'unit'))).toEqual(['0 units', '1 unit', '2 units']);
  });

  test('durations never show 60 seconds or 60 minutes', () => {
    expect([0.04, 59.94, 59.96, 119.6, 3599.7, 7380].map(formatDuration)).toEqual([
      '0.0 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 0 s',
      '1 h 0 min',
      '2 h 3 min',
    ]);
  });

  test('estimates are round', () => {
    expect([0.2, 3.4, 12, 58, 89, 3700].map(formatEstimate)).toEqual([
      'a second',
      '3 s',
      '10 s',
      '1 min',
      '1 min',
      '1 h 2 min',
    ]);
  });

  test('negative zero and infinities are written as people write them', () => {
    expect(
      [-0.001, -1.25, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((x) => formatNumber(x, 1)),
    ).toEqual(['0.0', '-1.3', '+∞', '−∞']);
  });
});
