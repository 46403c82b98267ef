import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../core/curation/operations.ts';
import { InputError } from '../../core/errors.ts';
import { CurationLogFile, setAsideCuration } from './curation-log-file.ts';

const AUTOMATIC = { labels: Int32Array.from([1, 1, 2, 2, -1, -1]), fingerprint: 'sha256:aa' };
const MARK = { operation: 'mark', units: [0], mark: 'check' } satisfies Operation;
const time = '2026-01-01T00:00:00.000Z';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dant-log-'));
  path = join(folder, 'Curation.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const opened = (automatic = AUTOMATIC) => new CurationLogFile(folder, automatic);
const versionOf = async (log: CurationLogFile) => (await log.current()).replayed.version;

/** Appends as often as it takes; how often others were faster. */
async function insist(log: CurationLogFile, id: string): Promise<number> {
  for (let conflicts = 0; ; conflicts++) {
    const { outcome } = await log.append({ ...MARK, mark: id }, { after: await versionOf(log), id, time });
    if (outcome === 'appended') return conflicts;
    expect(outcome).toBe('conflict');
  }
}

describe('the log of a curation on the disk', () => {
  it('is there for the next program', async () => {
    const log = opened();
    expect(await log.append({ operation: 'merge', units: [0, 2] }, { after: 0, id: 'a', time })).toEqual({
      outcome: 'appended',
    });
    expect(await log.append({ operation: 'undo' }, { after: 1, id: 'b', time })).toEqual({
      outcome: 'appended',
    });
    const { replayed, log: read } = await opened().current();
    expect(replayed.version).toBe(2);
    expect([...replayed.state.labels]).toEqual([...AUTOMATIC.labels]);
    expect(read.entries.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(read.head).toMatchObject({ fingerprint: 'sha256:aa', units: 6 });
  });

  it('is refused where it is a folder', async () => {
    mkdirSync(path);
    await expect(opened().current()).rejects.toThrow(InputError);
    await expect(opened().current()).rejects.toThrow(/found a folder/);
    await expect(opened().append(MARK, { after: 0, id: 'a', time })).rejects.toThrow(/found a folder/);
  });

  it('appends nothing when others have, when it was appended before, or when it cannot be done', async () => {
    const [one, two] = [opened(), opened()];
    await one.append(MARK, { after: 0, id: 'a', time });
    const text = readFileSync(path, 'utf8');
    expect(await two.append(MARK, { after: 0, id: 'b', time })).toEqual({ outcome: 'conflict' });
    expect(await two.append(MARK, { after: 0, id: 'a', time })).toEqual({ outcome: 'appended' });
    expect(await two.append({ operation: 'redo' }, { after: 1, id: 'c', time })).toMatchObject({
      outcome: 'impossible',
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('loses nothing of several writers at once', async () => {
    const writers = Array.from({ length: 4 }, () => opened());
    const ids = Array.from({ length: 40 }, (_, i) => `operation-${i}`);
    const conflicts = await Promise.all(
      writers.map(async (log, w) => {
        let sum = 0;
        for (const id of ids.filter((_, i) => i % writers.length === w)) sum += await insist(log, id);
        return sum;
      }),
    );
    const { log, replayed } = await opened().current();
    expect(log.entries.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(log.entries.map(({ version }) => version)).toEqual(ids.map((_, i) => i + 1));
    expect(replayed.done.length).toBe(40);
    // The writers did come between each other.
    expect(conflicts.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
  });

  it('takes back nothing it was told when two lines claim one place', async () => {
    const log = opened();
    await log.append(MARK, { after: 0, id: 'a', time });
    // Another program looked before and wrote after.
    appendFileSync(path, `${JSON.stringify({ version: 1, time, id: 'late', ...MARK })}\n`);
    expect((await log.current()).log.entries.map(({ id }) => id)).toEqual(['a']);
    await log.append(MARK, { after: 1, id: 'b', time });
    expect((await opened().current()).log.entries.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('goes on after a line that was cut off, and says so', async () => {
    const log = opened();
    await log.append(MARK, { after: 0, id: 'a', time });
    await log.append(MARK, { after: 1, id: 'b', time });
    truncateSync(path, readFileSync(path).length - 5);
    const again = opened();
    const { log: read } = await again.current();
    expect(read.entries.map(({ id }) => id)).toEqual(['a']);
    expect(read.warnings).toEqual([expect.stringMatching(/line 3, was cut off/)]);
    const before = readFileSync(path, 'utf8');
    await again.append(MARK, { after: 1, id: 'c', time });
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
    expect((await opened().current()).log.entries.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('refuses the log of another result, and sets it aside when told to', async () => {
    await opened().append(MARK, { after: 0, id: 'a', time });
    const text = readFileSync(path, 'utf8');
    const other = opened({ ...AUTOMATIC, fingerprint: 'sha256:bb' });
    await expect(other.current()).rejects.toThrow(/the curation of another result .*--set-aside/);
    await expect(other.append(MARK, { after: 0, id: 'b', time })).rejects.toThrow(/another result/);
    expect(readFileSync(path, 'utf8')).toBe(text);
    const name = await setAsideCuration(folder);
    expect(readFileSync(join(folder, name!), 'utf8')).toBe(text);
    expect(await versionOf(other)).toBe(0);
    expect(await setAsideCuration(folder)).toBeUndefined();
  });

  it('refuses a log that was changed, and a link', async () => {
    await opened().append(MARK, { after: 0, id: 'a', time });
    appendFileSync(
      path,
      `${JSON.stringify({ version: 2, time, id: 'x', operation: 'split', units: [0, 1] })}\n`,
    );
    await expect(opened().current()).rejects.toThrow(/Curation.jsonl: found entry 2: all units/);
    rmSync(path);
    writeFileSync(join(folder, 'elsewhere'), '');
    symlinkSync('elsewhere', path);
    await expect(opened().current()).rejects.toThrow(/a link to somewhere else/);
    await expect(opened().append(MARK, { after: 0, id: 'a', time })).rejects.toThrow(
      /a link to somewhere else/,
    );
    expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('');
  });
});
