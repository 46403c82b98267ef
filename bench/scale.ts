/**
 * Tracking by nearby pairs as the number of units grows: seconds of every stage and peak memory, each recording in a process of its own.
 * `npm run bench -- scale` takes an hour and 12 GB of disk; `UNITS=3000,10000 npm run bench -- scale` less.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';

/** Units, sessions and drift of each recording. */
const RECORDINGS = [
  { units: 3_000, sessions: 20, drift: 5 },
  { units: 10_000, sessions: 40, drift: 4 },
  { units: 30_000, sessions: 80, drift: 4 },
  { units: 100_000, sessions: 200, drift: 3 },
];
const STAGES = ['preprocessing', 'motion', 'clustering', 'curation', 'write'] as const;

const wanted = process.env.UNITS?.split(',').map(Number) ?? RECORDINGS.map(({ units }) => units);
const folder = mkdtempSync(join(tmpdir(), 'dant-scale-'));

function dant(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr.split('\n').slice(-5).join('\n'));
  return stdout;
}

const machine = `${cpus()[0].model.trim()} x${availableParallelism()}`.replaceAll(',', ' ');
const rows = [`version,machine,node,units,sessions,${STAGES.join(',')},total,peak_bytes`];
try {
  for (const { units, sessions, drift } of RECORDINGS.filter((recording) =>
    wanted.includes(recording.units),
  )) {
    const [data, results] = [join(folder, 'data'), join(folder, 'results')];
    const simulation = ['--probe', 'np1', '--samples', '61', '--spikes', '1000', '--no-peth', '--quiet'];
    const size = ['--units', `${units}`, '--sessions', `${sessions}`, '--drift', `${drift}`];
    const jumps = ['--set', 'drift.jumpProbability=0.02', '--seed', `${units / 1000}`];
    dant('simulate', data, ...simulation, ...size, ...jumps);
    const settings = ['clustering.candidates=nearby', 'save_waveforms=never'].flatMap((one) => [
      '--set',
      one,
    ]);
    const options = ['--output', results, ...settings, '--no-figures', '--checkpoints', 'never'];
    const out = JSON.parse(dant('run', data, ...options, '--quiet', '--json'));
    const { seconds, totalSeconds, peakMemory } = out.result ?? out;
    const times = STAGES.map((stage) => (seconds[stage] ?? 0).toFixed(1));
    console.log(`${units} units: ${totalSeconds.toFixed(0)} s, ${(peakMemory / 1e9).toFixed(2)} GB`);
    rows.push(
      [
        version,
        machine,
        process.version,
        units,
        sessions,
        ...times,
        totalSeconds.toFixed(1),
        peakMemory,
      ].join(),
    );
    rmSync(data, { recursive: true });
    rmSync(results, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/scale.csv', `${rows.join('\n')}\n`);
