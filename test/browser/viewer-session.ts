/** `dant view` over a small simulated recording, and pages of headless Chromium that look at it. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Running, startDant } from '../cli/dant.ts';

const binary = process.env.CHROMIUM || '/usr/bin/chromium';
export const chromiumIsMissing = !existsSync(binary);
if (chromiumIsMissing) console.warn(`No Chromium at ${binary}: the web application is not tested.`);

const FLAGS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** Six sessions of about twenty units; tracked in a second or two. */
const SIMULATION = ['--probe', 'np2', '--channels', '96', '--sessions', '6', '--units-per-session', '20'];

export interface Viewing {
  readonly server: Running;
  readonly url: string;
}

/** Starts `dant view` and waits for the address that it prints. */
export async function view(...args: string[]): Promise<Viewing> {
  const server = startDant(['view', ...args, '--no-open']);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.process.stdout?.on('data', (piece: string) => {
      text += piece;
      const found = /http:\/\/\S+/.exec(text);
      if (found) resolve(found[0]);
    });
    server.ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  return { server, url };
}

export async function dant(...args: string[]): Promise<void> {
  const { code, stderr } = await startDant(args).ended;
  if (code !== 0) throw new Error(stderr);
}

export interface ViewerSession {
  readonly data: string;
  readonly results: string;
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** What went wrong on any page: nothing may. */
  readonly faults: string[];
  readonly viewing: Viewing;
  /** A new window. */
  open(url?: string): Promise<Page>;
  /** Starts the server anew. */
  viewAgain(): Promise<Viewing>;
  close(): Promise<void>;
}

/** Simulates, tracks and serves a recording. */
export async function startViewerSession(): Promise<ViewerSession> {
  const folder = await mkdtemp(join(tmpdir(), 'dant-viewer-'));
  const [data, results] = [join(folder, 'data'), join(folder, 'results')];
  await dant('simulate', data, ...SIMULATION);
  await dant('run', data, '--output', results);
  const start = () => view(results, '--data', data);
  let viewing = await start();
  const browser = await chromium.launch({ executablePath: binary, chromiumSandbox: false, args: FLAGS });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
  });
  const faults: string[] = [];
  return {
    data,
    results,
    browser,
    context,
    faults,
    get viewing() {
      return viewing;
    },
    async open(url = viewing.url) {
      const opened = await context.newPage();
      opened.on('pageerror', (error) => faults.push(String(error.stack)));
      opened.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      await opened.goto(url);
      await opened.waitForSelector('main h1');
      return opened;
    },
    async viewAgain() {
      viewing = await start();
      return viewing;
    },
    async close() {
      await browser.close();
      viewing.server.process.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const heading = (on: Page) => on.locator('main h1').first().textContent();

export async function go(on: Page, hash: string): Promise<void> {
  await on.evaluate((to) => {
    location.hash = to;
  }, hash);
}
