/** `dant batch`, `dant run --shank` and `dant merge`, as people call them. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dant, startDant } from './dant.ts';
import { snapshotOfFolder } from './snapshot-of-folder.ts';

let root: string;
const at = (...parts: string[]) => path.join(root, ...parts);

/** Every channel near every other: few units are enough. */
const SIZE = ['--sessions', '2', '--units', '24', '--samples', '16', '--spikes', '60', '--no-peth'];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-batch-'));
  for (const name of ['a', 'b', 'c']) {
    const { code } = await dant(['simulate', at(name), ...SIZE, '--seed', String(name.charCodeAt(0)), '-q']);
    expect(code).toBe(0);
  }
  const shanks = [
    '--probe',
    'np2-four-shank',
    '--units',
    '40',
    '--sessions',
    '2',
    '--samples',
    '16',
    '--spikes',
    '60',
  ];
  expect(await dant(['simulate', at('four'), ...shanks, '--no-peth', '-q'])).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true }));

const list = (name: string, ...lines: string[]) => {
  writeFileSync(at(name), `${lines.join('\n')}\n`);
  return at(name);
};
const batch = (file: string, ...args: string[]) => dant(['batch', file, '--no-figures', ...args]);

interface Report {
  name: string;
  state: string;
  neurons?: number;
  error?: { kind: string; where?: string; message: string };
}
const states = (stdout: string) =>
  Object.fromEntries((JSON.parse(stdout).result.jobs as Report[]).map(({ name, state }) => [name, state]));

