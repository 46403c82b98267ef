import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { curateFolder } from '../../test/support/curate-folder.ts';
import { splitRecording } from '../../test/support/split-recording.ts';
import type { Operation } from '../core/curation/operations.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { addSessions } from './add.ts';
import { applyCuration, curationSummary } from './curate.ts';
import { openTracked } from './open-tracked.ts';
import { runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const quiet = { figures: false };

async function numbers(...path: string[]): Promise<number[]> {
  const source = await openFile(at(...path));
  if (!source) throw new Error(`${at(...path)} is missing`);
  return [...(await readNpyAs(source, 'float64')).data];
}

/** The units of the neurons of a result, largest neuron first. */
async function neurons(folder: string): Promise<number[][]> {
  const labels = await numbers(folder, 'IdxCluster.npy');
  const found = Array.from({ length: Math.max(...labels) }, (_, k) =>
    [...labels.keys()].filter((unit) => labels[unit] === k + 1),
  );
  return found.sort((a, b) => b.length - a.length);
}

const curate = (folder: string, ...operations: Operation[]) => curateFolder(at(folder), ...operations);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-carry-'));
  await simulateFolder(at('all'), {
    sessions: 6,
    neuronsPerSession: 30,
    samples: 32,
    firing: { durationMs: 100_000 },
    seed: 4,
  });
  await splitRecording(at('all'), at('old'), 1, 4);
  await splitRecording(at('all'), at('new'), 5, 6);
  const settings = { path_to_data: at('old'), output_folder: at('result'), n_jobs: 1 };
  await runFolder(settings, { ...quiet, fromFile: false });
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

it('a curation by hand goes on in the grown result', async () => {
  await cp(at('result'), at('curated'), { recursive: true });
  const [first, second, third, fourth, fifth] = await neurons('curated');
  await curate(
    'curated',
    { operation: 'merge', units: [first[0], second[0]] },
    { operation: 'split', units: third.slice(0, 2) },
    { operation: 'confirm', units: [fourth[0]], confirmed: true },
    { operation: 'label', units: [fifth[0]], label: 'interneuron' },
    { operation: 'mark', units: [fifth[0]], mark: 'check' },
    { operation: 'undo' },
  );
  await applyCuration(at('curated'));
  const before = await numbers('curated', 'IdxCluster_curated.npy');
  const log = await readFile(at('curated', 'Curation.jsonl'), 'utf8');

  const summary = await addSessions(at('curated'), at('new'), quiet);
  expect(summary.curation).toEqual({ operations: 6, confirmAgain: 1 });
  expect(summary.warnings.filter((text) => text.includes('curation'))).toEqual([]);

  // The curated files are those of the grown result: what was curated holds, number for number.
  const after = await numbers('curated', 'IdxCluster_curated.npy');
  expect(after).toHaveLength(summary.units);
  expect(after.length).toBeGreaterThan(before.length);
  before.forEach((label, unit) => {
    if (label > 0) expect(after[unit]).toBe(label);
  });
  const automatic = await numbers('curated', 'IdxCluster.npy');
  const joined = [...after.keys()].filter((unit) => unit >= before.length);
  // New units of either of two neurons that were merged are in the one that was made of them.
  for (const unit of joined) {
    if (automatic[unit] === automatic[first[0]] || automatic[unit] === automatic[second[0]])
      expect(after[unit]).toBe(before[first[0]]);
  }
  expect(joined.some((unit) => after[unit] === before[first[0]])).toBe(true);

  const now = await curationSummary(at('curated'));
  expect(now).toMatchObject({ appliedVersion: now.version, confirmed: 0 });
  const { replayed } = await new CurationLogFile(at('curated'), await openTracked(at('curated'))).current();
  expect(replayed.state.names.get(fifth[0])).toBe('interneuron');
  expect(replayed.state.marks.size).toBe(0);
  const aside = (await readdir(at('curated'))).filter((name) => name.startsWith('Curation-until-'));
  expect(aside).toHaveLength(1);
  expect(await readFile(at('curated', aside[0]), 'utf8')).toBe(log);
  // And it can go on.
  await curate('curated', { operation: 'merge', units: [fourth[0], fifth[0]] });
}, 60_000);

it('leaves the old result, and a curation that it cannot carry over, as they are', async () => {
  await cp(at('result'), at('source'), { recursive: true });
  const [first, second] = await neurons('source');
  await curate('source', { operation: 'merge', units: [first[0], second[0]] });
  const path = at('source', 'Curation.jsonl');
  const log = await readFile(path, 'utf8');
  const { curation } = await addSessions(at('source'), at('new'), { ...quiet, output: at('elsewhere') });
  expect(curation).toEqual({ operations: 1, confirmAgain: 0 });
  expect(await readFile(path, 'utf8')).toBe(log);
  expect(await readdir(at('elsewhere'))).not.toContain('Curation.json');
  expect((await curationSummary(at('elsewhere'))).operations).toEqual({ merge: 1 });

  for (const bad of [log.replace(/sha256:\w/, 'sha256:x'), `${log}{"version":7}\n`]) {
    await writeFile(path, bad);
    const summary = await addSessions(at('source'), at('new'), { ...quiet, output: at('without') });
    expect(summary.curation).toBeUndefined();
    expect(summary.warnings.join()).toContain('The curation by hand is not carried over');
    expect(await readFile(path, 'utf8')).toBe(bad);
    expect(await readdir(at('without'))).not.toContain('Curation.jsonl');
  }
}, 60_000);
