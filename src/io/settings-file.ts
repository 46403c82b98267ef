/** The settings as text: read from Hjson, written as a commented example and as the reference page. */
import Hjson from 'hjson';
import { InputError } from '../core/errors.ts';
import {
  describeDefault,
  describeRange,
  resolveSettings,
  SETTINGS_TABLE,
  type Settings,
} from '../core/settings.ts';

type Entry = (typeof SETTINGS_TABLE)[number];
type Stage = Entry['stage'];

/**
 * The settings that a text in Hjson (https://hjson.github.io, a superset of JSON) gives, unchecked.
 *
 * @param name what errors call the text
 * @throws InputError naming the line when it is no Hjson, or no object, or a key that stands twice
 */
export function parseSettings(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  let twice: string | undefined;
  try {
    const content = text.replace(/^\uFEFF/, '');
    value = Hjson.parse(content);
    twice = keyGivenTwice(Hjson.parse(content, { keepWsc: true }));
  } catch (cause) {
    const { message, line } = locate(cause, text);
    throw new InputError(
      {
        where: line === undefined ? name : `${name}, line ${line}`,
        found: message,
        expected: 'JSON or Hjson',
        remedy: 'Correct the line; texts inside a list [ ] need quotes.',
      },
      { cause },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError({
      where: name,
      found: Array.isArray(value) ? 'a list' : `the value ${JSON.stringify(value)}`,
      expected: 'an object with settings',
      remedy: 'Write { } around the settings; `dant settings --init` writes a commented example.',
    });
  }
  if (twice !== undefined) {
    throw new InputError({
      where: name,
      found: `"${twice}" twice`,
      expected: 'every setting and every group of settings once',
      remedy: 'Take one of them out, or put the settings of both groups into one { }.',
    });
  }
  return value as Record<string, unknown>;
}

/** A key that stands twice in one object. @param value as Hjson gives it with the order of its keys */
function keyGivenTwice(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { __COMMENTS__: order } = value as { __COMMENTS__?: { o?: readonly string[] } };
  const twice = order?.o?.find((key, i, keys) => keys.indexOf(key) !== i);
  if (twice !== undefined) return twice;
  for (const [key, inner] of Object.entries(value)) {
    const found = keyGivenTwice(inner);
    if (found !== undefined) return `${key}.${found}`;
  }
  return undefined;
}

/** What Hjson says, `… at line 3,9 >>> c: [1,2 ...`, taken apart. */
function locate(cause: unknown, text: string): { message: string; line?: number } {
  const said = cause instanceof Error ? cause.message : String(cause);
  const match = /^(.*?) at line (\d+),\d+ >>>/s.exec(said);
  if (!match) return { message: said };
  const line = Number(match[2]);
  const content = text.split(/\r?\n/)[line - 1]?.trim();
  const [what] = match[1].split(' (check your syntax');
  return { message: content ? `${what} in \`${content}\`` : what, line };
}

/**
 * Settings that a file must give to mean what they mean without a file: left out, they mean what they mean to pyDANT.
 */
const MEANT_DIFFERENTLY_IN_FILES: ReadonlySet<string> = new Set<Entry['key']>([
  'preset',
  'motionEstimation.repeat_last_feature_set',
  'motionEstimation.stop_early',
]);

/**
 * A settings file in Hjson with every setting, its default, its range and what it means. Defaults that follow from the data
 * or from other settings are left out behind `//`. Run as it is, it means the same as no settings file.
 */
export function settingsTemplate(): string {
  const { settings } = resolveSettings({});
  const lines = ['// Settings of dant, in Hjson: JSON with comments. Every line may be left out.', '{'];
  let group = '';
  for (const entry of SETTINGS_TABLE) {
    const [first, name] = entry.key.split('.');
    const inGroup = name === undefined ? '' : first;
    if (inGroup !== group) {
      if (group !== '') lines.push('  }');
      if (inGroup !== '') lines.push('', `  "${inGroup}": {`);
      group = inGroup;
    }
    const indent = inGroup === '' ? '  ' : '    ';
    const follows = 'defaultText' in entry && !MEANT_DIFFERENTLY_IN_FILES.has(entry.key);
    const value = JSON.stringify(valueAt(settings, entry.key));
    lines.push(`${indent}// ${entry.description} ${capitalised(rangeWithUnit(entry))}.`);
    lines.push(
      follows
        ? `${indent}// "${name ?? first}": ${value}   (default: ${describeDefault(entry)})`
        : `${indent}"${name ?? first}": ${value}`,
    );
  }
  if (group !== '') lines.push('  }');
  return [...lines, '}', ''].join('\n');
}

const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  files: 'Files',
  run: 'The run',
  preprocessing: 'Preprocessing',
  correction: 'Waveform correction',
  motion: 'Motion estimation',
  clustering: 'Clustering',
  curation: 'Curation',
};

/** The reference page of the settings, in Markdown. */
export function settingsMarkdown(): string {
  const page = [
    '# Settings',
    '',
    '`settings.json` is read as [Hjson](https://hjson.github.io): JSON in which comments (`//`, `#`, `/* */`), trailing commas',
    'and unquoted texts are allowed. Every setting may be left out; relative paths are relative to the file. Names with a dot',
    'stand in a group: `clustering.n_iter` is `{"clustering": {"n_iter": 10}}`. `dant settings --init` writes a commented file',
    'with all defaults. Unknown settings are warned about and ignored, as is `path_to_python` without a word.',
  ];
  for (const [stage, title] of Object.entries(STAGE_TITLES)) {
    page.push('', `## ${title}`, '', '| setting | default | allowed | meaning |', '|---|---|---|---|');
    for (const entry of SETTINGS_TABLE.filter((e) => e.stage === stage)) {
      const cells = [describeDefault(entry), rangeWithUnit(entry), entry.description];
      page.push(`| \`${entry.key}\` | ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
    }
  }
  return [...page, ''].join('\n');
}

const rangeWithUnit = (entry: Entry) =>
  describeRange(entry) + ('unit' in entry && entry.unit !== 'channels' ? ` (${entry.unit})` : '');

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);

function valueAt(settings: Settings, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], settings);
}
