import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOfResult } from '../../test/support/same-result.ts';
import type { RunEvent } from '../core/context.ts';
import { StoppedError } from '../core/errors.ts';
import type { UserSettings } from '../core/settings.ts';
import { runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';
import type { RunOptions } from './stage-options.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-checkpoints-'));
  await simulateFolder(at('data'), {
    sessions: 3,
    neuronsPerSession: 15,
    samples: 32,
    firing: { durationMs: 120_000 },
    seed: 3,
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

let folders = 0;
const settingsFor = (folder: string, more: UserSettings = {}, data = 'data'): UserSettings => ({
  path_to_data: at(data),
  output_folder: at(folder),
  waveformCorrection: { n_nearest_channels: 16 },
  n_jobs: 1,
  ...more,
});

/** Runs until an event, keeping every step; with `until` left out, to the end. */
async function run(settings: UserSettings, options: RunOptions = {}, until?: (event: RunEvent) => boolean) {
  const controller = new AbortController();
  const said: string[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'log' || event.kind === 'warning') said.push(event.text);
    if (until?.(event)) controller.abort();
  };
  const running = runFolder(settings, {
    figures: false,
    checkpoints: 'always',
    fromFile: false,
    ...options,
    onEvent,
    signal: controller.signal,
  });
  if (until) await expect(running).rejects.toThrow(StoppedError);
  else await running;
  return said;
}

const whenWriting = (event: RunEvent) => event.kind === 'stage' && event.stage === 'write';
const whenClustering = (event: RunEvent) => event.kind === 'stage' && event.stage === 'clustering';
const inSecondRound = (event: RunEvent) => event.kind === 'log' && event.text.includes('Round 2: ');

/** Stops a run, resumes it with `change` in between; what the resumed run says, and its folder. */
async function stopAndResume(
  until: (event: RunEvent) => boolean,
  change: (folder: string) => Promise<unknown> = async () => {},
  options: { before?: UserSettings; after?: UserSettings; data?: string; run?: RunOptions } = {},
) {
  const folder = `stopped${++folders}`;
  await run(settingsFor(folder, options.before, options.data), options.run, until);
  await change(folder);
  const after = settingsFor(folder, options.after ?? options.before, options.data);
  return { folder, said: await run(after, { ...options.run, resume: true }) };
}

describe('a run that goes on', () => {
  const cases: [string, UserSettings, RunOptions][] = [
    ['with rounds until the motion converges', {}, {}],
    ['with rounds until the matches no longer grow', { preset: 'reference' }, {}],
    ['with several shanks', {}, { shanks: 'each' }],
  ];
  it.each(cases)('gives what an uninterrupted one gives, %s', async (_, before, options) => {
    const data = options.shanks === 'each' ? 'shanks' : 'data';
    if (data === 'shanks') {
      await simulateFolder(at(data), {
        probe: 'np2-four-shank',
        channels: 96,
        sessions: 3,
        neuronsPerSession: 40,
        samples: 24,
        firing: { durationMs: 60_000 },
        seed: 5,
      });
    }
    await run(settingsFor('whole', before, data), options);
    const whole = await contentOfResult(at('whole'));
    for (const until of [inSecondRound, whenClustering]) {
      const { folder, said } = await stopAndResume(until, undefined, { before, data, run: options });
      expect(said).toContain('From the stopped run: the preprocessing.');
      expect(await contentOfResult(at(folder))).toEqual(whole);
    }
    await rm(at('whole'), { recursive: true });
  });

  it('computes nothing again that was finished', async () => {
    const { said } = await stopAndResume(whenWriting);
    expect(said.filter((text) => text.startsWith('From the stopped run'))).toEqual([
      'From the stopped run: the preprocessing.',
      'From the stopped run: the motion.',
      'From the stopped run: the final clustering.',
    ]);
    expect(said.filter((text) => text.startsWith('Round'))).toEqual([]);
  });

  it('says which setting has changed and does again what depends on it', async () => {
    const { folder, said } = await stopAndResume(whenWriting, undefined, {
      before: { motionEstimation: { max_distance: 100 } },
      after: { motionEstimation: { max_distance: 100 }, clustering: { max_distance: 60 } },
    });
    expect(said).toContain(
      'The setting clustering.max_distance has changed from 100 to 60 since the run was stopped: the final clustering is done again.',
    );
    expect(said).toContain('From the stopped run: the motion.');
    await run(
      settingsFor('other', { motionEstimation: { max_distance: 100 }, clustering: { max_distance: 60 } }),
    );
    expect((await contentOfResult(at(folder)))['IdxCluster.npy']).toEqual(
      (await contentOfResult(at('other')))['IdxCluster.npy'],
    );
  });

  it('says which input has changed and does everything again that depends on it', async () => {
    await cp(at('data'), at('changed'), { recursive: true });
    const { folder, said } = await stopAndResume(
      whenWriting,
      async () => {
        const file = at('changed', 'waveform_all.npy');
        const bytes = await readFile(file);
        bytes.writeFloatLE(123, bytes.length - 4);
        const { atime, mtime } = await stat(file);
        await writeFile(file, bytes);
        // Whoever restores the time of the content still cannot hide the change.
        await utimes(file, atime, mtime);
      },
      { data: 'changed' },
    );
    expect(said).toContain(
      `${at('changed', 'waveform_all.npy')} has changed since the run was stopped: what depends on it is done again.`,
    );
    expect(said.filter((text) => text.startsWith('From the stopped run'))).toEqual([]);
    await run(settingsFor('fresh', {}, 'changed'));
    const [a, b] = await Promise.all([contentOfResult(at(folder)), contentOfResult(at('fresh'))]);
    expect(a).toEqual(b);
  });

  it('is not misled by copying: files with new times and old content are the same', async () => {
    await cp(at('data'), at('copied'), { recursive: true });
    const { said } = await stopAndResume(
      whenWriting,
      async () => {
        await rm(at('copied'), { recursive: true });
        await cp(at('data'), at('copied'), { recursive: true });
      },
      { data: 'copied' },
    );
    // Spike trains are told by size and time alone; what follows from them is compared by value.
    expect(said.some((text) => text.includes('have been written since the run was stopped'))).toBe(true);
    expect(said).toContain('From the stopped run: the motion.');
    expect(said).toContain('From the stopped run: the final clustering.');
  });

  it('notices what is half-written and does it again', async () => {
    await run(settingsFor('sound'));
    const { folder, said } = await stopAndResume(whenWriting, async (stopped) => {
      const file = at(stopped, '.dant-checkpoint', 'motion.npz');
      await truncate(file, Math.floor((await stat(file)).size / 2));
    });
    expect(said).toContain(
      `${at(folder, '.dant-checkpoint', 'motion.npz')} is damaged or half-written: the motion is done again.`,
    );
    expect(await contentOfResult(at(folder))).toEqual(await contentOfResult(at('sound')));
  });
});

describe('checkpoints', () => {
  it('are not made by short runs', async () => {
    await run(settingsFor('short'), { checkpoints: 'auto' }, whenWriting);
    await expect(stat(at('short'))).rejects.toThrow('ENOENT');
  });

  it('of a stopped run are thrown away by one that starts anew, which says so first', async () => {
    await run(settingsFor('anew'), {}, whenWriting);
    const said = await run(settingsFor('anew'));
    expect(said[0]).toContain('use --resume to go on with it');
    expect(said.some((text) => text.startsWith('From the stopped run'))).toBe(false);
    expect(await readdir(at('anew'))).not.toContain('.dant-checkpoint');
  });
});
