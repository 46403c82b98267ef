/** What the arguments of `dant run` and `dant check` say: where the data are, and which settings hold. */
import path from 'node:path';
import Hjson from 'hjson';
import { InputError } from '../core/errors.ts';
import {
  checkSetting,
  GROUPS,
  resolveSettings,
  SETTINGS_TABLE,
  type UserSettings,
  unknownSetting,
} from '../core/settings.ts';
import { isUsablePath, requireUsablePath } from '../core/usable-path.ts';
import { statusOf } from '../io/node/file-store.ts';
import { resolvePath } from './paths.ts';

export interface InputOptions {
  readonly output?: string;
  readonly preset?: string;
  /** `key=value` each. */
  readonly set?: readonly string[];
}

export interface RunInput {
  readonly userSettings: UserSettings;
  readonly fromFile: boolean;
  /** Name under which errors speak of the settings. */
  readonly source: string;
  /** Lines for the log. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

const SETTINGS_FILE = 'settings.json';

/**
 * Finds data and settings.
 *
 * @param data a data folder, a settings file, or undefined for `settings.json` or else the data in the current folder
 * @throws InputError when there is nothing at `data`, or an option is wrong
 */
export async function readInput(data: string | undefined, options: InputOptions): Promise<RunInput> {
  const base = await readBase(data ?? (kindOf(SETTINGS_FILE) === 'file' ? SETTINGS_FILE : '.'));
  const changes: [string, unknown][] = [];
  const warnings: string[] = [];
  for (const assignment of options.set ?? []) {
    const [key, value] = parseAssignment(assignment);
    const known = KNOWN_KEYS.get(key);
    if (known) checkSetting(known.key, value, '--set');
    // A group is given by its settings: `resolveSettings` says so.
    else if (GROUPS.has(key))
      resolveSettings({ [key]: value }, { hasPeth: false, fromFile: false, source: '--set' });
    if (known || GROUPS.has(key)) changes.push([key, value]);
    else warnings.push(unknownSetting(key, '--set'));
  }
  if (options.preset !== undefined) {
    checkSetting('preset', options.preset, '--preset');
    changes.push(['preset', options.preset]);
  }
  if (options.output !== undefined) changes.push(['output_folder', resolvePath('--output', options.output)]);
  return { ...base, userSettings: withChanges(base.userSettings, changes), warnings };
}

async function readBase(data: string): Promise<Omit<RunInput, 'warnings'>> {
  requireUsablePath(data, 'argument DATA');
  const kind = kindOf(data);
  if (kind === 'folder') {
    const settingsFile = path.join(data, SETTINGS_FILE);
    return {
      userSettings: { path_to_data: path.resolve(data), output_folder: path.resolve('DANT_Output') },
      fromFile: false,
      source: 'settings',
      notes:
        kindOf(settingsFile) === 'file'
          ? [`Default settings; ${settingsFile} is not read: give it in place of the folder to use it.`]
          : [],
    };
  }
  if (kind === 'file' && !/\.(mat|npy|npz)$/i.test(data)) {
    const { readSettingsFile } = await import('../io/node/settings-file.ts');
    const { user } = await readSettingsFile(data);
    return { userSettings: user as UserSettings, fromFile: true, source: data, notes: [] };
  }
  throw new InputError({
    where: data,
    found: kind === 'file' ? 'a data file' : 'nothing there',
    expected: 'a data folder or a settings file',
    remedy: /\.mat$/i.test(data)
      ? `Convert it first: \`dant convert ${data} DATA\`, then \`dant run DATA\`.`
      : 'Give the folder that holds waveform_all.npy, or a settings.json that names it.',
  });
}

function kindOf(location: string): 'file' | 'folder' | undefined {
  const stats = statusOf(location);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

const KNOWN_KEYS = new Map<string, (typeof SETTINGS_TABLE)[number]>(SETTINGS_TABLE.map((e) => [e.key, e]));
const PATH_KEYS = new Set(['path_to_data', 'output_folder', 'waveformCorrection.path_to_motion']);

/** `clustering.n_iter=5` → key and value; text stays text, everything else is Hjson. */
function parseAssignment(assignment: string): [string, unknown] {
  const at = assignment.indexOf('=');
  if (at <= 0) {
    throw new InputError({
      where: '--set',
      found: `"${assignment}"`,
      expected: 'KEY=VALUE',
      remedy: 'Write for example --set clustering.n_iter=5.',
    });
  }
  const key = assignment.slice(0, at).trim();
  const text = assignment.slice(at + 1).trim();
  if (PATH_KEYS.has(key)) return [key, isUsablePath(text) ? path.resolve(text) : text];
  const entry = KNOWN_KEYS.get(key);
  const kind = entry?.kind;
  if (kind === undefined || kind === 'string' || kind === 'choice') return [key, text];
  try {
    return [key, Hjson.parse(`{value: ${text}\n}`).value];
  } catch (cause) {
    throw new InputError(
      {
        where: `--set ${key}`,
        found: `"${text}", which cannot be read`,
        expected: 'a value as in settings.json',
        remedy: `Write for example --set '${key}=${JSON.stringify(entry?.default)}'.`,
      },
      { cause },
    );
  }
}

function withChanges(settings: UserSettings, changes: readonly [string, unknown][]): UserSettings {
  const changed = structuredClone(settings) as Record<string, unknown>;
  for (const [key, value] of changes) {
    const [group, name] = key.split('.');
    const own = changed[group] ?? {};
    if (name === undefined) changed[group] = value;
    // A group that is no object is an error of its own, told by `resolveSettings`.
    else if (typeof own === 'object') changed[group] = { ...own, [name]: value };
  }
  return changed as UserSettings;
}

/**
 * Bytes of `--memory`, which counts GB.
 * @throws InputError when it is no number above 0
 */
export function readMemory(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.trim() || Number.NaN);
  if (value > 0 && Number.isFinite(value)) return value * 1e9;
  throw new InputError({
    where: 'option --memory',
    found: `"${text}"`,
    expected: 'a number of GB above 0',
    remedy: 'Give one, such as --memory 8, or leave the option out.',
  });
}
