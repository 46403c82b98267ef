/**
 * Sums of snippets from 2 GB of raw recording: 385 channels, 30 kHz, 90 s, with as many spikes per second as 500 units with 500 spikes each
 * have in an hour. Beside it what plain reading into one buffer takes, before and after. The file is read from the disk where the cache of the
 * system may be emptied (root on Linux), else from that cache.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../src/core/random.ts';
import type { ByteSource } from '../src/io/byte-source.ts';
import { type SnippetList, sumSnippets } from '../src/io/import/raw-binary.ts';
import { FileStore, openFile } from '../src/io/node/file-store.ts';
import { createSnippetSums } from '../src/wasm/snippet-sums.ts';
import { type Result, report } from './support/measure.ts';

const CHANNELS = 385;
const SECONDS = 90;
const RATE = 30_000;
/** 64 samples, room for alignment and the margins of the filter. */
const SNIPPET = 64 + 30 + 180;

const folder = mkdtempSync(join(tmpdir(), 'dant-bench-'));
const path = join(folder, 'raw.bin');
const peakMemory = () => `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`;

/** Writes what is in memory to the disk and empties the cache of files; false where that is not allowed. */
function emptyCache(): boolean {
  try {
    execFileSync('sh', ['-c', 'sync && echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function spikes(units: number, count: number, seconds: number): SnippetList {
  const random = createRandom(7);
  const starts = Float64Array.from({ length: count }, () => random.integer(seconds * RATE - SNIPPET)).sort();
  return { starts, units: Int32Array.from(starts, () => random.integer(units)) };
}

async function readPlainly(source: ByteSource): Promise<void> {
  const buffer = new Uint8Array(4 << 20);
  for (let at = 0; at < source.size; at += buffer.length) {
    const length = Math.min(buffer.length, source.size - at);
    await source.read(at, length, buffer.subarray(0, length));
  }
}

try {
  await new FileStore(folder).write('raw.bin', samples());
  const source = (await openFile(path)) as ByteSource;
  const binary = { files: [source], channels: CHANNELS, offset: 0 };
  const results: Result[] = [];
  const measure = async (what: string, bytes: number, work: () => Promise<unknown>) => {
    const cold = emptyCache();
    const start = performance.now();
    const cpu = process.cpuUsage();
    await work();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const processor = `${((user + system) / 1e6).toFixed(1)} s of processor time`;
    const speed = `${Math.round(bytes / seconds / 1e6)} MB/s from the ${cold ? 'disk' : 'cache'}, ${processor}`;
    console.log(`${what}: ${speed}, ${peakMemory()}`);
    results.push({ kernels: 'plain', threads: 1, size: `${what}: ${speed}, ${peakMemory()}`, seconds });
  };
  await measure('reading alone', source.size, () => readPlainly(source));
  const quarter = Math.floor(SECONDS / 4);
  await measure('a quarter of it, spikes as in an hour', source.size / 4, () =>
    sumSnippets(binary, spikes(500, 6250 / 4, quarter), SNIPPET, 500, { createSnippetSums }),
  );
  await measure('all of it, spikes as in an hour', source.size, () =>
    sumSnippets(binary, spikes(500, 6250, SECONDS), SNIPPET, 500, { createSnippetSums }),
  );
  await measure('reading alone again', source.size, () => readPlainly(source));
  const [first, part, all, last] = results.map(({ seconds }) => seconds);
  const further = (0.75 * source.size) / (all - part) / 1e6;
  const alone = (2 * source.size) / (first + last) / 1e6;
  console.log(
    `beyond the first quarter ${Math.round(further)} MB/s, ${Math.round((100 * further) / alone)} % of reading alone`,
  );
  console.log(`${(statSync(path).size / 1e9).toFixed(2)} GB`);
  report('import-raw', results);
} finally {
  rmSync(folder, { recursive: true });
}

/** A second of noise, over and over. */
function* samples(): Generator<Uint8Array> {
  const random = createRandom(1);
  const second = Int16Array.from({ length: CHANNELS * RATE }, () => random.integer(200) - 100);
  for (let s = 0; s < SECONDS; s++) yield new Uint8Array(second.buffer);
}
