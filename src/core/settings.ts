/**
 * The settings: one table gives the type, the validation, the help, the reference page and the viewer's form.
 * Names are those of pyDANT's `settings.json`.
 */
import { z } from 'zod';
import { InputError } from './errors.ts';
import { checkHistogramLimits } from './histogram-limits.ts';
import { SETTINGS_TABLE, type SettingEntry } from './settings-table.ts';
import { requireUsablePath } from './usable-path.ts';

export { SETTINGS_TABLE, type SettingEntry } from './settings-table.ts';

/** The features units are compared by, in the order in which they are saved. */
export const FEATURE_NAMES = ['Waveform', 'ISI', 'AutoCorr', 'PETH'] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

type Entry = (typeof SETTINGS_TABLE)[number];
type ValueOf<E> = E extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : E extends { kind: 'boolean' }
    ? boolean
    : E extends { kind: 'number' | 'integer' }
      ? number
      : E extends { kind: 'features' }
        ? readonly FeatureName[]
        : E extends { kind: 'featureSets' }
          ? readonly (readonly FeatureName[])[]
          : string;
type GroupOf<K> = K extends `${infer G}.${string}` ? G : never;
type TopLevel = { [E in Entry as E['key'] extends `${string}.${string}` ? never : E['key']]: ValueOf<E> };
type Grouped = {
  [G in GroupOf<Entry['key']>]: {
    [E in Entry as E['key'] extends `${G}.${infer N}` ? N : never]: ValueOf<E>;
  };
};

/** Checked settings: every key present and in range. Made by `resolveSettings` only. */
export type Settings = Readonly<TopLevel> & { readonly [G in keyof Grouped]: Readonly<Grouped[G]> };

/** Settings as a person writes them: every key may be missing. */
export type UserSettings = { [K in keyof TopLevel]?: TopLevel[K] } & {
  [G in keyof Grouped]?: Partial<Grouped[G]>;
};

/** What the defaults depend on. */
export interface SettingsContext {
  /** Whether the input has a PETH: it then takes part in motion estimation. */
  readonly hasPeth: boolean;
  /** Whether a settings file was given: keys it leaves out then mean what they mean to pyDANT. */
  readonly fromFile: boolean;
  /** Name under which errors speak of the settings. */
  readonly source?: string;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** One sentence each, for people. */
  readonly warnings: readonly string[];
}

type Raw = Record<string, unknown>;

/**
 * Checks user settings and fills in the defaults.
 *
 * @param user nested settings as read from `settings.json` (unchecked)
 * @throws InputError naming the key, the value found and the values allowed
 */
export function resolveSettings(
  user: unknown,
  context: SettingsContext = { hasPeth: false, fromFile: false },
): ResolvedSettings {
  const source = context.source ?? 'settings';
  if (typeof user !== 'object' || user === null || Array.isArray(user)) {
    throw new InputError({
      where: source,
      found: Array.isArray(user) ? 'a list' : String(user),
      expected: 'an object with settings',
      remedy: 'Write { } around the settings; `dant settings --init` writes a commented example.',
    });
  }
  const warnings: string[] = [];
  const given = flatten(user as Raw, source);
  for (const key of given.keys()) {
    if (!TABLE.has(key) && !ACCEPTED_AND_IGNORED.has(key)) warnings.push(unknownSetting(key, source));
  }
  const values = new Map<string, unknown>();
  for (const entry of SETTINGS_TABLE) {
    if (given.has(entry.key)) values.set(entry.key, check(entry, given.get(entry.key), source));
  }
  for (const [key, value] of values) checkPath(key, value, source);
  for (const entry of SETTINGS_TABLE) {
    if (!values.has(entry.key)) values.set(entry.key, derivedDefault(entry, values, context));
  }
  for (const entry of SETTINGS_TABLE) checkAgainstOther(entry, values, source);
  const settings = nest(values) as unknown as Settings;
  checkHistogramLimits(settings, source);
  return { settings, warnings };
}

