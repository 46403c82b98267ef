import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { memoryLimit } from './memory-limit.ts';

describe('memoryLimit', () => {
  it('is something, and no more than the machine has', () => {
    expect(memoryLimit()).toBeGreaterThan(2 ** 26);
    expect(memoryLimit()).toBeLessThanOrEqual(totalmem());
  });
});
