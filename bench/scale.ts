/**
 * Tracking by nearby pairs as the number of units grows: seconds of every stage, peak memory and how right the result is, each recording in a
 * process of its own that may take 8 GB.
 * `npm run bench -- scale` takes an hour and 12 GB of disk; `UNITS=3000,10000 npm run bench -- scale` less. The package must be built.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';
import { renderSvg } from '../src/figures/render.ts';
import type { RunSummary } from '../src/stages/stage-options.ts';

/** Units, sessions and drift of each recording. */
const RECORDINGS = [
  { units: 3_000, sessions: 20, drift: 5 },
  { units: 10_000, sessions: 40, drift: 4 },
  { units: 30_000, sessions: 80, drift: 4 },
  { units: 100_000, sessions: 200, drift: 3 },
];
const STAGES = ['preprocessing', 'motion', 'clustering', 'curation', 'write'] as const;
const TABLE = 'bench/results/scale.csv';
const FIGURE = 'docs/images/scale.svg';

const wanted = process.env.UNITS?.split(',').map(Number) ?? RECORDINGS.map(({ units }) => units);
const folder = mkdtempSync(join(process.env.SCRATCH ?? tmpdir(), 'dant-scale-'));

function dant(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr.split('\n').slice(-5).join('\n'));
  return stdout;
}

const machine = `${cpus()[0].model.trim()} x${availableParallelism()}`.replaceAll(',', ' ');
const HEADER = `version,machine,node,units,sessions,candidate_pairs,${STAGES.join(',')},total,processor_seconds,peak_bytes,precision,recall`;

/** Replaces the row of this version, machine, Node and size. */
function keep(own: string, values: readonly (number | string)[]): void {
  const old = existsSync(TABLE) ? readFileSync(TABLE, 'utf8').trimEnd().split('\n').slice(1) : [];
  const rows = [...old.filter((row) => !row.startsWith(own)), own + values.join()];
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(TABLE, `${[HEADER, ...rows].join('\n')}\n`);
}

try {
  for (const { units, sessions, drift } of RECORDINGS.filter((recording) =>
    wanted.includes(recording.units),
  )) {
    const [data, results] = [join(folder, 'data'), join(folder, 'results')];
    const simulation = ['--probe', 'np1', '--samples', '61', '--spikes', '1000', '--no-peth', '--quiet'];
    const size = ['--units', `${units}`, '--sessions', `${sessions}`, '--drift', `${drift}`];
    const drifting = ['--set', 'drift.jumpProbability=0', '--seed', `${units / 1000}`];
    dant('simulate', data, ...simulation, ...size, ...drifting);
    const settings = ['clustering.candidates=nearby', 'save_waveforms=never'].flatMap((one) => [
      '--set',
      one,
    ]);
    const limits = ['--memory', '8', '--no-figures', '--checkpoints', 'never'];
    const options = ['--output', results, ...settings, ...limits];
    const run = JSON.parse(dant('run', data, ...options, '--quiet', '--json')) as { result: RunSummary };
    const { precision, recall } = JSON.parse(dant('score', results, '--json')).result.pairs;
    const { seconds, totalSeconds, processorSeconds, peakMemory, candidatePairs } = run.result;
    console.log(
      `${units} units: ${totalSeconds.toFixed(0)} s, ${processorSeconds.toFixed(0)} s of processor time, ${(peakMemory / 1e9).toFixed(2)} GB`,
    );
    keep(`${version},${machine},${process.version},${units},`, [
      sessions,
      candidatePairs,
      ...STAGES.map((stage) => (seconds[stage] ?? 0).toFixed(1)),
      totalSeconds.toFixed(1),
      processorSeconds.toFixed(1),
      peakMemory,
      precision.toFixed(4),
      recall.toFixed(4),
    ]);
    rmSync(data, { recursive: true });
    rmSync(results, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

writeFileSync(FIGURE, await draw(readFileSync(TABLE, 'utf8')));

/** Seconds and memory against candidate pairs, of this version on this machine; a line shows what growth in proportion would be. */
function draw(table: string): Promise<string> {
  const columns = HEADER.split(',');
  const rows = table
    .trimEnd()
    .split('\n')
    .slice(1)
    .filter((row) => row.startsWith(`${version},${machine},${process.version},`))
    .map((row) => Object.fromEntries(row.split(',').map((value, i) => [columns[i], Number(value)])))
    .sort((a, b) => a.units - b.units);
  const [first] = rows;
  const values = rows.map((row) => ({
    pairs: row.candidate_pairs / 1e6,
    units: `${row.units.toLocaleString('en')} units`,
    seconds: row.total,
    proportion: first.total * (row.candidate_pairs / first.candidate_pairs),
    memory: row.peak_bytes / 1e9,
  }));
  const log = (title: string, values: readonly number[]) => ({
    type: 'quantitative',
    title,
    scale: { type: 'log', domain: [values[0], values[values.length - 1]] },
    axis: { values, format: ',~r' },
  });
  const panel = (field: string, y: object, more: object[] = []) => ({
    width: 300,
    height: 220,
    encoding: { x: { field: 'pairs', ...log('Candidate pairs, millions', [0.1, 1, 10, 100, 1000]) } },
    layer: [
      ...more,
      { mark: { type: 'line', point: true }, encoding: { y: { field, ...y } } },
      {
        mark: { type: 'text', dy: 10, dx: 5, align: 'left' },
        encoding: { y: { field, ...y }, text: { field: 'units' } },
      },
    ],
  });
  const seconds = log('Seconds (dashed: in proportion to pairs)', [1, 10, 100, 1000, 10_000]);
  const proportional = {
    mark: { type: 'line', strokeDash: [4, 4], color: '#888', clip: true },
    encoding: { y: { field: 'proportion', ...seconds } },
  };
  return renderSvg({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 10,
    data: { values },
    hconcat: [
      panel('seconds', seconds, [proportional]),
      panel('memory', log('Peak memory, GB', [0.5, 1, 2, 5, 10])),
    ],
  } as Parameters<typeof renderSvg>[0]);
}
