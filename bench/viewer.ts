/**
 * The web application in Chromium: opening a result of 3,400 units, going to the next neuron, scrolling a table of 50,000 rows,
 * zooming the matrix. The result is simulated and tracked the first time; DANT_BENCH_RESULTS and DANT_BENCH_DATA may name another.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createRandom } from '../src/core/random.ts';
import { encodePack, PACK_TYPE } from '../src/server/protocol.ts';
import { report } from './support/measure.ts';

// Not bundled: it finds files beside itself.
const { chromium } = createRequire(join(process.cwd(), 'package.json'))(
  'playwright-core',
) as typeof import('playwright-core');

const MAIN = 'dist/cli/main.js';
const CACHE = join('node_modules', '.cache', 'dant-viewer');
const { DANT_BENCH_RESULTS, DANT_BENCH_DATA, CHROMIUM = '/usr/bin/chromium' } = process.env;
const [results, data] = DANT_BENCH_RESULTS
  ? [DANT_BENCH_RESULTS, DANT_BENCH_DATA]
  : [join(CACHE, 'results'), join(CACHE, 'data')];

const OPENINGS = 5;
const NEXT_NEURONS = 40;
const TABLE_ROWS = 50_000;
const MAP_POINTS = 100_000;
/** How long a table is scrolled or a matrix zoomed, ms. */
const MOVING_MS = 4000;

if (!existsSync(join(results, 'IdxCluster.npy'))) {
  dant('simulate', data!, '--preset', 'large', '--force');
  dant('run', data!, '--output', results);
}

const { server, url } = await view();
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  chromiumSandbox: false,
  args: ['--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.addInitScript(noteFirstView);
try {
  const openings: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    await page.goto('about:blank');
    await page.goto(url);
    await page.waitForFunction(() => 'firstView' in window);
    openings.push(await page.evaluate(() => (window as unknown as { firstView: number }).firstView));
  }
  const units = await page.evaluate(
    () =>
      [...document.querySelectorAll('.tile')].find((tile) => tile.textContent?.endsWith('units'))
        ?.textContent,
  );
  const steps = await nextNeurons(page);
  const matrix = await zoomMatrix(page);
  const map = await zoomMap();
  const table = await scrollTable(url);
  const row = (size: string, milliseconds: number) => ({
    kernels: 'chromium',
    threads: 1,
    size,
    seconds: milliseconds / 1000,
  });
  report('viewer', [
    row(`first server start: open ${units?.replace(',', '')}`, openings[0]),
    row('open again: median', quantile(openings.slice(1), 0.5)),
    row('next neuron: median', quantile(steps, 0.5)),
    row('next neuron: slowest', Math.max(...steps)),
    row('zoom of the matrix: median frame', quantile(matrix, 0.5)),
    row('zoom of the matrix: slowest frame', Math.max(...matrix)),
    row(`zoom of the map of ${MAP_POINTS} units: median frame`, quantile(map, 0.5)),
    row(`zoom of the map of ${MAP_POINTS} units: slowest frame`, Math.max(...map)),
    row(`scroll ${TABLE_ROWS} rows: median frame`, quantile(table, 0.5)),
    row(`scroll ${TABLE_ROWS} rows: 95 % of frames within`, quantile(table, 0.95)),
  ]);
} finally {
  await browser.close();
  server.kill();
}

function dant(...args: string[]): void {
  const { status } = spawnSync(process.execPath, [MAIN, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`dant ${args[0]} failed`);
}

async function view(): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [
    MAIN,
    'view',
    results,
    ...(data ? ['--data', data] : []),
    '--no-open',
  ]);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const found = /http:\/\/\S+/.exec(text);
      if (found) resolve(found[0]);
    });
    server.on('close', () => reject(new Error('dant view ended')));
  });
  return { server, url };
}

/** In the page: notes when the overview is painted, ms after the navigation began. */
function noteFirstView(): void {
  const look = () => {
    if (!document.querySelector('[data-plot=UnitsPerSession] svg rect')) return requestAnimationFrame(look);
    // The frame after the one that holds it.
    requestAnimationFrame(() => Object.assign(window, { firstView: performance.now() }));
  };
  requestAnimationFrame(look);
}

