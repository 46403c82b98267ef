import { describe, expect, it } from 'vitest';
import { concurrently } from './concurrently.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('concurrently', () => {
  it('does everything once, a few at a time, beginning in order', async () => {
    const begun: number[] = [];
    let atOnce = 0;
    let most = 0;
    await concurrently(50, async (index) => {
      begun.push(index);
      most = Math.max(most, ++atOnce);
      await later();
      atOnce--;
    });
    expect(begun).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(10);
  });

  it('begins nothing more after a failure, and passes it on once all have ended', async () => {
    let begun = 0;
    let running = 0;
    const attempt = concurrently(1000, async (index) => {
      begun++;
      running++;
      await later();
      running--;
      if (index === 3) throw new Error('the fourth');
    });
    await expect(attempt).rejects.toThrow('the fourth');
    expect(begun).toBeLessThan(20);
    expect(running).toBe(0);
  });

  it('has nothing to do for nothing', async () => {
    await concurrently(0, () => Promise.reject(new Error('called')));
  });
});
