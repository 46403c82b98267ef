/** Alone in its file: other requests leave timers of their own behind. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { requestPath } from './protocol.ts';
import { serveFolder } from './serve.ts';

const CASE = join(import.meta.dirname, '../../test/golden/cases/rigid');
const folder = mkdtempSync(join(tmpdir(), 'dant-view-'));

afterAll(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

it('leaves no timer that would keep the program when it ends while a window is open', async () => {
  const [out, viewerFolder] = [join(folder, 'out'), join(folder, 'viewer')];
  cpSync(join(CASE, 'expected'), out, { recursive: true });
  mkdirSync(viewerFolder);
  writeFileSync(join(viewerFolder, 'index.html'), '<title>dant</title>');
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
  const serving = await serveFolder(out, { dataFolder: join(CASE, 'data'), viewerFolder, version: '1.2.3' });
  await new Promise((heard) => {
    const asked = request(new URL(requestPath('events'), serving.url), (answer) => {
      answer.once('data', heard).on('error', () => {});
    });
    asked.on('error', () => {}).end();
  });
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  await serving.close();
  await expect.poll(() => vi.getTimerCount()).toBe(0);
});
