import { describe, expect, it } from 'vitest';
import type { Pack } from '../../server/protocol.ts';
import { KeptPacks } from './kept-packs.ts';

/** Answers that come when they are let, of so many bytes. */
function answers() {
  const asked: string[] = [];
  const waiting = new Map<string, (bytes: number) => void>();
  return {
    asked,
    ask: (path: string) => () => {
      asked.push(path);
      return new Promise<Pack>((done) =>
        waiting.set(path, (bytes) => done({ arrays: { a: new Uint8Array(bytes) }, meta: {} })),
      );
    },
    arrive: (path: string, bytes: number) => waiting.get(path)!(bytes),
  };
}

describe('kept answers', () => {
  it('are asked for once, and again when they made room for others', async () => {
    const { asked, ask, arrive } = answers();
    const kept = new KeptPacks(100);
    for (const path of ['a', 'b', 'c']) {
      const got = kept.get(path, ask(path));
      arrive(path, 40);
      await got;
    }
    await kept.get('b', ask('b'));
    expect(asked).toEqual(['a', 'b', 'c']);
    void kept.get('a', ask('a'));
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('stay when many were on their way as others came', async () => {
    const { asked, ask, arrive } = answers();
    const kept = new KeptPacks(100);
    // Each comes after a later one that takes all the room.
    for (let round = 0; round < 5; round++) {
      const slow = kept.get(`slow ${round}`, ask(`slow ${round}`));
      const fast = kept.get(`fast ${round}`, ask(`fast ${round}`));
      arrive(`fast ${round}`, 110);
      await fast;
      arrive(`slow ${round}`, 90);
      await slow;
    }
    asked.length = 0;
    const small = kept.get('small', ask('small'));
    arrive('small', 5);
    await small;
    await kept.get('slow 4', ask('slow 4'));
    expect(asked).toEqual(['small']);
  });

  it('are asked for anew when they failed', async () => {
    const kept = new KeptPacks(100);
    const failed = kept.get('a', () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(await kept.get('a', () => Promise.resolve({ arrays: {}, meta: 1 }))).toEqual({
      arrays: {},
      meta: 1,
    });
  });
});