const TABLE = new Map<string, Entry>(SETTINGS_TABLE.map((entry) => [entry.key, entry]));
const ACCEPTED_AND_IGNORED = new Set(['path_to_python']);
/** Names under which settings stand together. */
export const GROUPS: ReadonlySet<string> = new Set<string>(
  SETTINGS_TABLE.map((e) => e.key.split('.')[0]).filter((g) => !TABLE.has(g)),
);

function flatten(user: Raw, source: string): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(user)) {
    if (value === undefined) continue;
    if (!GROUPS.has(key)) {
      flat.set(key, value);
      continue;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InputError({
        where: `${source}, setting "${key}"`,
        found: JSON.stringify(value),
        expected: 'a group of settings, { … }',
        remedy: `Give its settings by name, such as "${firstKeyOf(key)}".`,
      });
    }
    for (const [name, inner] of Object.entries(value)) {
      if (inner !== undefined) flat.set(`${key}.${name}`, inner);
    }
  }
  return flat;
}

const firstKeyOf = (group: string) => SETTINGS_TABLE.find((e) => e.key.startsWith(`${group}.`))?.key;

/** The value of `entry` when the user does not give one; some defaults follow from other settings. */
function derivedDefault(entry: Entry, values: Map<string, unknown>, context: SettingsContext): unknown {
  const settingOf = (key: Entry['key']) =>
    values.has(key) ? values.get(key) : derivedDefault(TABLE.get(key) as Entry, values, context);
  switch (entry.key) {
    case 'preset':
      return context.fromFile ? 'reference' : 'recommended';
    case 'motionEstimation.features':
      return context.hasPeth
        ? [
            ['AutoCorr', 'PETH'],
            ['Waveform', 'AutoCorr', 'PETH'],
          ]
        : [['Waveform', 'AutoCorr']];
    case 'motionEstimation.repeat_last_feature_set':
    case 'motionEstimation.stop_early':
      return !context.fromFile;
    case 'motionEstimation.max_iter':
      return settingOf('motionEstimation.repeat_last_feature_set')
        ? 15
        : (settingOf('motionEstimation.features') as unknown[]).length;
    case 'motionEstimation.stop_rule':
      return settingOf('preset') === 'recommended' ? 'converged' : 'matches';
    case 'motionEstimation.max_distance':
      return settingOf('clustering.max_distance');
    case 'motionEstimation.bridge_jumps':
    case 'autoCuration.auto_merge':
      return settingOf('preset') === 'recommended';
    default:
      return entry.default;
  }
}

/** Zod schema of one entry; the table is the only place where ranges stand. */
function schemaOf(entry: Entry): z.ZodType {
  const feature = z.string().transform((name, ctx) => {
    const known = FEATURE_NAMES.find((n) => n.toLowerCase() === name.toLowerCase());
    if (known) return known;
    ctx.addIssue({ code: 'custom', message: `unknown feature "${name}"` });
    return z.NEVER;
  });
  const unique = (names: readonly string[]) => new Set(names).size === names.length;
  switch (entry.kind) {
    case 'boolean':
      return z.boolean();
    case 'string':
      return z.string();
    case 'choice':
      return z
        .string()
        .transform((v) => v.toLowerCase())
        .pipe(z.enum(entry.choices));
    case 'features':
      return z.array(feature).min(1).refine(unique, 'a feature stands twice');
    case 'featureSets':
      return z.array(z.array(feature).min(1).refine(unique, 'a feature stands twice')).min(1);
    default: {
      let number = entry.kind === 'integer' ? z.number().int() : z.number();
      const { min, above, max }: SettingEntry = entry;
      if (min !== undefined) number = number.min(min);
      if (above !== undefined) number = number.gt(above);
      if (max !== undefined) number = number.max(max);
      return number;
    }
  }
}

/**
 * Checks one value on its own, not against other settings.
 * @throws InputError when it does not suit its key
 */
export function checkSetting(key: Entry['key'], value: unknown, source: string): void {
  check(TABLE.get(key) as Entry, value, source);
  checkPath(key, value, source);
}

const PATHS: ReadonlySet<string> = new Set([
  'path_to_data',
  'output_folder',
  'waveformCorrection.path_to_motion',
] satisfies Entry['key'][]);

