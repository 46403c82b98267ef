import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/numpy.ts';
import { StoppedError } from '../core/errors.ts';
import { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { encodeNpy } from '../io/npy-writer.ts';
import { computePeth } from './peth.ts';

/** Units 0 and 1 in session 1, unit 2 in session 2; all times in ms. */
const SPIKES = [[1000, 1010, 1030, 5000], [2005], [900, 990, 1000, 8000]];

function writeRecording(folder: string): void {
  mkdirSync(join(folder, 'spike_times'));
  const write = (name: string, shape: number[], data: number[]) =>
    writeFileSync(join(folder, name), encodeNpy({ dtype: 'float64', shape, data }));
  write('waveform_all.npy', [3, 1, 1], [1, 1, 1]);
  write('session_index.npy', [3], [1, 1, 2]);
  for (const [unit, times] of SPIKES.entries()) write(`spike_times/Unit${unit}.npy`, [times.length], times);
}

const withRecording = (events: string, work: (folder: string, file: string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    writeRecording(folder);
    const file = join(folder, 'events.csv');
    writeFileSync(file, events);
    await work(folder, file);
  });

const read = async (folder: string) => readNpyAs((await new FileStore(folder).open('peth.npy'))!, 'float64');

const WINDOW = { window: [-0.01, 0.03], bin: 0.02 } as const;

describe('computePeth', () => {
  it('writes rates worked by hand, kinds side by side, NaN where a session lacks the kind', async () => {
    const events = 'type,session,time\ntone,1,1\ntone,1,2\nlick,2,0.9\n';
    await withRecording(events, async (folder, file) => {
      const summary = await computePeth(folder, file, WINDOW);
      const { shape, data } = await read(folder);
      expect(shape).toEqual([3, 4]);
      // tone at 1000 and 2000 ms, bins from -10 to 10 and from 10 to 30: a spike is 1 / (2 · 0.02 s) = 25 spikes/s.
      // Unit 0: 1000 in the first bin, 1010 in the second; 1030 is past the end. Unit 1: 2005 in the first.
      // lick at 900 ms of session 2, 50 spikes/s each: unit 2 has 900 in the first bin.
      const no = Number.NaN;
      expect([...data]).toEqual([no, no, 25, 25, no, no, 25, 0, 50, 0, no, no]);
      expect(summary).toMatchObject({
        units: 3,
        bins: 4,
        binsPerType: 2,
        types: [
          { type: 'lick', firstBin: 0, events: 1, missingSessions: [1] },
          { type: 'tone', firstBin: 2, events: 2, missingSessions: [2] },
        ],
      });
    });
  });

  it('takes the same events in ms', async () => {
    const inSeconds = 'session,time,type\n1,1.01,a\n2,0.99,a\n';
    const inMs = 'session,time_ms,type\n1,1010,a\n2,990,a\n';
    const [one, other] = [inSeconds, inMs].map(
      (events) =>
        new Promise((resolve) =>
          withRecording(events, async (folder, file) => {
            await computePeth(folder, file, WINDOW);
            resolve(await read(folder));
          }),
        ),
    );
    expect(await one).toEqual(await other);
  });

  it('leaves out events whose window is not within their session, and says so', async () => {
    await withRecording('session,time,type\n1,1,a\n1,0.005,a\n1,4.98,a\n', async (folder, file) => {
      const { warnings, types } = await computePeth(folder, file, WINDOW);
      expect(types).toMatchObject([{ events: 1, missingSessions: [2] }]);
      expect(warnings).toEqual([expect.stringContaining('2 of 3 events are left out')]);
    });
  });

  it('wonders about events that are all at the very start', async () => {
    await withRecording('session,time_ms,type\n2,30,a\n2,32,a\n', async (folder, file) => {
      const { warnings } = await computePeth(folder, file, WINDOW);
      expect(warnings).toEqual([expect.stringContaining('All events of session 2 lie in the first 0.032 s')]);
    });
  });

  it.each([
    [
      'an event beyond the session',
      'session,time,type\n1,1,a\n1,1000,a\n',
      /row 2: found an event at 1000 s/,
    ],
    [
      'an event of a session that does not exist',
      'session,time,type\n3,1,a\n',
      /row 1, column session: found "3"/,
    ],
    ['a negative time', 'session,time,type\n1,-1,a\n', /column time: found "-1"/],
    ['a time that is no number', 'session,time,type\n1,noon,a\n', /found "noon"/],
    ['an event of no kind', 'session,time,type\n1,1,\n', /column type: found nothing/],
    ['a missing column', 'session,time\n1,1\n', /found the columns session, time;/],
    ['times in both units', 'session,time,time_ms,type\n1,1,1,a\n', /one of time \(seconds\) or time_ms/],
    ['a table without events', 'session,time,type\n', /found no events/],
  ])('tells %s, and leaves an earlier PETH as it was', async (_, events, message) => {
    await withRecording(events, async (folder, file) => {
      const peth = join(folder, 'peth.npy');
      writeFileSync(peth, 'earlier');
      await expect(computePeth(folder, file, { ...WINDOW, force: true })).rejects.toThrow(message);
      expect(readFileSync(peth, 'utf8')).toBe('earlier');
    });
  });

  it('replaces a PETH only when told to', async () => {
    await withRecording('session,time,type\n1,1,a\n', async (folder, file) => {
      await computePeth(folder, file, WINDOW);
      await expect(computePeth(folder, file, { ...WINDOW, bin: 0.01 })).rejects.toThrow(/already/);
      await computePeth(folder, file, { ...WINDOW, bin: 0.01, force: true });
      expect((await read(folder)).shape).toEqual([3, 4]);
    });
  });

  it('writes nothing when it is stopped', async () => {
    await withRecording('session,time,type\n1,1,a\n', async (folder, file) => {
      const signal = AbortSignal.abort();
      await expect(computePeth(folder, file, { ...WINDOW, signal })).rejects.toThrow(StoppedError);
      expect(existsSync(join(folder, 'peth.npy'))).toBe(false);
    });
  });
});
