/** A curation survives what happens to programs, and its result is written where it belongs. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/curation/operations.ts';
import { openFile } from '../../src/io/node/file-store.ts';
import { readNpy, readNpyAs } from '../../src/io/npy.ts';
import { type CurationReply, requestPath } from '../../src/server/protocol.ts';
import { dant, type Running, startDant } from './dant.ts';

const CASE = join(import.meta.dirname, '../golden/cases/rigid');
const folder = mkdtempSync(join(tmpdir(), 'dant-curate-'));
const data = join(CASE, 'data');

afterAll(() => rmSync(folder, { recursive: true }));

const fresh = (name: string) => {
  const out = join(folder, name);
  cpSync(join(CASE, 'expected'), out, { recursive: true });
  return out;
};

const labelsOf = async (out: string, name = 'IdxCluster') =>
  (await readNpyAs((await openFile(join(out, `${name}.npy`)))!, 'int32')).data;

const unitsOf = (labels: Int32Array, label: number) =>
  [...labels.keys()].filter((unit) => labels[unit] === label);

/** Starts `dant view`; its address once it listens. */
async function view(out: string): Promise<{ running: Running; url: string }> {
  const running = startDant(['view', out, '--data', data, '--no-open']);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    running.process.stdout!.on('data', (piece) => {
      text += piece;
      const found = /http:\S+\//.exec(text);
      if (found) resolve(found[0]);
    });
    running.ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { running, url };
}

const append = (url: string, after: number, id: string, operation: Operation) =>
  fetch(url + requestPath('append'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ after, id, operation }),
  });

const curationOf = async (url: string) =>
  (await (await fetch(url + requestPath('curation'))).json()) as CurationReply;

describe('a server that is killed in the middle of a curation', () => {
  it('loses nothing that it confirmed, however often', async () => {
    const out = fresh('killed');
    const confirmed: string[] = [];
    for (let round = 0; round < 3; round++) {
      const { running, url } = await view(out);
      let { version, entries } = await curationOf(url);
      // Nothing that was confirmed is missing; at most the operation under way came on top.
      expect(entries.map(({ id }) => id).slice(0, confirmed.length)).toEqual(confirmed);
      expect(version - confirmed.length).toBeLessThanOrEqual(1);
      confirmed.splice(0, confirmed.length, ...entries.map(({ id }) => id));
      for (let i = 0; i < 5; i++) {
        const id = `operation-${round}-${i}`;
        const answer = await append(url, version++, id, {
          operation: 'note',
          units: [i],
          note: `note ${id}`,
        });
        expect(answer.status).toBe(200);
        confirmed.push(id);
      }
      append(url, version, `under-way-${round}`, { operation: 'mark', units: [0], mark: 'x' }).catch(
        () => {},
      );
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, 2 * round));
      running.process.kill('SIGKILL');
      await running.ended;
    }
    const { stdout } = await dant(['curate', out, '--json']);
    const { result } = JSON.parse(stdout);
    expect(result.version).toBeGreaterThanOrEqual(confirmed.length);
    expect(result.operations.note).toBe(15);
  });
});

describe('two servers on one folder', () => {
  it('tell each other what was done', async () => {
    const out = fresh('shared');
    const [one, two] = await Promise.all([view(out), view(out)]);
    const [first, second] = await Promise.all([
      append(one.url, 0, 'from-window-one', { operation: 'mark', units: [0], mark: 'one' }),
      append(two.url, 0, 'from-window-two', { operation: 'mark', units: [0], mark: 'two' }),
    ]);
    const statuses = [first.status, second.status].sort();
    expect(statuses).toEqual([200, 409]);
    const refused = (await (first.status === 409 ? first : second).json()) as CurationReply;
    const winner = first.status === 200 ? 'from-window-one' : 'from-window-two';
    expect(refused.entries.map(({ id }) => id)).toEqual([winner]);
    expect(await curationOf(one.url)).toEqual(await curationOf(two.url));
    for (const { running } of [one, two]) {
      running.process.kill('SIGINT');
      expect((await running.ended).code).toBe(0);
    }
  });
});

