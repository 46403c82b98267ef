/** Standard streams that take no more. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dant, MAIN } from './dant.ts';

let root: string;
let data: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-full-'));
  data = path.join(root, 'data');
  const size = ['--sessions', '2', '--units', '8', '--spikes', '50', '--samples', '16', '--quiet'];
  expect(await dant(['simulate', data, ...size])).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true }));

describe.skipIf(!existsSync('/dev/full'))('onto a full disk', () => {
  /** Runs with one of the standard streams, 1 or 2, on a full disk. */
  const ontoFullDisk = (args: readonly string[], stream: 1 | 2) => {
    const full = openSync('/dev/full', 'w');
    const stdio = [0, 1, 2].map((one) => (one === stream ? full : 'pipe'));
    const ended = spawnSync(process.execPath, [MAIN, ...args], { stdio, encoding: 'utf8' });
    closeSync(full);
    return ended;
  };

  test.each([
    ['text', () => ['settings']],
    ['a document', () => ['check', data, '--json', '--quiet']],
    ['the document of an error', () => ['check', path.join(root, 'nowhere'), '--json', '--quiet']],
    ['help', () => ['--help']],
  ])('%s cannot be printed, and one message says so', (_name, args) => {
    const { status, stderr } = ontoFullDisk(args(), 1);
    expect(status).toBe(2);
    expect(stderr.match(/Error in standard output\n {2}found: {4}a full disk/g)).toHaveLength(1);
    expect(stderr).not.toContain('node:');
  });

  test('messages are lost, not the outcome', () => {
    const { status, stdout } = ontoFullDisk(['check', data, '--json'], 2);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });
});
