/** Several windows of one browser on one folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumIsMissing, go, startViewerSession, type ViewerSession } from './viewer-session.ts';

describe.skipIf(chromiumIsMissing)('windows of one browser', () => {
  let session: ViewerSession;
  const windows: Page[] = [];

  const confirmed = (page: Page) => page.locator('.badge.good');
  const operations = async () => {
    const log = await readFile(join(session.results, 'Curation.jsonl'), 'utf8');
    return log.split('\n').filter((line) => line.includes('"operation"')).length;
  };

  beforeAll(async () => {
    session = await startViewerSession();
  }, 120_000);

  afterAll(() => session?.close());

  it('work and save, however many are open', async () => {
    for (let i = 0; i < 8; i++) windows.push(await session.open());
    for (const page of windows) await go(page, '/neuron/2');
    for (const page of windows) await page.waitForSelector('article[data-fresh=true]');
    await windows[7].keyboard.press('c');
    for (const page of windows) await confirmed(page).waitFor();
    expect(await operations()).toBe(1);
  });

  it('tell each other still when the one is closed that the others are told by', async () => {
    await windows.shift()!.close();
    await windows[6].keyboard.press('c');
    for (const page of windows) await confirmed(page).waitFor({ state: 'detached' });
    expect(await operations()).toBe(2);
  });

  it('keep what was chosen in one when another does what does not concern it', async () => {
    const [mine, other] = windows;
    await mine.locator('button.session-chip').first().click();
    await go(other, '/neuron/3');
    await other.waitForSelector('article[data-subject="neuron/3"]');
    await other.keyboard.press('c');
    // A window that has heard of it still has what was chosen.
    await mine.getByRole('link', { name: 'Curation', exact: true }).click();
    await mine.getByTestId('log').locator('tbody tr').nth(2).waitFor();
    await mine.goBack();
    await mine.locator('.session-chip[aria-pressed=true]').waitFor();
    await mine.keyboard.press('Escape');
  });

  it('do not keep the server when it is told to end, and say that nothing more is saved', async () => {
    const { server } = session.viewing;
    server.process.kill('SIGINT');
    expect((await server.ended).code).toBe(0);
    for (const page of windows) await page.locator('.banner', { hasText: 'does not answer' }).waitFor();
    expect(session.faults.filter((fault) => !fault.includes('net::ERR_'))).toEqual([]);
  });
});
