import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { resolveSettings, SETTINGS_TABLE } from '../core/settings.ts';
import { parseSettings, settingsMarkdown, settingsTemplate } from './settings-file.ts';

describe('parseSettings', () => {
  it('reads JSON with comments, trailing commas and unquoted texts', () => {
    const text = `\uFEFF// a comment
    {
      # another
      path_to_data: C:\\data\\rat 1
      "n_jobs": 4, /* and
      another */
      clustering: { features: ["Waveform", "ISI",], max_distance: 60, },
    }`;
    expect(parseSettings(text, 'settings.json')).toEqual({
      path_to_data: 'C:\\data\\rat 1',
      n_jobs: 4,
      clustering: { features: ['Waveform', 'ISI'], max_distance: 60 },
    });
  });

  it('takes an empty file for no settings', () => {
    expect(parseSettings('', 'settings.json')).toEqual({});
  });

  it.each([
    ['{\n  "n_jobs": 4\n  "clustering": {\n', 'line 4', 'missing'],
    ['{\n  "n_jobs": 4,,\n}', 'line 2', '"n_jobs": 4,,'],
    ['{\n "clustering": { "features": [Waveform, ISI] }\n}', 'line 3', 'quotes'],
    ['{} more', 'line 1', 'trailing characters'],
    ['[1, 2]', 'settings.json', 'a list'],
    ['null', 'settings.json', 'the value null'],
    ['{"clustering":{"n_iter":1},"clustering":{"max_distance":1}}', 'settings.json', '"clustering" twice'],
    [
      'n_jobs: 1\nISI: { window: 3, // ms\n binwidth: 1, "window": 4 }',
      'settings.json',
      '"ISI.window" twice',
    ],
  ])('refuses %j', (text, where, said) => {
    const attempt = () => parseSettings(text, 'settings.json');
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(where);
    expect(attempt).toThrow(said);
  });

  it('gives no foreign prototype to anything', () => {
    parseSettings('{"__proto__": {"polluted": 1}}', 'settings.json');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('settingsTemplate', () => {
  it.each([[true], [false]])('means the same as no settings file (with PETH: %s)', (hasPeth) => {
    const user = parseSettings(settingsTemplate(), 'template');
    const filed = resolveSettings(user, { hasPeth, fromFile: true });
    expect(filed.warnings).toEqual([]);
    expect(filed.settings).toEqual(resolveSettings({}, { hasPeth, fromFile: false }).settings);
  });

  it('shows every setting with what it means', () => {
    const text = settingsTemplate();
    for (const { key, description } of SETTINGS_TABLE) {
      expect(text).toContain(`"${key.split('.').at(-1)}": `);
      expect(text).toContain(description);
    }
  });
});

describe('settingsMarkdown', () => {
  it('has a row for every setting', () => {
    const rows = settingsMarkdown().split('\n');
    for (const { key } of SETTINGS_TABLE) {
      const row = rows.filter((line) => line.startsWith(`| \`${key}\` |`));
      expect(row, key).toHaveLength(1);
      expect(row[0].replaceAll('\\|', '').split('|')).toHaveLength(6);
    }
  });
});