function checkPath(key: string, value: unknown, source: string): void {
  if (!PATHS.has(key) || typeof value !== 'string') return;
  // Without a motion there is nothing to read.
  if (value === '' && key.endsWith('path_to_motion')) return;
  requireUsablePath(value, `${source}, setting "${key}"`);
}

function checkAgainstOther(entry: Entry, values: Map<string, unknown>, source: string): void {
  const { key, notBelow, unit }: SettingEntry = entry;
  if (notBelow === undefined) return;
  const [value, limit] = [Number(values.get(key)), Number(values.get(notBelow))];
  if (value >= limit) return;
  throw new InputError({
    where: `${source}, setting "${key}"`,
    found: `${value} ${unit}, with ${notBelow} of ${limit} ${unit}`,
    expected: describeRange(entry),
    remedy: `Correct one of the two or leave both out (default: ${describeDefault(entry)}).`,
  });
}

function check(entry: Entry, value: unknown, source: string): unknown {
  // MATLAB writes booleans as 0 and 1, and one feature set without the outer list.
  let candidate = value;
  if (entry.kind === 'boolean' && (value === 0 || value === 1)) candidate = value === 1;
  if (entry.kind === 'featureSets' && Array.isArray(value) && value.every((v) => typeof v === 'string')) {
    candidate = [value];
  }
  const parsed = schemaOf(entry).safeParse(candidate);
  if (parsed.success) return parsed.data;
  throw new InputError({
    where: `${source}, setting "${entry.key}"`,
    found: JSON.stringify(value) ?? String(value),
    expected: describeRange(entry),
    remedy: `Correct it or leave it out (default: ${describeDefault(entry)}).`,
  });
}

/** The values a setting may take, in words. */
export function describeRange(entry: Entry): string {
  switch (entry.kind) {
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'choice':
      return entry.choices.map((c) => `"${c}"`).join(' or ');
    case 'features':
      return `a list of features out of ${FEATURE_NAMES.join(', ')}`;
    case 'featureSets':
      return `a list of feature sets, each a list out of ${FEATURE_NAMES.join(', ')}`;
    default: {
      const { min, above, max, notBelow }: SettingEntry = entry;
      const bounds = [];
      if (min !== undefined) bounds.push(`at least ${min}`);
      if (above !== undefined) bounds.push(`above ${above}`);
      if (max !== undefined) bounds.push(`at most ${max}`);
      if (notBelow !== undefined) bounds.push(`not below ${notBelow}`);
      return `${entry.kind === 'integer' ? 'a whole number' : 'a number'} ${bounds.join(' and ')}`.trim();
    }
  }
}

/** The default of a setting, in words where it depends on others. */
export function describeDefault(entry: Entry): string {
  return 'defaultText' in entry ? entry.defaultText : JSON.stringify(entry.default);
}

function nest(values: Map<string, unknown>): Raw {
  const nested: Raw = {};
  for (const [key, value] of values) {
    const [group, name] = key.split('.');
    if (name === undefined) nested[key] = value;
    else {
      nested[group] ??= {};
      (nested[group] as Raw)[name] = value;
    }
  }
  return nested;
}

/** What is said of a setting that there is not. */
export function unknownSetting(key: string, source: string): string {
  const near = nearestKey(key);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `${source}: unknown setting "${key}" is ignored${hint}`;
}

/**
 * The known key or group with the smallest edit distance, keys of the same group before others; undefined where nothing is near: at most
 * a third of the letters may differ.
 */
export function nearestKey(key: string): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  const consider = (known: string, a: string, b: string, penalty = 0) => {
    const distance = editDistance(a.toLowerCase(), b.toLowerCase()) + penalty;
    if (distance < bestDistance && distance <= Math.max(a.length, b.length) / 3) {
      [best, bestDistance] = [known, distance];
    }
  };
  const lastOf = (name: string) => name.split('.').at(-1) as string;
  for (const { key: known } of SETTINGS_TABLE) {
    consider(known, key, known);
    consider(known, lastOf(key), lastOf(known), 0.5);
  }
  for (const group of GROUPS) consider(group, key, group);
  return best;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, previous[j] + 1, current[j - 1] + 1);
    }
    previous = current;
  }
  return previous[b.length];
}
