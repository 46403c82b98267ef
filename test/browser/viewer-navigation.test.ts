/** Where a person is in the web application, and what stays as they move about. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumIsMissing, go, heading, startViewerSession, type ViewerSession } from './viewer-session.ts';

describe.skipIf(chromiumIsMissing)('moving about', () => {
  let session: ViewerSession;
  let page: Page;

  /** "4 of 20", or that it is not in the table. */
  const position = () => page.locator('.neuron-head .line .muted').first().textContent();
  const subjectAt = (index: number) => page.locator(`#row-${index}`);
  const open = async (path: string) => {
    await go(page, `/${path}`);
    await page.waitForSelector(`article[data-subject="${path.replace(/^candidates\//, '')}"]`);
  };
  const leave = (subject: string) =>
    page.waitForFunction((old) => !document.querySelector(`article[data-subject="${old}"]`), subject);
  /** The subject on the page. */
  const subject = async () => (await page.locator('article').getAttribute('data-subject'))!;
  const undo = () => page.keyboard.press('Control+z');

  beforeAll(async () => {
    session = await startViewerSession();
    page = await session.open();
  }, 120_000);

  afterAll(() => session?.close());

  it('merges with the candidate that is shown after other operations too', async () => {
    await open('candidates/neuron/2');
    await page.waitForSelector('[data-testid=candidates] tr[aria-current=true]');
    await page.keyboard.press('c');
    await page.waitForSelector('.badge.good');
    await page.keyboard.press('m');
    await page.locator('dialog', { hasText: 'Merge 2 into one neuron' }).waitFor();
    await page.keyboard.press('Escape');
    await undo();
    await page.waitForSelector('.badge.good', { state: 'detached' });
  });

  it('goes on from the same row after a split, a merge, and in what the table does not hold', async () => {
    await go(page, '/neurons?filter=sessions %3E= 3');
    await subjectAt(4).waitFor();
    await subjectAt(2).click();
    await page.waitForSelector('article[data-fresh=true]');
    const count = Number(/of (\d+)$/.exec((await position()) ?? '')?.[1]);
    expect(await position()).toBe(`3 of ${count}`);
    const before = await subject();
    await page.keyboard.press('j');
    await leave(before);
    const after = await subject();
    await page.keyboard.press('k');
    await leave(after);

    await page.locator('button.session-chip').first().click();
    await page.keyboard.press('s');
    await leave(before);
    expect(await position()).toBe(`3 of ${count + 1}`);
    const split = await subject();
    await page.keyboard.press('j');
    await leave(split);
    await page.keyboard.press('j');
    await page.waitForSelector(`article[data-subject="${after}"]`);
    expect(await position()).toBe(`5 of ${count + 1}`);

    await go(page, `/candidates/${after}`);
    await page.waitForSelector('[data-testid=candidates] tr[aria-current=true]');
    await page.keyboard.press('m');
    await page.locator('dialog button[type=submit]').click();
    await page.waitForURL(/#\/neuron\/\d+$/);
    await leave(after);
    expect(await position()).toMatch(/^[45] of \d+$/);

    const here = await subject();
    await page.keyboard.press('j');
    await leave(here);
    const next = await subject();
    await page.keyboard.press('k');
    await leave(next);
    await go(page, '/neurons?filter=sessions %3E= 3');
    await subjectAt(2).waitFor();
    await subjectAt(2).click();
    await page.waitForSelector('article');
    const third = await subject();
    await page.keyboard.press('j');
    await leave(third);
    const fourth = await subject();
    await page.keyboard.press('k');
    await leave(fourth);
    await page.evaluate(() => {
      location.hash = '/unit/99999';
    });
    await page.waitForSelector('.full-message');
    await page.keyboard.press('j');
    await page.waitForSelector(`article[data-subject="${fourth}"]`);
  });

  it('comes back to the table as it was left', async () => {
    await go(page, '/neurons?filter=matched');
    await subjectAt(0).waitFor();
    await page.getByLabel('Filter by an expression').fill('sessions >= 1');
    await page.getByRole('button', { name: 'Depth', exact: true }).click();
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    const active = page.locator('.table-body .active');
    const left = await active.textContent();
    await page.keyboard.press('Enter');
    await page.waitForSelector('article');
    await page.goBack();
    await expect.poll(() => page.getByLabel('Filter by an expression').inputValue()).toBe('sessions >= 1');
    await page.locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Depth' }).waitFor();
    expect(await active.textContent()).toBe(left);
    await expect.poll(() => active.isVisible()).toBe(true);
    // The keys are those of the table at once.
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => active.textContent()).not.toBe(left);
    await page.getByRole('button', { name: 'Clear' }).click();
  });

  it('comes back to the map and the matrix as they were left', async () => {
    await go(page, '/map');
    await page.locator('select').selectOption('session');
    const axis = () => page.locator('.plot .axis text').allTextContents();
    const surface = page.locator('rect[role=application]');
    for (let i = 0; i < 3; i++) await surface.press('+');
    const map = await axis();
    await go(page, '/matrix');
    await page.waitForSelector('[data-complete=true]');
    for (let i = 0; i < 12; i++) await surface.press('+');
    const matrix = await axis();
    expect(matrix).not.toEqual(map);
    await page.goBack();
    await page.waitForSelector('[data-plot=Map]');
    await expect.poll(axis).toEqual(map);
    expect(await page.locator('select').inputValue()).toBe('session');
    await page.goForward();
    await page.waitForSelector('[data-complete=true]');
    await expect.poll(axis).toEqual(matrix);
  });

  it('shows the two units of a cell of the matrix side by side, those of one neuron too', async () => {
    await go(page, '/neurons?filter=matched');
    await subjectAt(0).click();
    await page.waitForSelector('article[data-fresh=true]');
    const chips = page.locator('button.session-chip');
    const names = await chips.evaluateAll((all) => all.map((chip) => chip.getAttribute('aria-label') ?? ''));
    const [a, b] = names.map((name) => Number(/unit (\d+)/.exec(name)?.[1]));
    await go(page, `/candidates/unit/${a}?of=${a}&with=${b}`);
    const title = page.getByLabel('Side by side').locator('h2').first();
    await title.waitFor();
    expect(await title.textContent()).toMatch(
      new RegExp(`^Unit ${a} of Neuron \\d+ and Unit ${b} of Neuron`),
    );
    await page.goBack();
    await go(page, '/matrix');
    const cell = (await page.locator('rect[role=application]').boundingBox())!;
    await page.locator('rect[role=application]').press('0');
    const at = { x: cell.width / 2 + 61, y: cell.height / 2 - 37 };
    await page.locator('rect[role=application]').hover({ position: at });
    const facts = await page.getByLabel('Pair under the pointer').textContent();
    const [, row, column] = /Row: unit (\d+).*Column: unit (\d+)/.exec(facts ?? '') ?? [];
    await page.locator('rect[role=application]').click({ position: at });
    await title.waitFor();
    expect(await title.textContent()).toMatch(new RegExp(`^Unit ${row}\\b.* and Unit ${column}\\b`));
  });

  it('goes through the table, not through what is chosen on the map', async () => {
    await go(page, '/neurons?filter=matched');
    await subjectAt(1).click();
    await page.waitForSelector('article');
    const before = await position();
    expect(before).toMatch(/^2 of \d+$/);
    await page.keyboard.press('5');
    await page.locator('rect[role=application]').press('0');
    const box = (await page.locator('rect[role=application]').boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 3, box.y + 3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    expect(await page.locator('aside h2').textContent()).toMatch(/^\d+ units of \d+ neurons/);
    await page.keyboard.press('Escape');
    await page.goBack();
    await page.waitForSelector('article');
    expect(await position()).toBe(before);
  });

  it('takes shortcuts while a list or a slider has the focus, but for the keys that these use', async () => {
    await go(page, '/map');
    await page.locator('select').focus();
    await page.keyboard.press('n');
    expect(await page.locator('dialog').count()).toBe(0);
    await page.keyboard.press('6');
    await page.waitForSelector('input[type=range]');
    await page.locator('input[type=range]').focus();
    const value = await page.locator('input[type=range]').inputValue();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('input[type=range]').inputValue()).not.toBe(value);
    expect(await page.evaluate(() => location.hash)).toBe('#/matrix');
    await page.keyboard.press('7');
    await page.waitForSelector('[data-view=curation]');
  });

  it('says in its title which neuron is looked at', async () => {
    await go(page, '/neurons?filter=matched');
    await subjectAt(0).click();
    await page.waitForSelector('article');
    await expect.poll(async () => page.title()).toBe(`${await heading(page)} · results · dant`);
    await page.keyboard.press('4');
    await page.waitForSelector('[data-view=candidates]');
    await expect.poll(async () => page.title()).toBe(`Candidates of ${await heading(page)} · results · dant`);
  });

  it('asks for no unit that there is not', async () => {
    await go(page, '/neurons?filter=matched');
    await subjectAt(0).click();
    await page.waitForSelector('article');
    const path = await subject();
    for (const none of ['-3', '', '99999', '1.5', 'x']) {
      await go(page, `/candidates/${path}?with=${none}`);
      await page.waitForSelector('[data-testid=candidates] tr[aria-current=true]');
    }
    // The browser reports answers of 400.
    expect(session.faults).toEqual([]);
  });
});
