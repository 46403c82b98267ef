/** The scripts of workflow/ on a real Slurm of one node: an array of jobs, and Snakemake. `npm run test:workflow` */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dant } from '../cli/dant.ts';
import { isInstalled, missingPrograms, OneNodeSlurm } from './one-node-slurm.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const RECORDINGS = 8;
const BROKEN = 5;
const SIZE = ['--sessions', '2', '--units', '20', '--samples', '16', '--spikes', '50', '--no-peth', '-q'];

const absent = missingPrograms();
if (absent.length > 0)
  console.log(`No Slurm here (${absent.join(', ')} missing): the workflows are not tested.`);
else if (!isInstalled('snakemake')) console.log('No Snakemake here: its workflow is not tested.');

describe.skipIf(absent.length > 0)('on a Slurm of one node', () => {
  const slurm = new OneNodeSlurm();
  let root: string;
  const at = (...parts: string[]) => path.join(root, ...parts);
  const names = Array.from({ length: RECORDINGS }, (_, i) => `m${i + 1}`);
  const intact = names.filter((_, i) => i + 1 !== BROKEN);
  const broken = `m${BROKEN}`;

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'dant-workflow-'));
    for (const [i, name] of names.entries())
      expect(await dant(['simulate', at(name), ...SIZE, '--seed', String(i + 1)])).toMatchObject({ code: 0 });
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
      '50',
    ];
    expect(await dant(['simulate', at('four'), ...shanks, '--no-peth', '-q'])).toMatchObject({ code: 0 });
    copyFileSync(at(broken, 'waveform_all.npy'), at('intact.npy'));
    await slurm.start();
  });

  afterAll(async () => {
    await slurm.stop();
    if (root) rmSync(root, { recursive: true });
  });

  const breakOne = () => truncateSync(at(broken, 'waveform_all.npy'), 5000);
  const mendIt = () => copyFileSync(at('intact.npy'), at(broken, 'waveform_all.npy'));

  function writeList(kind: string): string {
    const rows = names.map((name) => `${name},${name},results-${kind}/${name}`);
    writeFileSync(at(`${kind}.csv`), `name,data,output\n${rows.join('\n')}\n`);
    return at(`${kind}.csv`);
  }

  const run = (command: string, args: readonly string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = {
        ...slurm.env,
        DANT: `${process.execPath} ${path.join(ROOT, 'dist/cli/main.js')}`,
        DANT_OPTIONS: '--no-figures',
      };
      execFile(command, args, { env, cwd: root, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });

  const finished = (kind: string) =>
    names.filter((name) => existsSync(at(`results-${kind}`, name, 'Output.npz')));
  const writtenWhen = (kind: string, who: readonly string[]) =>
    who.map((name) => statSync(at(`results-${kind}`, name, 'Output.npz')).mtimeMs);
  const summary = (kind: string) => readFileSync(at(`${kind}.batch/summary.csv`), 'utf8');
  const missingRows = async (kind: string) =>
    (await dant(['batch', at(`${kind}.csv`), '--no-figures', '--missing'])).stdout.trim();

  const submit = (list: string) =>
    run(path.join(ROOT, 'workflow/submit-slurm.sh'), [list, '--cpus-per-task=1', '--mem=0', '--time=5']);
  const lastMergeLog = (kind: string) => {
    const logs = readdirSync(at(`${kind}.batch`)).filter((name) => name.startsWith('slurm-merge'));
    const newest = logs.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) as string;
    return readFileSync(at(`${kind}.batch`, newest), 'utf8');
  };

  test('an array gives seven results and names the one of eight that is broken; the next does that one only', async () => {
    breakOne();
    const list = writeList('array');
    const first = await submit(list);
    expect(first.output).toContain('Rows 1-8: job ');
    expect(first.code).toBe(0);
    await slurm.idle();
    expect(finished('array')).toEqual(intact);
    expect(lastMergeLog('array')).toContain('7 of 8 jobs done.');
    expect(lastMergeLog('array')).toMatch(
      new RegExp(`^${broken} failed\\n {2}in +.*${broken}/waveform_all\\.npy`, 'm'),
    );
    expect(summary('array').match(/,done,/g)).toHaveLength(7);
    expect(summary('array')).toMatch(new RegExp(`^${broken},failed,`, 'm'));

    const before = writtenWhen('array', intact);
    mendIt();
    const second = await submit(list);
    expect(second.output).toContain(`Rows ${BROKEN}: job `);
    await slurm.idle();
    expect(finished('array')).toEqual(names);
    expect(writtenWhen('array', intact)).toEqual(before);
    expect(lastMergeLog('array')).toContain('8 of 8 jobs done.');
    expect((await submit(list)).output).toContain('All rows are done.');
    await slurm.idle();
  });

  test('an array tracks shanks in jobs of their own and one job merges them', async () => {
    const rows = [1, 2, 3, 4].map((id) => `four,results-shanks,${id}`);
    writeFileSync(at('shanks.csv'), `data,output,shank\n${rows.join('\n')}\n`);
    expect((await submit(at('shanks.csv'))).output).toContain('Rows 1-4: job ');
    await slurm.idle();
    expect(lastMergeLog('shanks')).toContain('5 of 5 jobs done.');
    for (const folder of ['', 'Shank1', 'Shank2', 'Shank3', 'Shank4'])
      expect(existsSync(at('results-shanks', folder, 'Output.npz')), folder).toBe(true);
  });

  test('a job that is killed is named and done again', async () => {
    writeFileSync(at('killed.csv'), 'name,data,output\nbig,big,results-killed/big\n');
    const big = ['--sessions', '6', '--units', '300', '--spikes', '2000', '--no-peth', '-q'];
    expect(await dant(['simulate', at('big'), ...big])).toMatchObject({ code: 0 });
    await submit(at('killed.csv'));
    const record = at('killed.batch/big.json');
    for (let i = 0; i < 200 && !existsSync(record); i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    // As the system does when memory runs out.
    process.kill(JSON.parse(readFileSync(record, 'utf8')).process, 'SIGKILL');
    await slurm.idle();
    expect(lastMergeLog('killed')).toContain('big is not done (killed)');
    expect(await missingRows('killed')).toBe('1');
    expect((await submit(at('killed.csv'))).output).toContain('Rows 1: job ');
    await slurm.idle();
    expect(lastMergeLog('killed')).toContain('1 of 1 job done.');
  });

  test.skipIf(!isInstalled('snakemake'))(
    'Snakemake gives seven results and names the one of eight that is broken; the next does that one only',
    async () => {
      breakOne();
      const list = writeList('snake');
      const snakemake = () =>
        run('snakemake', [
          ...[
            '--snakefile',
            path.join(ROOT, 'workflow/Snakefile'),
            '--directory',
            root,
            '--keep-going',
            '--jobs',
            '4',
          ],
          ...['--cluster', 'sbatch --parsable --cpus-per-task={threads} --output=/dev/null'],
          ...['--cluster-status', path.join(ROOT, 'workflow/slurm-status.sh')],
          ...['--latency-wait', '10', '--max-status-checks-per-second', '5'],
          ...['--config', `list=${list}`, `dant=${process.execPath} ${path.join(ROOT, 'dist/cli/main.js')}`],
          ...['options=--no-figures', 'threads=1'],
        ]);
      const first = await snakemake();
      expect(first.code, first.output).toBe(1);
      expect(finished('snake')).toEqual(intact);
      expect(first.output).toContain('7 of 8 jobs done.');
      expect(first.output).toMatch(new RegExp(`^${broken} failed$`, 'm'));
      expect(summary('snake')).toMatch(new RegExp(`^${broken},failed,`, 'm'));

      const before = writtenWhen('snake', intact);
      mendIt();
      const second = await snakemake();
      expect(second.code, second.output).toBe(0);
      expect(second.output.match(/^rule track:|^rule track$|rule track:/gm)).toHaveLength(1);
      expect(writtenWhen('snake', intact)).toEqual(before);
      expect(finished('snake')).toEqual(names);
      expect(second.output).toContain('8 of 8 jobs done.');
    },
  );
});