describe('dant batch', () => {
  test('runs what can be run, names what failed, and does only what is missing the second time', async () => {
    const file = list(
      'first.csv',
      'name,data,output,settings',
      'A,a,out/A,',
      'B,nowhere,out/B,',
      'C,,out/C,c.json',
    );
    writeFileSync(at('c.json'), JSON.stringify({ path_to_data: 'c', motionEstimation: { max_iter: 2 } }));
    const first = await batch(file, '--parallel', '2');
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/^2 of 3 jobs done\./);
    expect(first.stdout).toMatch(/^ {2}A +done +24 +2 /m);
    expect(first.stdout).toMatch(/^B failed\n {2}in +.*nowhere\n {2}found: /m);
    expect(first.stderr).toContain('Warning: B failed:');
    expect(readdirSync(at('out')).sort()).toEqual(['A', 'C']);
    // The path of C comes from its settings file, as do its settings.
    const { result } = JSON.parse((await batch(file, '--status', '--json')).stdout);
    expect(result).toMatchObject({ done: 2, notDone: 1, records: at('first.batch') });
    expect((await batch(file, '--missing')).stdout).toBe('2\n');
    expect(readFileSync(at('first.batch', 'summary.csv'), 'utf8')).toMatch(
      /^name,state,.*\nA,done,.*\nB,failed,.*nowhere/,
    );

    const before = snapshotOfFolder(at('out'));
    const written = writtenAt('out/A');
    const second = await batch(file, '--resume', '--json');
    expect(second.code).toBe(1);
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, command: 'batch' });
    expect(states(second.stdout)).toEqual({ A: 'done', B: 'failed', C: 'done' });
    expect(snapshotOfFolder(at('out'))).toEqual(before);

    // Mended, and another one changed: these two are run.
    list('first.csv', 'name,data,output,settings', 'A,a,out/A,', 'B,b,out/B,', 'C,,out/C,c.json');
    const later = new Date(Date.now() + 5000);
    utimesSync(at('c', 'session_index.npy'), later, later);
    expect((await batch(file, '--missing')).stdout).toBe('2-3\n');
    const third = await batch(file, '--resume');
    expect(third.code).toBe(0);
    expect(third.stdout).toMatch(/^3 of 3 jobs done\./);
    expect(third.stderr).toContain('A: done already.');
    expect(writtenAt('out/A')).toBe(written);
    expect((await batch(file, '--missing')).stdout).toBe('\n');
  });

  test('gives every recording the result of dant run', async () => {
    const file = list('same.csv', 'data,output', 'a,same/a');
    expect(await batch(file, '--set', 'clustering.max_distance=60')).toMatchObject({ code: 0 });
    const args = ['--set', 'clustering.max_distance=60', '--no-figures', '-q'];
    expect(await dant(['run', at('a'), '-o', at('same-run'), ...args])).toMatchObject({ code: 0 });
    for (const name of ['IdxCluster.npy', 'SimilarityMatrix.npy', 'motion.npy'])
      expect(readFileSync(at('same/a', name)).equals(readFileSync(at('same-run', name))), name).toBe(true);
  });

  test('what is done stays done while its data are away', async () => {
    const file = list('away.csv', 'name,data,output', 'A,moving,away/A');
    expect(await dant(['simulate', at('moving'), ...SIZE, '-q'])).toMatchObject({ code: 0 });
    expect(await batch(file)).toMatchObject({ code: 0 });
    renameSync(at('moving'), at('moved'));
    const away = await batch(file, '--resume', '--json');
    expect(away.code).toBe(1);
    expect((JSON.parse(away.stdout).result.jobs as Report[])[0].error?.where).toContain('moving');
    renameSync(at('moved'), at('moving'));
    expect((await batch(file, '--resume')).stderr).toContain('A: done already.');
  });

  test('what another command has written since is left alone with --resume, and told', async () => {
    const file = list('rewritten.csv', 'name,data,output', 'A,grown,rewritten/A', 'B,b,rewritten/B');
    expect(await dant(['simulate', at('grown'), ...SIZE, '-q'])).toMatchObject({ code: 0 });
    expect(await batch(file)).toMatchObject({ code: 0 });
    // As `dant add` leaves it: another result in the folder, and other data beside those of the list.
    const other = ['run', at('c'), '-o', at('rewritten/A'), '--no-figures', '-q'];
    expect(await dant(other)).toMatchObject({ code: 0 });
    const later = new Date(Date.now() + 5000);
    utimesSync(at('grown', 'session_index.npy'), later, later);
    const written = writtenAt('rewritten/A');

    const resumed = await batch(file, '--resume');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(
      /Warning: A: .*rewritten.A was written by another command since; left alone/,
    );
    expect(resumed.stderr).toContain('B: done already.');
    expect(writtenAt('rewritten/A')).toBe(written);
    const { code, stdout } = await batch(file, '--status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 of 2 jobs done\./);
    expect(stdout).toMatch(/^ {2}A +rewritten$/m);
    expect(stdout).toContain('A was written by another command');
    expect((await batch(file, '--missing')).stdout).toBe('\n');

    const again = await batch(file, '--only', 'A');
    expect(again.stderr).toMatch(/Warning: A: .*was written by another command since; it is replaced/);
    expect(again.stdout).toMatch(/^ {2}A +done +24 /m);
    expect(writtenAt('rewritten/A')).not.toBe(written);
    expect((await batch(file, '--resume')).stderr).not.toContain('another command');
  });

  test('a log that cannot be written stops nothing', async () => {
    const file = list('unlogged.csv', 'name,data,output', 'A,a,unlogged/A', 'B,b,unlogged/B');
    mkdirSync(at('unlogged.batch', 'A.log'), { recursive: true });
    const { code, stderr } = await batch(file);
    expect(code).toBe(0);
    expect(stderr).toMatch(/Warning: A: The log cannot be written: EISDIR/);
  });

  test('a job is not under way because a process has the number of one that is gone', async () => {
    const file = list('gone.csv', 'name,data,output', 'A,a,gone/A');
    expect(await batch(file)).toMatchObject({ code: 0 });
    const record = at('gone.batch', 'A.json');
    const running = { ...JSON.parse(readFileSync(record, 'utf8')), state: 'running', process: process.pid };
    const stateAfter = async (seconds: number) => {
      writeFileSync(record, JSON.stringify(running));
      const then = new Date(Date.now() - 1000 * seconds);
      utimesSync(record, then, then);
      return states((await batch(file, '--status', '--json')).stdout).A;
    };
    expect(await stateAfter(10)).toBe('running');
    expect(await stateAfter(1000)).toBe('killed');
  });

  test.each([
    [
      'two recordings with one output',
      ['data,output', 'a,x/1', 'b,x/../x/1'],
      'rows 1 and 2',
      'two recordings',
    ],
    ['no column output', ['data,out', 'a,x'], 'bad.csv', 'the columns'],
    ['a line with a cell too many', ['data,output', 'a,x/1,'], 'line 2', '3 fields'],
    ['a shank that is no number', ['data,output,shank', 'a,x/1,left'], 'row 1', '"left"'],
  ])('with %s nothing is run', async (_name, lines, where, found) => {
    const { code, stdout, stderr } = await batch(list('bad.csv', ...lines), '--json');
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout);
    expect(error.where).toContain(where);
    expect(error.found).toContain(found);
    expect(stderr).toContain('to do:');
    expect(existsSync(at('x')) || existsSync(at('bad.batch'))).toBe(false);
  });

  test.each([
    ['a missing list', ['nothing.csv'], 'no such file'],
    ['a row that is not there', ['bad.csv', '--row', '7'], 'row from 1 to 1'],
    ['a name that is not there', ['bad.csv', '--only', 'zoe'], 'one of x-1'],
    ['no recording at once', ['bad.csv', '--parallel', '0'], 'at least 1'],
  ])('%s is bad input', async (_name, [name, ...args], text) => {
    list('bad.csv', 'data,output', 'a,x/1');
    const { code, stderr } = await batch(at(name), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
    expect(existsSync(at('x'))).toBe(false);
  });

  test('stopped with Ctrl-C it stops all recordings, harms none, and knows what is left', async () => {
    const big = [
      '--sessions',
      '6',
      '--units',
      '260',
      '--samples',
      '64',
      '--spikes',
      '2000',
      '--no-peth',
      '-q',
    ];
    expect(await dant(['simulate', at('big'), ...big])).toMatchObject({ code: 0 });
    const file = list(
      'stopped.csv',
      'name,data,output',
      'small,a,stopped/small',
      'large,big,stopped/large',
      'later,b,stopped/later',
    );
    const running = startDant(['batch', file]);
    await running.saysOnStderr('large: started');
    const { started } = await untilRunning(at('stopped.batch', 'large.json'));
    expect(started).toBeDefined();
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped. 1 of 3 are done');
    expect(existsSync(at('stopped', 'small', 'Output.npz'))).toBe(true);
    expect(existsSync(at('stopped', 'large', 'Output.npz'))).toBe(false);
    const { stdout } = await batch(file, '--status', '--json');
    expect(states(stdout)).toEqual({ small: 'done', large: 'stopped', later: 'missing' });
    expect((await batch(file, '--missing')).stdout).toBe('2-3\n');
  });

  test('a recording whose process is killed is named, others go on', async () => {
    const file = list('killed.csv', 'name,data,output', 'large,big,killed/large', 'small,a,killed/small');
    const running = startDant(['batch', file, '--no-figures', '--json', '--parallel', '2']);
    await running.saysOnStderr('large: started');
    await killRunOf(at('killed/large'));
    const { code, stdout } = await running.ended;
    expect(code).toBe(1);
    expect(states(stdout)).toEqual({ large: 'failed', small: 'done' });
    const [large] = JSON.parse(stdout).result.jobs as Report[];
    expect(large.error?.message).toMatch(/SIGKILL, perhaps because memory ran out/);
  });
});

