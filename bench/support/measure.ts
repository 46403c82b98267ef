/** Timing and the table of results. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { version } from '../../package.json';

export interface Result {
  /** What was run. */
  readonly kernels: string;
  readonly threads: number;
  /** Of the input, in words. */
  readonly size: string;
  readonly seconds: number;
  /** Floating-point operations of the work; undefined where they are not what it costs. */
  readonly operations?: number;
  /** GFLOP/s of the plain product in the same run, on as many threads. */
  readonly productRate?: number;
}

/** Time that a machine needs to get going: compilers of the engine and the clock of the processor, ms. */
const WARM_UP = 300;

/** Median time of `runs` runs after some that do not count, s. */
export async function medianTime(work: () => unknown, runs = 5): Promise<number> {
  const begin = performance.now();
  do await work();
  while (performance.now() - begin < WARM_UP);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}

const HEADER = 'version,machine,node,kernels,threads,size,seconds,gflops,fraction_of_product';

/** Prints the results and replaces the rows of this version, machine and Node in `bench/results/<name>.csv`. */
export function report(name: string, results: readonly Result[]): void {
  const machine = `${cpus()[0].model.trim()} x${availableParallelism()}`.replaceAll(',', ' ');
  const own = `${version},${machine},${process.version},`;
  const rows = results.map(({ kernels, threads, size, seconds, operations, productRate }) => {
    const rate = operations === undefined ? undefined : operations / seconds / 1e9;
    const fraction = rate === undefined || productRate === undefined ? undefined : rate / productRate;
    const values = [seconds.toPrecision(4), rate?.toFixed(1) ?? '', fraction?.toFixed(2) ?? ''];
    console.log(
      `${kernels.padEnd(8)} ${threads} thread${threads > 1 ? 's' : ' '}  ${size.padEnd(44)} ${(1000 * seconds).toFixed(1).padStart(9)} ms` +
        (rate === undefined ? '' : `  ${rate.toFixed(1).padStart(6)} GFLOP/s`) +
        (fraction === undefined ? '' : `  ${(100 * fraction).toFixed(0).padStart(3)} % of the product`),
    );
    return `${own}${kernels},${threads},${size.replaceAll(',', ' ')},${values.join(',')}`;
  });
  const folder = join('bench', 'results');
  const file = join(folder, `${name}.csv`);
  const old = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(1) : [];
  mkdirSync(folder, { recursive: true });
  const kept = old.filter((row) => !row.startsWith(own));
  writeFileSync(file, `${[HEADER, ...kept, ...rows].join('\n')}\n`);
}
