/** The built package in Node and in headless Chromium; the environment variable CHROMIUM may name another binary. */
import { existsSync } from 'node:fs';
import { type Dataset, type RunContext, resolveSettings, simulateRecording, track } from 'dant';
import { createKernels } from 'dant/node';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIMULATION_PRESETS } from '../../src/cli/simulation-input.ts';
import { bundlePage } from './bundle.ts';
import type { Answers, BadWorker, Place, Reply, Work } from './messages.ts';
import { kernelDigests, type Outcome, outcomeOf, simulatedOf } from './outcome.ts';
import { recordingFiles } from './recording-files.ts';
import { type Site, serve } from './serve.ts';

const binary = process.env.CHROMIUM || '/usr/bin/chromium';
const missing = !existsSync(binary);
if (missing) console.warn(`No Chromium at ${binary}: the engine is not tested in a browser.`);

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const INDEX = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`;

/** Workers of a page besides its coordinator. */
const workersOf = (page: Page) => page.workers().filter((worker) => !worker.url().includes('coordinator'));

const reply = (page: Page, work: Work, stopAt?: Place): Promise<Reply> =>
  page.evaluate(({ work, stopAt }) => window.ask(work, stopAt), { work, stopAt });

async function ask<K extends Work['kind']>(
  page: Page,
  work: Extract<Work, { kind: K }>,
): Promise<Answers[K]> {
  const { value, error } = await reply(page, work);
  if (error) throw new Error(error.stack);
  return value as Answers[K];
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

describe.skipIf(missing)('the engine in Chromium', () => {
  const sites: Site[] = [];
  let browser: Browser;
  /** Cross-origin isolated: with shared memory and workers. */
  let isolated: Page;
  /** Not isolated. */
  let plain: Page;
  let inNode: Outcome;
  let digestsInNode: Record<string, string>;

  beforeAll(async () => {
    const simulated = simulateRecording(SIMULATION_PRESETS.chronic);
    const trains = Array.from({ length: simulated.units }, (_, unit) => simulated.simulateUnitSpikes(unit));
    const dataset: Dataset = { ...simulated.dataset, spikeTimes: async (unit) => trains[unit] };
    const kernels = await createKernels({ threads: 2 });
    const context: RunContext = { kernels };
    const { settings } = resolveSettings({}, { hasPeth: dataset.peth !== undefined, fromFile: false });
    inNode = outcomeOf(await track(dataset, settings, context), context);
    digestsInNode = await kernelDigests(kernels);
    await kernels.close();

    const files = {
      '/index.html': INDEX,
      ...(await bundlePage()),
      ...(await recordingFiles(dataset, '/recording')),
    };
    browser = await chromium.launch({ executablePath: binary, chromiumSandbox: false, args: FLAGS });
    const open = async (isolate: boolean) => {
      const site = await serve(files, isolate);
      sites.push(site);
      const page = await browser.newPage();
      await page.goto(`${site.url}/index.html`);
      return page;
    };
    isolated = await open(true);
    plain = await open(false);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await Promise.all(sites.map((site) => site.close()));
  });

  it('has shared memory where the page is cross-origin isolated, and not elsewhere', async () => {
    const look = () => [crossOriginIsolated, typeof SharedArrayBuffer];
    expect(await isolated.evaluate(look)).toEqual([true, 'function']);
    expect(await plain.evaluate(look)).toEqual([false, 'undefined']);
  });

  it('has kernels that give the same bits as in Node, on two workers and without any', async () => {
    expect(await ask(isolated, { kind: 'digest kernels', threads: 2 })).toEqual(digestsInNode);
    expect(await ask(plain, { kind: 'digest kernels', threads: 2 })).toEqual(digestsInNode);
  });

  it('tracks the demo recording as Node does, on two workers or on one thread', async () => {
    const started = new Map<Page, number>();
    for (const page of [isolated, plain]) {
      page.on('worker', () => started.set(page, (started.get(page) ?? 0) + 1));
    }
    const shared = await ask(isolated, { kind: 'track', threads: 2 });
    const alone = await ask(plain, { kind: 'track', threads: 2 });
    expect([isolated, plain].map((page) => started.get(page))).toEqual([2, undefined]);
    await expect.poll(() => workersOf(isolated).length).toBe(0);
    expect([inNode, shared, alone].map(({ kernels, threads }) => [kernels, threads])).toEqual([
      ['simd', 2],
      ['simd', 2],
      ['simd', 1],
    ]);
    // In one engine: bit for bit.
    expect(alone).toEqual({ ...shared, threads: 1 });
    // Engines differ in the last bit of Math.exp and its kind: the same decisions, the same numbers but for rounding.
    expect(shared.decisions).toEqual(inNode.decisions);
    expect(largestDifference(shared.measures, inNode.measures)).toBeLessThan(1e-8);
    expect(largestDifference(shared.similarity, inNode.similarity)).toBeLessThan(1e-6);
  });

  it('simulates the recording that Node simulates, but for rounding', async () => {
    const options = { probe: 'small', sessions: 4, neuronsPerSession: 8, seed: 3 } as const;
    const expected = simulatedOf(simulateRecording(options));
    const found = await ask(isolated, { kind: 'simulate', options });
    expect(found.sessions).toEqual(expected.sessions);
    expect(found.neurons).toEqual(expected.neurons);
    expect(largestDifference(found.waveforms, expected.waveforms)).toBeLessThan(1e-5);
    expect(largestDifference(found.spikeTimes, expected.spikeTimes)).toBeLessThan(1e-5);
  });

  it.each<[where: string, Place]>([
    ['isolated', { stage: 'preprocessing', step: 'begin' }],
    ['isolated', { stage: 'motion', step: 'corrected waveforms' }],
    ['isolated', { stage: 'clustering', step: 'begin' }],
    ['plain', { stage: 'preprocessing', step: 'begin' }],
    ['plain', { stage: 'motion', step: 'begin' }],
    ['plain', { stage: 'motion', step: 'corrected waveforms' }],
  ])('stops within the stage and leaves no worker behind: %s page, %o', async (where, place) => {
    const page = where === 'isolated' ? isolated : plain;
    const { error, later } = await reply(page, { kind: 'track', threads: 2, rounds: 1 }, place);
    expect(error).toMatchObject({ name: 'StoppedError' });
    expect(later).toEqual([]);
    await expect.poll(() => workersOf(page).length).toBe(0);
  });

  it.each<[BadWorker, Partial<Record<'name' | 'message', string | RegExp>>, stack: RegExp]>([
    ['throws', { message: 'out of order' }, /at \S+throwing-worker\S+:\d+:\d+/],
    ['cannot load', { name: 'TypeError' }, /at new SimdKernels \(\S+web-worker\S+\)/],
    ['has no script', { message: 'could not be started' }, /./],
    ['is one too many', { message: 'no more workers' }, /at startBadWorker/],
  ])('fails with a stack, and leaves no worker behind, when a worker %s', async (worker, error, stack) => {
    const failed = await reply(isolated, { kind: 'fail', worker });
    for (const [key, text] of Object.entries(error)) {
      expect(failed.error?.[key as keyof typeof error]).toContain(text);
    }
    expect(failed.error?.stack).toMatch(stack);
    await expect.poll(() => workersOf(isolated).length).toBe(0);
  });
});