describe('shanks tracked one by one', () => {
  test('and merged by the batch give the files of a run of all', async () => {
    const rows = [1, 2, 3, 4].map((id) => `four,shanks/apart,${id}`);
    const file = list('shanks.csv', 'data,output,shank', ...rows);
    const few = ['--set', 'waveformCorrection.n_nearest_channels=20'];
    const { code, stdout } = await batch(file, '--parallel', '2', ...few);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/shanks-apart-merge +done +40 +2 /),
    });
    const whole = [
      'run',
      at('four'),
      '--shanks',
      'each',
      '-o',
      at('shanks/whole'),
      '--no-figures',
      '-q',
      ...few,
    ];
    expect(await dant(whole)).toMatchObject({ code: 0 });
    const files = readdirSync(at('shanks/whole'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(npy|npz|csv)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(100);
    // Times differ; the rounds of motion stand in the folders of the shanks.
    const differ = files.filter(
      (name) =>
        !/Output\.npz|RunTimeSec|^SimilarityForCorretion/.test(name) &&
        !readFileSync(at('shanks/whole', name)).equals(readFileSync(at('shanks/apart', name))),
    );
    expect(differ).toEqual([]);
  });

  test('are not merged while one is missing', async () => {
    const file = list('incomplete.csv', 'data,output,shank', 'four,incomplete,1', 'four,incomplete,9');
    const { code, stdout } = await batch(file, '--json');
    expect(code).toBe(1);
    expect(states(stdout)).toEqual({
      'incomplete-shank1': 'done',
      'incomplete-shank9': 'failed',
      'incomplete-merge': 'failed',
    });
    expect(existsSync(at('incomplete', 'Output.npz'))).toBe(false);
    const merge = await dant(['merge', at('incomplete')]);
    expect(merge.code).toBe(2);
    expect(merge.stderr).toContain('Track shank 2, 3, 4 too');
    expect(existsSync(at('incomplete', 'Output.npz'))).toBe(false);
  });

  test('cannot be pooled, and are refused before anything is written', async () => {
    const pooled = ['--shank', '1', '--set', 'motionEstimation.pool_shanks=rigid'];
    const { code, stderr } = await dant(['run', at('four'), '-o', at('refused'), ...pooled]);
    expect(code).toBe(2);
    expect(stderr).toContain('motionEstimation.pool_shanks');
    expect(existsSync(at('refused'))).toBe(false);
  });

  test('with different settings are not merged', async () => {
    const run = (id: string, ...args: string[]) =>
      dant(['run', at('four'), '-o', at('unlike'), '--shank', id, '--no-figures', '-q', ...args]);
    expect(await run('1')).toMatchObject({ code: 0 });
    expect(await run('2', '--set', 'clustering.n_iter=3')).toMatchObject({ code: 0 });
    const { code, stderr } = await dant(['merge', at('unlike')]);
    expect(code).toBe(2);
    expect(stderr).toContain('"clustering"');
    expect((await dant(['merge', at('a')])).stderr).toContain('no shank folders');
  });
});

const writtenAt = (folder: string) => readFileSync(at(folder, 'Output.npz')).toString('base64');

async function untilRunning(file: string): Promise<{ started?: string }> {
  for (let i = 0; i < 100; i++) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {};
}

/** Kills the process that tracks into a folder, once it is there, as the system does when memory runs out. */
async function killRunOf(folder: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      let words: string[] = [];
      try {
        words = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
      } catch {
        // It has ended meanwhile.
      }
      if (words.includes('run') && words.includes(folder)) {
        process.kill(Number(id), 'SIGKILL');
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
