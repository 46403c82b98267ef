import { expect, it } from 'vitest';
import { onceEach } from './answers.ts';

it('is done once for each key, and again only where it failed', async () => {
  const done: string[] = [];
  let isBroken = true;
  const work = onceEach(async (key: string) => {
    done.push(key);
    if (key === 'a' && isBroken) throw new Error('cannot be read now');
    return key.toUpperCase();
  });
  await expect(work('a')).rejects.toThrow('cannot be read now');
  isBroken = false;
  expect(await Promise.all([work('a'), work('a'), work('b'), work('b')])).toEqual(['A', 'A', 'B', 'B']);
  expect(await work('a')).toBe('A');
  expect(done).toEqual(['a', 'a', 'b']);
});
