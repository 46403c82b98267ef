import { expect, test } from 'vitest';
import { formatBytes } from './format-bytes.ts';

test('bytes turn from MB to GB without a gap', () => {
  expect([1, 2_400_000, 999_000_000, 999_999_999, 7_960_000_000].map(formatBytes)).toEqual([
    '1 MB',
    '2 MB',
    '999 MB',
    '1.0 GB',
    '8.0 GB',
  ]);
});