/** From the key to the frame that shows everything of the next neuron, ms. */
async function nextNeurons(page: Page): Promise<number[]> {
  await page.goto(`${url}#/neuron/1`);
  await page.waitForSelector('article[data-fresh=true] [data-plot=FeatureScatter] svg path');
  const times: number[] = [];
  for (let i = 0; i < NEXT_NEURONS; i++) {
    // As a person looks at each for a moment.
    await page.waitForTimeout(250);
    times.push(
      await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const before = document.querySelector('article')?.dataset.subject;
            const start = performance.now();
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
            const look = () => {
              const { subject, fresh } = document.querySelector('article')?.dataset ?? {};
              if (subject === before || fresh !== 'true') return requestAnimationFrame(look);
              requestAnimationFrame(() => resolve(performance.now() - start));
            };
            requestAnimationFrame(look);
          }),
      ),
    );
  }
  return times;
}

/** Frames while the wheel turns in to single pairs and out again, ms. */
async function zoomMatrix(page: Page): Promise<number[]> {
  await page.goto(`${url}#/matrix`);
  await page.waitForSelector('[data-complete=true] rect[role=application]');
  return zoom(page);
}

/** Frames while the wheel zooms a map of many units, ms. */
async function zoomMap(): Promise<number[]> {
  const page = await pageOfMany(MAP_POINTS);
  await page.goto(`${url}#/map`);
  await page.waitForSelector('rect[role=application]');
  const frames = await zoom(page);
  await page.close();
  return frames;
}

/** Times of the frames while the wheel zooms in and out again, ms. */
function zoom(page: Page): Promise<number[]> {
  return page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const surface = document.querySelector('rect[role=application]')!;
        const box = surface.getBoundingClientRect();
        const [clientX, clientY] = [box.left + box.width * 0.47, box.top + box.height * 0.38];
        const frames: number[] = [];
        const begin = performance.now();
        let last = begin;
        const frame = () => {
          const now = performance.now();
          frames.push(now - last);
          last = now;
          if (now - begin > length) return resolve(frames.slice(1));
          const deltaY = now - begin < length / 2 ? -40 : 40;
          surface.dispatchEvent(
            new WheelEvent('wheel', { deltaY, clientX, clientY, bubbles: true, cancelable: true }),
          );
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    MOVING_MS,
  );
}

/** Frames while a table of many rows is scrolled, ms. */
async function scrollTable(url: string): Promise<number[]> {
  const page = await pageOfMany(TABLE_ROWS);
  await page.goto(`${url}#/neurons`);
  await page.waitForSelector('.table-body [role=row]');
  const frames = await page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const table = document.querySelector('[role=grid]')!;
        const frames: number[] = [];
        const begin = performance.now();
        let last = begin;
        const frame = () => {
          const now = performance.now();
          frames.push(now - last);
          last = now;
          if (now - begin > length) return resolve(frames.slice(1));
          // Four rows a frame, and a leap now and then.
          table.scrollTop += frames.length % 60 === 0 ? 40_000 : 112;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    MOVING_MS,
  );
  await page.close();
  return frames;
}

/** A page to which the server's units are replaced by many unmatched ones. */
async function pageOfMany(units: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const pack = Buffer.from(encodePack(manyUnits(units)));
  await page.route('**/api/units', (route) => route.fulfill({ body: pack, contentType: PACK_TYPE }));
  return page;
}

function manyUnits(n: number) {
  const random = createRandom(5);
  const floats = (scale: number) => Float32Array.from({ length: n }, () => scale * random.uniform());
  const ones = new Int32Array(n).fill(1);
  const y = floats(4000);
  return {
    session: Int32Array.from({ length: n }, (_, unit) => 1 + (unit % 18)),
    x: floats(60),
    y,
    z: floats(100),
    correctedY: y,
    amplitude: floats(500),
    peakChannel: ones,
    shank: ones,
    label: new Int32Array(n).fill(-1),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
