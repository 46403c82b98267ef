import { describe, expect, it } from 'vitest';
import { exampleShanks, exampleTracking } from '../../test/example-result.ts';
import { Motion } from '../core/motion/motion.ts';
import { MemoryStore } from './memory-store.ts';
import { readMotionBands } from './motion-bands.ts';
import { writeResult } from './write-result.ts';

const EXTRA = { runTimeSec: 12, dateTime: '2026-01-01 12:00:00' };

describe('readMotionBands', () => {
  it('gives the bands of the round that estimated the motion', async () => {
    const [result, store] = [exampleTracking(13), new MemoryStore('out')];
    await writeResult(store, result, EXTRA);
    const { motion, bands } = result.rounds[0];
    const [{ lower, upper }] = bands;
    expect(await readMotionBands(store, [{ motion: motion! }])).toEqual([
      [{ lower: [...lower], upper: [...upper] }],
    ]);
  });

  it('gives those of every shank', async () => {
    const [result, store] = [exampleShanks(13), new MemoryStore('out')];
    await writeResult(store, result, EXTRA);
    const motions = result.shanks.map(({ shankId, result: of }) => ({
      shankId,
      motion: of.rounds[0].motion!,
    }));
    for (const bands of await readMotionBands(store, motions)) expect(bands).toHaveLength(1);
  });

  it('gives none for a motion that no round estimated', async () => {
    const store = new MemoryStore('out');
    await writeResult(store, exampleTracking(13), EXTRA);
    expect(await readMotionBands(store, [{ motion: new Motion(3) }])).toEqual([[]]);
  });

  it.each(['', '{', '3', '[{"motion": 1}]', '[{"bands": []}]'])('takes %j for unknown', async (text) => {
    const store = new MemoryStore('out');
    await store.write('resultIter.json', new TextEncoder().encode(text));
    expect(await readMotionBands(store, [{ motion: new Motion(3) }])).toEqual([[]]);
  });
});
