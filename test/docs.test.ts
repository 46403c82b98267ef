import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsMarkdown } from '../src/io/settings-file.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
];

describe('the documentation', () => {
  it('has a settings page made from the settings table (npx vitest run test/docs.test.ts -u)', async () => {
    await expect(settingsMarkdown()).toMatchFileSnapshot('../docs/settings.md');
  });

  it('links only to files that exist', () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
        .map((match) => join(dirname(page), match[1]))
        .filter((target) => !existsSync(target)),
    );
    expect(broken).toEqual([]);
  });
});
