/** Runs that are killed and go on. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { contentOfResult } from '../support/same-result.ts';
import { dant, startDant } from './dant.ts';

let root: string;
let data: string;
const at = (name: string) => path.join(root, name);

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-resume-'));
  data = at('data');
  const size = ['--sessions', '3', '--units', '75', '--samples', '24', '--spikes', '300'];
  expect(await dant(['simulate', data, ...size, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

const runArgs = (output: string, ...more: string[]) => [
  ...['run', data, '--output', at(output), '--no-figures', '--set', 'n_jobs=1', ...more],
];

/** Starts a run that is killed after some time, ms. @returns whether it was, before its end */
async function killedAt(moment: number, folder: string): Promise<boolean> {
  const running = startDant(runArgs(folder, '--checkpoints', 'always'));
  const timer = setTimeout(() => running.process.kill('SIGKILL'), moment);
  const { code } = await running.ended;
  clearTimeout(timer);
  return code === null;
}

describe('dant run --resume', () => {
  test('gives the uninterrupted result after SIGKILL at ten random moments', async () => {
    const start = performance.now();
    expect(await dant(runArgs('whole'))).toMatchObject({ code: 0 });
    const duration = performance.now() - start;
    const whole = await contentOfResult(at('whole'));
    const random = createRandom(20260718);
    for (let kill = 0; kill < 10; kill++) {
      const folder = `killed${kill}`;
      // Starting the program, a fifth of the time, holds nothing to be kept.
      let moment = (0.2 + 0.8 * random.uniform()) * duration;
      // Where the machine has become faster since, the run may be over by then.
      while (!(await killedAt(moment, folder))) {
        rmSync(at(folder), { recursive: true });
        moment *= 0.9;
      }
      expect(await dant(runArgs(folder, '--resume'))).toMatchObject({ code: 0 });
      expect(await contentOfResult(at(folder))).toEqual(whole);
      rmSync(at(folder), { recursive: true });
    }
  });

  test('after Ctrl-C is offered, goes on, and leaves nothing behind', async () => {
    const running = startDant(runArgs('stopped', '--checkpoints', 'always'));
    await running.saysOnStderr('Clustering …');
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`Stopped. Nothing was changed in ${at('stopped')}. Go on with --resume.`);
    expect(existsSync(at('stopped/Output.npz'))).toBe(false);
    const again = await dant(runArgs('stopped', '--resume'));
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('From the stopped run: the preprocessing.');
    expect(again.stderr).toContain('From the stopped run: the motion.');
    expect(existsSync(at('stopped/.dant-checkpoint'))).toBe(false);
    expect(await contentOfResult(at('stopped'))).toEqual(await contentOfResult(at('whole')));
  });
});
