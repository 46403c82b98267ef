/**
 * `dant add` of the last 3 of 18 sessions against `dant run` of all, as a person runs them, with figures and without: recordings on 283 channels,
 * 8,000 spikes a unit, with PETHs, turn by turn. Tells wall and processor time, the F1 of pairs of both, and how many old labels changed.
 * `UNITS=9900 RUNS=2 npm run bench -- add` takes other numbers of units than 3,414, 9,900 and 20,000, and of runs than three; all of it takes half an hour and 20 GB of disk.
 * The package must be built. Simulating, dividing and tracking the first 15 sessions are not timed.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';
import { FileStore } from '../src/io/node/file-store.ts';
import { SavedResult } from '../src/io/read-result.ts';
import { splitRecording } from '../test/support/split-recording.ts';

const RUNS = Number(process.env.RUNS ?? 3);
const folder = mkdtempSync(join(process.env.SCRATCH ?? tmpdir(), 'dant-bench-'));
const at = (name: string) => join(folder, name);

interface Timed {
  /** s */
  readonly wall: number;
  /** Of all threads, s. */
  readonly processor: number;
}

/**
 * As in a machine that has been at work for a while: memory is full of files, those of the recordings and of the result the latest. A virtual
 * machine else hands memory that was freed back to its host within seconds, and waits for every page that it takes anew: a bench would
 * measure that. What was written before is put on the disk, not meanwhile.
 */
function fillMemory(): void {
  spawnSync('sync');
  // Made once: were it emptied, all of its memory would be handed back at once.
  if (!existsSync(at('nothing'))) writeFileSync(at('nothing'), '');
  truncateSync(at('nothing'), 1.25 * totalmem());
  const inputs = ['result', 'data', 'last'].map(at).join(' ');
  const commands = `cat ${at('nothing')}; find ${inputs} -type f -print0 | xargs -0 cat`;
  spawnSync('bash', ['-c', commands], { stdio: 'ignore' });
}

/** Runs a command; processor time is that of the children that ended meanwhile. */
function dant(...words: string[]): Timed & { readonly out: string } {
  const begin = performance.now();
  // `time -p` of the shell tells the processor time of the command on its last three lines.
  const line = ['time', '-p', process.execPath, 'dist/cli/main.js', ...words].join(' ');
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`dant ${words[0]} failed:\n${stderr}`);
  const wall = (performance.now() - begin) / 1000;
  const [, user, system] = /user ([\d.]+)\s+sys ([\d.]+)\s*$/.exec(stderr) ?? [];
  return { wall, processor: Number(user) + Number(system), out: stdout };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
const medianOf = (runs: readonly Timed[]): Timed => ({
  wall: median(runs.map(({ wall }) => wall)),
  processor: median(runs.map(({ processor }) => processor)),
});
const f1Of = (output: string) => JSON.parse(dant('score', output, '--json').out).result.pairs.f1 as number;
const labelsOf = async (output: string) => (await SavedResult.open(new FileStore(output))).labels();

const TABLE = 'bench/results/add.csv';
const HEADER =
  'version,machine,node,units,figures,run_wall,run_processor,add_wall,add_processor,run_f1,add_f1,old_labels,changed';

/** Replaces the row of this version, machine, Node, size and choice of figures. */
function keep(own: string, values: readonly (number | string)[]): void {
  const old = existsSync(TABLE) ? readFileSync(TABLE, 'utf8').trimEnd().split('\n').slice(1) : [];
  const rows = [...old.filter((row) => !row.startsWith(own)), own + values.join()];
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(TABLE, `${[HEADER, ...rows].join('\n')}\n`);
}

const machine = `${cpus()[0].model.trim()} x${availableParallelism()}`.replaceAll(',', ' ');

/** Measures one recording, with figures and without. */
async function measure(units: number): Promise<void> {
  const size = '--probe np1 --channels 283 --sessions 18 --spikes 8000 --rate 5';
  for (const name of ['data', 'first', 'last', 'result']) rmSync(at(name), { recursive: true, force: true });
  dant('simulate', at('data'), ...size.split(' '), '--units', `${units}`);
  await splitRecording(at('data'), at('first'), 1, 15);
  await splitRecording(at('data'), at('last'), 16, 18);
  dant('run', at('first'), '--output', at('result'), '--no-figures', '--quiet');
  const before = await labelsOf(at('result'));
  for (const figures of [true, false]) {
    const rest = [...(figures ? [] : ['--no-figures']), '--quiet'];
    const runs: Timed[] = [];
    const additions: Timed[] = [];
    for (let i = 0; i < RUNS; i++) {
      for (const output of ['grown', 'whole']) rmSync(at(output), { recursive: true, force: true });
      fillMemory();
      runs.push(dant('run', at('data'), '--output', at('whole'), ...rest));
      fillMemory();
      additions.push(dant('add', at('result'), at('last'), '--output', at('grown'), ...rest));
    }
    const [run, add] = [medianOf(runs), medianOf(additions)];
    const [runF1, addF1] = [f1Of(at('whole')), f1Of(at('grown'))];
    const after = await labelsOf(at('grown'));
    const old = before.filter((label) => label >= 0).length;
    const changed = before.filter((label, unit) => label >= 0 && after[unit] !== label).length;
    console.log(
      `${units} units, ${figures ? 'with' : 'without'} figures: run ${run.wall.toFixed(1)} s (processor ${run.processor.toFixed(1)}), ` +
        `add ${add.wall.toFixed(1)} s (${add.processor.toFixed(1)}): ${(run.wall / add.wall).toFixed(1)} times faster ` +
        `(${(run.processor / add.processor).toFixed(1)}); F1 ${runF1.toFixed(4)} and ${addF1.toFixed(4)}; ${changed} of ${old} old labels changed`,
    );
    const times = [run.wall, run.processor, add.wall, add.processor].map((time) => time.toFixed(2));
    keep(`${version},${machine},${process.version},${units},${figures ? 'yes' : 'no'},`, [
      ...times,
      runF1.toFixed(4),
      addF1.toFixed(4),
      old,
      changed,
    ]);
  }
}

try {
  for (const units of (process.env.UNITS ?? '3414,9900,20000').split(',')) await measure(Number(units));
} finally {
  rmSync(folder, { recursive: true });
}
