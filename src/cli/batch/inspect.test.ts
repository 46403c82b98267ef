import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeNpyHeader } from '../../io/npy-header.ts';
import { encodeNpy } from '../../io/npy-writer.ts';
import { inspectJob, isProblem } from './inspect.ts';
import type { Job } from './plan.ts';

let root: string;
const UNITS = 50_000;

/** Files of zeros, as large as their headers say. */
function zeros(name: string, dtype: string, shape: readonly number[]): void {
  const header = encodeNpyHeader(dtype, shape);
  writeFileSync(join(root, name), header);
  const itemSize = Number(dtype.slice(2));
  truncateSync(join(root, name), header.length + shape.reduce((size, n) => size * n, itemSize));
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dant-inspect-'));
  zeros('waveform_all.npy', '<f4', [UNITS, 4, 8]);
  zeros('session_index.npy', '<i8', [UNITS]);
  const locations = Float64Array.from({ length: 8 }, (_, i) => (i % 2) * 600 * i);
  writeFileSync(
    join(root, 'channel_locations.npy'),
    encodeNpy({ dtype: 'float64', shape: [4, 2], data: locations }),
  );
  mkdirSync(join(root, 'spike_times'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['auto', true],
  ['nearby', true],
  ['all', false],
])('a job of 50,000 units with candidates "%s" fits in memory: %s', async (candidates, fits) => {
  const job: Job = {
    name: 'large',
    data: root,
    output: join(root, 'out'),
    after: [],
    folder: join(root, 'out'),
  };
  const set = [`clustering.candidates=${candidates}`];
  const inspected = await inspectJob(job, { set, shanks: 'auto', figures: false });
  expect(isProblem(inspected)).toBe(!fits);
  if (isProblem(inspected)) expect(inspected.found).toContain('50000 units');
});
