/** The web application of `dant view` in headless Chromium; the environment variable CHROMIUM may name another binary. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contiguousLabels } from '../../src/core/curation/cluster-labels.ts';
import { FileStore } from '../../src/io/node/file-store.ts';
import { readNpyAs } from '../../src/io/npy.ts';
import { caseFolder } from '../support/reference.ts';
import {
  chromiumIsMissing,
  dant,
  go as goOn,
  heading as headingOf,
  startViewerSession,
  type ViewerSession,
  view,
} from './viewer-session.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(chromiumIsMissing)('the web application', () => {
  let session: ViewerSession;
  let results: string;
  let page: Page;

  const heading = (on = page) => headingOf(on);
  const go = (hash: string, on = page) => goOn(on, hash);
  /** Neuron ids in the table, as the page knows them. */
  const neuronCount = async (on = page) => {
    await go('/neurons?filter=matched', on);
    const status = await on.locator('[role=status]', { hasText: 'unmatched units' }).textContent();
    return Number(/^([\d,]+) neurons/.exec(status ?? '')?.[1].replace(',', ''));
  };
  const labelsOf = async (name: string) => {
    const source = await new FileStore(results).open(name);
    if (!source) throw new Error(`${name} is missing`);
    return [...(await readNpyAs(source, 'int32')).data];
  };
  /** Opens the first neuron of the table. */
  const openFirst = async () => {
    await go('/neurons?filter=matched');
    await page.waitForSelector('.table-body [role=row]');
    await go('/overview');
    await page.keyboard.press('3');
    await page.waitForSelector('article[data-subject^="neuron/"][data-fresh=true]');
  };
  const undoButton = (on = page) => on.getByRole('button', { name: 'Undo' }).first();

  beforeAll(async () => {
    session = await startViewerSession();
    results = session.results;
    page = await session.open();
  }, 120_000);

  afterAll(() => session?.close());

  it('finds a neuron, and shows it over all days', async () => {
    expect(await heading()).toMatch(/^\d+ neurons tracked over 6 sessions$/);
    await page.keyboard.press('f');
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await page.waitForSelector('article[data-subject="neuron/2"][data-fresh=true] .plot svg path');
    expect(await heading()).toBe('Neuron 2');
    const titles = await page.locator('.plot h3').allTextContents();
    for (const title of [
      'Autocorrelogram',
      'Inter-spike intervals',
      'PETH',
      'Depth over sessions',
      'Weighted similarity',
    ]) {
      expect(titles).toContain(title);
    }
    const paths = () => page.locator('[data-plot^=Waveforms] svg path').count();
    const units = await page.locator('.session-chip:not(.absent)').count();
    expect(units).toBeGreaterThanOrEqual(2);
    // A line for every unit, and those of the axes.
    expect(await paths()).toBeGreaterThan(units);
    await page.keyboard.press('w');
    await page.waitForSelector('[data-plot="Waveforms_raw"]');
    await page.keyboard.press('j');
    await page.waitForSelector('article[data-subject="neuron/3"]');
    await page.keyboard.press('k');
    await page.waitForSelector('article[data-subject="neuron/2"]');
  });

  it('sorts and filters the table by columns and by an expression', async () => {
    await page.keyboard.press('2');
    await page.getByRole('button', { name: 'Depth', exact: true }).click();
    const depths = async () =>
      (
        await page
          .locator('.table-body [role=row]')
          .evaluateAll((rows) =>
            rows.map((row) => [row.getAttribute('aria-rowindex'), row.children[6].textContent]),
          )
      )
        .sort((a, b) => Number(a[0]) - Number(b[0]))
        .map(([, text]) => Number((text ?? '').replaceAll(',', '').replace('−', '-')));
    const rising = await depths();
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    await page.keyboard.press('/');
    await page.keyboard.type('sessions = 6 and depth > 300');
    await expect.poll(async () => (await depths()).every((depth) => depth >= 300)).toBe(true);
    await page.getByLabel('Filter by Depth').fill('400..600');
    await expect.poll(async () => (await depths()).every((depth) => depth >= 400 && depth <= 600)).toBe(true);
    await page.getByLabel('Filter by Depth').fill('≥ ');
    await expect.poll(() => page.locator('#problem').textContent()).toContain('“≥” under Depth');
    await page.getByLabel('Filter by Depth').fill('');
    await page.getByLabel('Filter by an expression').fill('depht > 3');
    await expect.poll(() => page.locator('#problem').textContent()).toContain('no column “depht”');
    await page.getByRole('button', { name: 'Clear' }).click();
  });

  it('shows every view, and every head of the table with its arrow, whole in a window of 1024 px', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const hash of ['/overview', '/neurons', '/neuron/2', '/candidates/neuron/2', '/map', '/matrix']) {
      await go(hash);
      await page.waitForSelector(`main[data-view=${hash.split('/')[1]}] h1`);
      const widths = () =>
        page.evaluate(() =>
          ['html', 'main'].map((name) => {
            const { scrollWidth, clientWidth } = document.querySelector(name)!;
            return scrollWidth - clientWidth;
          }),
        );
      await expect.poll(widths, { message: hash }).toEqual([0, 0]);
    }
    await go('/neurons');
    const heads = page.locator('button.sort');
    for (let i = 0; i < (await heads.count()); i++) {
      await heads.nth(i).click();
      expect(await heads.locator('span').count()).toBe(1);
      const cutOff = (all: Element[]) => all.filter((head) => head.scrollWidth > head.clientWidth).length;
      expect(await heads.evaluateAll(cutOff)).toBe(0);
    }
    await heads.first().click();
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('shows candidates and why they were not joined, the map, the embedding and the matrix', async () => {
    await go('/candidates/neuron/2');
    const rows = page.getByTestId('candidates').locator('tbody tr');
    await expect.poll(() => rows.count()).toBeGreaterThan(2);
    expect(await rows.first().locator('td').last().textContent()).toMatch(
      /threshold|session|neuron|clustering/,
    );
    await page.keyboard.press('5');
    await page.getByRole('button', { name: 'Similarity (UMAP)' }).click();
    await page.waitForSelector('[data-plot=MapUMAP]');
    await expect.poll(() => page.locator('main [role=status]').count(), { timeout: 20_000 }).toBe(0);
    const box = (await page.locator('rect[role=application]').boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 3, box.y + 3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 3, box.y + box.height - 3);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    expect(await page.locator('aside h2').textContent()).toMatch(/^\d+ units of \d+ neurons, \d+ unmatched$/);
    await page.keyboard.press('6');
    await page.waitForSelector('[data-complete=true]');
    for (let i = 0; i < 12; i++) await page.locator('rect[role=application]').press('+');
    await page.waitForSelector('[data-complete=true]');
    await expect
      .poll(() => page.locator('.plot .axis text').allTextContents())
      .toContainEqual(expect.stringMatching(/^u\d/));
  });

  it('merges, splits, undoes, redoes, keeps everything over a reload, and writes the curated files', async () => {
    const automatic = await labelsOf('IdxCluster.npy');
    const before = await neuronCount();

    // Merges neuron 2 with its best candidate.
    await go('/candidates/neuron/2');
    await page.waitForSelector('[data-testid=candidates] tr[aria-current=true]');
    const candidate = Number(
      await page.locator('[data-testid=candidates] tr[aria-current=true] td').first().textContent(),
    );
    await page.keyboard.press('m');
    await page.getByLabel('Why (kept in the log)').fill('they look alike');
    await page.locator('dialog button[type=submit]').click();
    await page.waitForURL(/#\/neuron\/\d+$/);
    await page.waitForSelector('.message.info');
    const merged = automatic.map((label, unit) =>
      label === 2 || unit === candidate || (automatic[candidate] > 0 && label === automatic[candidate])
        ? 1e6
        : label,
    );

    // Splits the first two sessions off another neuron of at least four.
    const other = [...new Set(merged)].find(
      (id) => id > 0 && id < 1e6 && merged.filter((l) => l === id).length >= 4,
    )!;
    await go(`/neuron/${other}`);
    await page.waitForSelector(`article[data-subject="neuron/${other}"]`);
    const chips = page.locator('button.session-chip');
    const off: number[] = [];
    for (const i of [0, 1]) {
      off.push(Number(/unit (\d+)/.exec((await chips.nth(i).getAttribute('aria-label')) ?? '')?.[1]));
      await chips.nth(i).click();
    }
    await page.keyboard.press('s');
    await page.waitForFunction(
      (old) => !document.querySelector(`article[data-subject="${old}"]`),
      `neuron/${other}`,
    );
    const curated = merged.map((label, unit) => (off.includes(unit) ? 2e6 : label));

    // Undone and done again.
    await page.keyboard.press('Control+z');
    await page.waitForSelector(`article[data-subject="neuron/${other}"]`);
    await page.keyboard.press('Control+Shift+z');
    await page.waitForFunction(
      (old) => !document.querySelector(`article[data-subject="${old}"]`),
      `neuron/${other}`,
    );
    await page.keyboard.press('c');
    await page.waitForSelector('.badge.good');

    await page.reload();
    await page.waitForSelector('main h1');
    expect(await neuronCount()).toBe(before + (automatic[candidate] > 0 ? -1 : 0) + 1);
    await page.keyboard.press('7');
    await expect.poll(() => page.getByTestId('log').locator('tbody tr').count()).toBe(5);
    expect(await page.getByTestId('log').textContent()).toContain('they look alike');

    await page.keyboard.press('a');
    await page.locator('dialog button[type=submit]').click();
    await page.waitForSelector('[data-testid=written]');
    const written = await page.getByTestId('written').locator('li').allTextContents();
    expect(written).toEqual(expect.arrayContaining(['IdxCluster_curated.npy', 'MatchedPairs_curated.npy']));
    await page.keyboard.press('Escape');

    expect(await labelsOf('IdxCluster.npy')).toEqual(automatic);
    const groups = (labels: readonly number[]) => [...contiguousLabels(canonical(labels)).labels].join();
    expect(groups(await labelsOf('IdxCluster_curated.npy'))).toBe(groups(curated));
    expect((await labelsOf('MatchedPairs_curated.npy')).length).toBe(2 * pairCount(curated));
  });

  it('warns of a merge that puts two units of one session together', async () => {
    await go('/neurons?filter=sessions %3E= 4');
    const rows = page.locator('.table-body [role=row]');
    for (const i of [0, 1]) await rows.nth(i).click({ modifiers: ['Control'] });
    await page.keyboard.press('m');
    expect(await page.locator('dialog [role=alert]').textContent()).toMatch(
      /units \d+ and \d+ of session \d/,
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('shows in one window what was done in another', async () => {
    const other = await session.open();
    await go('/curation', other);
    const rows = other.getByTestId('log').locator('tbody tr');
    const before = await rows.count();
    await openFirst();
    await page.keyboard.press('l');
    await page.locator('dialog input').fill('interneuron');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.count()).toBe(before + 1);
    expect(await rows.first().textContent()).toContain('label “interneuron”');
    await other.close();
  });

  it('saves plots as pictures, drawings and tables, and a neuron as a page', async () => {
    await openFirst();
    const id = (await heading())?.split(' ')[1];
    const save = async (press: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), press()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const saveAs = (format: string, plot = 'Autocorrelogram') =>
      save(async () => {
        await page.locator(`[data-plot="${plot}"] .export > button`).click();
        await page.getByRole('button', { name: format }).click();
      });
    const png = await saveAs('Picture (PNG)');
    expect(png.name).toBe('Autocorrelogram.png');
    expect([...png.bytes.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG');
    expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(600);
    const svg = (await saveAs('Drawing (SVG)')).bytes.toString();
    expect(svg).toMatch(/^<svg .*Autocorrelogram.*<path/s);
    expect(svg).not.toContain('var(');
    const csv = (await saveAs('Data (CSV)')).bytes.toString();
    expect(csv).toMatch(/^unit,session,/);
    const chips = await page.locator('.session-chip:not(.absent)').count();
    expect(csv.trim().split('\n')).toHaveLength(chips + 1);
    expect((await saveAs('Drawing (SVG)', 'PairSimilarity_weighted')).bytes.toString()).toContain(
      'data:image/png',
    );
    const html = await save(() => page.getByRole('button', { name: 'Save page' }).click());
    expect(html.name).toBe(`Neuron${id}.html`);
    expect(html.bytes.toString().match(/<svg /g)?.length).toBeGreaterThan(8);
  });

  it('says how a result is evaluated, and shows the evaluation once that is done', async () => {
    await page.keyboard.press('8');
    await expect
      .poll(() => page.locator('main').textContent())
      .toContain('This result has not been evaluated. In a terminal:dant evaluate results');
    await dant('evaluate', results, '--dates', '0,1,2,5,9,20', '--no-figures');
    await page.reload();
    await page.waitForSelector('[data-plot=ErrorRates] svg circle');
    expect(await heading()).toBe('How good the tracking is');
    const { shanks } = JSON.parse(await readFile(join(results, 'Evaluation.json'), 'utf8'));
    const { errorRates, functional, survival } = shanks[0].evaluation;
    const table = await page.locator('main table').textContent();
    for (const { estimate } of [errorRates.decoys.falsePositives, errorRates.decoys.falseNegatives]) {
      expect(table).toContain(`${(100 * estimate).toFixed(1)} %`);
    }
    // Without waveforms of either half these are no rates of the tracking.
    expect(errorRates.halves.rates).toBeUndefined();
    const { units, notFound } = errorRates.halves;
    expect(await page.locator('main').textContent()).toContain(
      `${(100 * notFound.estimate).toFixed(1)} % of the ${units} halves of units are not found`,
    );
    expect(functional.length).toBeGreaterThan(0);
    for (const { feature } of functional) expect(table).toContain(`AUC ${feature}`);
    const plots = await page
      .locator('[data-plot]')
      .evaluateAll((all) => all.map((p) => p.getAttribute('data-plot')));
    expect(plots).toEqual([
      'ErrorRates',
      'Reliability',
      'Roc',
      'AucBySessions',
      'AucByDays',
      'Survival',
      'Yield',
    ]);
    expect(await page.locator('[data-plot=Survival] svg circle').count()).toBe(survival.length);
    expect(await page.locator('main').textContent()).toContain('these are no rates of the tracking');
  });

  it('has no serious fault of accessibility in any view, in either theme', async () => {
    const found: string[] = [];
    for (const theme of ['light', 'dark'] as const) {
      for (const hash of [
        '/overview',
        '/neurons',
        '/unit/0',
        '/candidates/unit/0',
        '/map',
        '/matrix',
        '/curation',
        '/evaluation',
      ]) {
        await go(hash);
        await page.waitForSelector('main h1');
        found.push(...(await faultsOfAccess(page, theme)).map((fault) => `${theme} ${hash}: ${fault}`));
      }
      await page.keyboard.press('?');
      await page.waitForSelector('dialog');
      found.push(...(await faultsOfAccess(page, theme)).map((fault) => `${theme} help: ${fault}`));
      await page.keyboard.press('Escape');
      await page.keyboard.press('t');
    }
    expect(found).toEqual([]);
  });

  it('loses nothing that it showed as done when the server is killed', async () => {
    await openFirst();
    const before = session.faults.length;
    const subject = new URL(page.url()).hash;
    await page.keyboard.press('n');
    await page.locator('dialog textarea').fill('seen before the end');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => page.locator('main').textContent()).toContain('seen before the end');
    const { server } = session.viewing;
    server.process.kill('SIGKILL');
    await server.ended;
    await page.keyboard.press('c');
    await page.waitForSelector('.message.error');
    expect(await page.locator('.message.error').textContent()).toContain('Not saved');
    expect(await page.locator('.banner').textContent()).toContain('does not answer');

    // What is typed into a dialog stays there, and why it is not saved can be read.
    await page.getByRole('button', { name: 'Note …' }).click();
    await page.locator('dialog textarea').fill('typed in vain');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForSelector('dialog .message.error');
    expect(await page.locator('dialog textarea').inputValue()).toBe('typed in vain');
    await page.locator('dialog').getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Note …');
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    expect(await page.locator('dialog .message.error').textContent()).toContain('Nothing was written');
    await page.keyboard.press('Escape');
    const { url } = await session.viewAgain();
    await page.goto(`${url}${subject}`);
    await expect.poll(() => page.locator('main').textContent()).toContain('seen before the end');
    expect(await page.locator('.badge.good').count()).toBe(0);
    expect(await undoButton().isEnabled()).toBe(true);
    // The browser reports connections that were refused: they are what is tested here.
    const refused = session.faults.splice(before);
    expect(refused.filter((fault) => !fault.includes('net::ERR_'))).toEqual([]);
  });

  it.each(['hard', 'multishank'].filter(caseFolder))(
    'opens the folder of the case %s, which pyDANT wrote',
    async (name) => {
      const folder = caseFolder(name)!;
      const { server, url } = await view(join(folder, 'expected'), '--data', join(folder, 'data'));
      const opened = await session.open(url);
      expect(await heading(opened)).toMatch(/neurons tracked over \d+ sessions/);
      for (const hash of ['/neuron/1', '/candidates/neuron/1', '/matrix']) {
        await go(hash, opened);
        await opened.waitForSelector('.plot svg');
      }
      await opened.close();
      server.process.kill('SIGKILL');
    },
  );

  it('did all this without an error on any page, under the content security policy', () => {
    expect(session.faults).toEqual([]);
  });
});

/** Serious and critical violations by axe-core; in the dark theme only colours differ. */
async function faultsOfAccess(page: Page, theme: 'light' | 'dark'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async (theme) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(theme === 'dark' ? { runOnly: ['color-contrast'] } : {}),
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id} at ${nodes
            .map(({ target }) => target.join(' '))
            .slice(0, 3)
            .join(', ')}`,
      );
  }, theme);
}

/** Labels from 0 in the order of their first units; -1 unmatched. */
function canonical(labels: readonly number[]): Int32Array {
  const names = new Map<number, number>();
  return Int32Array.from(labels, (label) => {
    if (label < 0) return -1;
    if (!names.has(label)) names.set(label, names.size);
    return names.get(label)!;
  });
}

function pairCount(labels: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label > 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
}
