/**
 * `dant run` with all files and figures, as a person runs it: 3,414 units of 18 sessions on 283 channels, 8,000 spikes each, with PETHs. The
 * package must be built.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from '../src/stages/stage-options.ts';
import { type Result, report } from './support/measure.ts';
import { ProductsInRun } from './support/product-in-run.ts';
import type { Timing } from './support/product-rate.ts';

const RUNS = 5;
const folder = mkdtempSync(join(tmpdir(), 'dant-bench-'));
const products = new ProductsInRun(join(folder, 'products'));
const dant = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    env: products.env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`dant ${words[0]} failed:\n${stderr}`);
  return stdout;
};

try {
  const data = join(folder, 'data');
  const size = '--probe np1 --channels 283 --sessions 18 --units 3414 --spikes 8000 --rate 5';
  dant('simulate', data, ...size.split(' '));
  const runs = Array.from({ length: RUNS }, () => {
    // A run that replaces a result also removes it.
    rmSync(join(folder, 'out'), { recursive: true, force: true });
    const begin = performance.now();
    const { result } = JSON.parse(dant('run', data, '--output', join(folder, 'out'), '--json')) as {
      result: RunSummary;
    };
    const wholeSeconds = (performance.now() - begin) / 1000;
    const { clock, processor } = products.takeTimes(result.threads);
    const rate = ({ operations, seconds }: Timing) => (operations / seconds / 1e9).toFixed(1);
    console.log(
      `${wholeSeconds.toFixed(2)} s, ${(result.peakMemory / 2 ** 20).toFixed(0)} MiB; products on ${result.threads} threads: ` +
        `${rate(clock)} GFLOP/s by the clock, ${rate(processor)} while they had a processor`,
    );
    return { ...result, wholeSeconds, clock, processor };
  }).sort((a, b) => a.wholeSeconds - b.wholeSeconds);
  const { kernels, seconds, wholeSeconds, peakMemory, clock, processor } = runs[RUNS >> 1];
  const own = { kernels, threads: availableParallelism() };
  const stages: [string, number][] = [...Object.entries(seconds), ['whole', wholeSeconds]];
  report('whole-run', [
    ...stages.map(([stage, time]): Result => ({ ...own, size: stage, seconds: time })),
    { ...own, size: 'waveform products by the clock', ...clock },
    { ...own, size: 'waveform products while they had a processor', ...processor },
  ]);
  console.log(`peak memory ${(peakMemory / 2 ** 20).toFixed(0)} MiB`);
} finally {
  rmSync(folder, { recursive: true });
}