describe('dant curate', () => {
  const out = join(folder, 'applied');
  let labels: Int32Array;
  let merged: number[];
  let split: number[];

  beforeAll(async () => {
    fresh('applied');
    labels = await labelsOf(out);
    merged = [...unitsOf(labels, 1), ...unitsOf(labels, 2)];
    split = unitsOf(labels, 3);
    const { running, url } = await view(out);
    await append(url, 0, 'operation-a', {
      operation: 'merge',
      units: [merged[0], merged[merged.length - 1]],
    });
    await append(url, 1, 'operation-b', { operation: 'split', units: split.slice(0, 2), note: 'two cells' });
    await append(url, 2, 'operation-c', { operation: 'label', units: [merged[0]], label: 'a "fast", one' });
    await append(url, 3, 'operation-d', { operation: 'mark', units: [split[0]], mark: 'check' });
    await append(url, 4, 'operation-e', { operation: 'undo' });
    running.process.kill('SIGINT');
    await running.ended;
  });

  it('shows what was done', async () => {
    const { code, stdout } = await dant(['curate', out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/merge 1, split 1, label 1 \(1 undone\)/);
    expect(stdout).toMatch(/not applied/);
    expect(existsSync(join(out, 'IdxCluster_curated.npy'))).toBe(false);
  });

  it('writes the curated result beside the automatic one', async () => {
    const before = readFileSync(join(out, 'IdxCluster.npy'));
    expect((await dant(['curate', out, '--apply', '--data', data])).code).toBe(0);
    expect(readFileSync(join(out, 'IdxCluster.npy'))).toEqual(before);
    const curated = await labelsOf(out, 'IdxCluster_curated');
    const last = labels.reduce((most, label) => Math.max(most, label), 0);
    const rest = split.length > 3 ? last + 3 : -1;
    const expected = labels.map((label, unit) => {
      if (label === 1 || label === 2) return last + 1;
      if (label === 3) return split.indexOf(unit) < 2 ? last + 2 : rest;
      return label;
    });
    expect(curated).toEqual(expected);

    const matrix = await readNpy((await openFile(join(out, 'ClusterMatrix_curated.npy')))!);
    expect([matrix.dtype, matrix.shape]).toEqual(['bool', [labels.length, labels.length]]);
    const together = (a: number, b: number) => a === b || (curated[a] > 0 && curated[a] === curated[b]);
    expect([...(matrix.data as Uint8Array)]).toEqual(
      Array.from({ length: labels.length ** 2 }, (_, i) =>
        together(Math.floor(i / labels.length), i % labels.length) ? 1 : 0,
      ),
    );
    const pairs = (await readNpyAs((await openFile(join(out, 'MatchedPairs_curated.npy')))!, 'int32')).data;
    const wanted = [];
    for (let a = 0; a < labels.length; a++)
      for (let b = a + 1; b < labels.length; b++) if (together(a, b)) wanted.push(a, b);
    expect([...pairs]).toEqual(wanted);

    const table = readFileSync(join(out, 'Curation.csv'), 'utf8').split(/\r?\n/);
    expect(table[0]).toBe('unit,session,neuron,neuron_automatic,confirmed,mark,name,notes');
    expect(table[1 + merged[0]]).toContain(',"a ""fast"", one",');
    const document = JSON.parse(readFileSync(join(out, 'Curation.json'), 'utf8'));
    expect(document).toMatchObject({ format_version: '2', removed: [], splits: [], dant: { version: 5 } });
    expect(document.merges).toContainEqual({ unit_ids: [...merged].sort((a, b) => a - b) });
    expect(document.unit_ids).toEqual([...labels.keys()]);
    expect((await dant(['curate', out])).stdout).toMatch(/Version: +5; applied/);
  });

  it('refuses a curation of another result, and sets it aside when told to', async () => {
    const other = join(folder, 'other');
    cpSync(out, other, { recursive: true });
    const changed = readFileSync(join(other, 'IdxCluster.npy'));
    changed[changed.length - 8] ^= 1;
    writeFileSync(join(other, 'IdxCluster.npy'), changed);
    const log = readFileSync(join(other, 'Curation.jsonl'));
    for (const args of [
      ['curate', other],
      ['curate', other, '--apply', '--data', data],
    ]) {
      const { code, stderr } = await dant(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/the curation of another result/);
      expect(stderr).toMatch(/--set-aside/);
    }
    expect(readFileSync(join(other, 'Curation.jsonl'))).toEqual(log);
    const { stdout } = await dant(['curate', other, '--set-aside', '--json']);
    const { file } = JSON.parse(stdout).result;
    expect(readFileSync(join(other, file))).toEqual(log);
    expect((await dant(['curate', other])).stdout).toMatch(/Nothing was curated yet/);
  });

  it('neither shows nor writes anything where its log is damaged, and leaves the log', async () => {
    const damaged = join(folder, 'damaged');
    cpSync(out, damaged, { recursive: true });
    const path = join(damaged, 'Curation.jsonl');
    const log = `${readFileSync(path, 'utf8')}{"version":6,\n`;
    writeFileSync(path, log);
    const page = join(folder, 'damaged.html');
    for (const args of [
      ['curate', damaged],
      ['curate', damaged, '--apply', '--data', data],
      ['report', damaged, page, '--data', data],
      ['figures', damaged, '--data', data, '--clusters', 'all'],
    ]) {
      const { code, stderr } = await dant(args);
      expect(stderr).toMatch(/Curation.jsonl, line 7\n {2}found: {4}a line that cannot be read/);
      expect(code).toBe(2);
    }
    expect(existsSync(page)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(log);
    // The same without its line break was cut off: it is told, and passed over.
    writeFileSync(path, log.slice(0, -1));
    const applied = await dant(['curate', damaged, '--apply', '--data', data, '--quiet']);
    expect(applied).toMatchObject({ code: 0, stderr: expect.stringMatching(/line 7, was cut off/) });
  });

  it.each([
    ['no result', ['curate', folder], /IdxCluster.npy/],
    ['no folder', ['curate', join(folder, 'nowhere'), '--apply'], /nothing there/],
    ['a result without its sessions', ['curate', out, '--apply'], /--data/],
    ['the data of another recording', ['view', out, '--data', folder, '--no-open'], /waveform_all.npy/],
    ['both at once', ['curate', out, '--apply', '--set-aside'], /one of them/],
    ['no port', ['view', out, '--data', data, '--port', '99999'], /0 to 65535/],
    [
      'no such neuron',
      ['report', out, join(folder, 'r.html'), '--data', data, '--neurons', '4,77777'],
      /no neuron 77777/,
    ],
    ['no number', ['figures', out, '--data', data, '--clusters', '1;5'], /1,5,9/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await dant(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'r.html'))).toBe(false);
  });
});

describe('pictures of neurons', () => {
  const out = join(folder, 'pictures');
  beforeAll(() => void fresh('pictures'));

  it('dant figures draws the neurons asked for', async () => {
    expect((await dant(['figures', out, '--data', data, '--clusters', '2', '--quiet'])).code).toBe(0);
    const png = readFileSync(join(out, 'Figures/Clusters/Cluster2.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(existsSync(join(out, 'Figures/Clusters/Cluster3.png'))).toBe(false);
  });

  it('dant report writes a file that needs nothing else', async () => {
    const file = join(folder, 'report.html');
    expect((await dant(['report', out, file, '--data', data, '--neurons', '1'])).code).toBe(0);
    const html = readFileSync(file, 'utf8');
    expect(html).toMatch(/<section id="neuron-1">/);
    expect(html).not.toMatch(/<script|<link|(src|href)="(?!data:|#)/);
    expect(html).not.toMatch(/url\((?!data:|#)/);
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html.match(/@font-face/g)).toHaveLength(2);
  });
});
