/** The golden cases: their data, settings and expected results. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../src/core/dataset.ts';
import { motionFromArray } from '../../src/core/motion/given-motion.ts';
import type { Motion } from '../../src/core/motion/motion.ts';
import { resolveSettings, type Settings, type UserSettings } from '../../src/core/settings.ts';
import { openFile } from '../../src/io/node/file-store.ts';
import { openNpz } from '../../src/io/npz.ts';
import { readNpyLite } from './npy-lite.ts';

/** All cases, where they are at hand; two of them come with the repository. */
const FOLDERS = ['../../../shared/reference', '../golden/cases'].map((f) => join(import.meta.dirname, f));

/** Folder of a golden case; undefined when it is not at hand. */
export function caseFolder(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
}

/** The golden cases with one shank that are at hand. */
export const SINGLE_SHANK_CASES = ['rigid', 'nonrigid', 'given_motion', 'hard', 'centering'].filter(
  caseFolder,
);

export const hasMultishankCase = caseFolder('multishank') !== undefined;

export interface ReferenceCase {
  readonly dataset: Dataset;
  /** Settings under the preset reference. */
  readonly settings: Settings;
  readonly recommended: Settings;
  readonly given?: Motion;
  /** A golden array below `expected/`, by its name without `.npy`. */
  expected(name: string): { data: Float64Array; shape: number[] };
  has(name: string): boolean;
  /** Path of a file of the case. */
  file(path: string): string;
  /** The members of a golden archive below `expected/`. */
  archive(name: string): Promise<Record<string, number[]>>;
}

export function loadCase(name: string): ReferenceCase {
  const folder = caseFolder(name);
  if (!folder) throw new Error(`the golden case ${name} is not at hand`);
  const changes = JSON.parse(readFileSync(join(folder, 'settings_changes.json'), 'utf8')) as UserSettings;
  const dataset = loadDataset(join(folder, 'data'));
  const context = { hasPeth: dataset.peth !== undefined, fromFile: false };
  const settings = resolveSettings({ ...changes, preset: 'reference' }, context).settings;
  const motionPath = settings.waveformCorrection.path_to_motion;
  return {
    dataset,
    settings,
    recommended: resolveSettings({ ...changes, preset: 'recommended' }, context).settings,
    given: motionPath
      ? motionFromArray(readNpyLite(join(folder, motionPath)), dataset.sessionCount, motionPath)
      : undefined,
    expected: (file) => readNpyLite(join(folder, 'expected', `${file}.npy`)),
    file: (path) => join(folder, path),
    has: (file) => existsSync(join(folder, 'expected', `${file}.npy`)),
    archive: (file) => readArchive(join(folder, 'expected', `${file}.npz`)),
  };
}

function loadDataset(folder: string): Dataset {
  const read = (name: string) => readNpyLite(join(folder, `${name}.npy`));
  const { data, shape } = read('waveform_all');
  const [units, channels, samples] = shape;
  const sessions = Int32Array.from(read('session_index').data);
  const shankFile = join(folder, 'channel_shanks.npy');
  const hasShanks = existsSync(shankFile);
  const peth = existsSync(join(folder, 'peth.npy')) ? read('peth') : undefined;
  return {
    units,
    sessionCount: Math.max(...sessions),
    sessions,
    waveforms: { data: Float32Array.from(data), units, channels, samples },
    probe: {
      channels,
      locations: read('channel_locations').data,
      shanks: hasShanks ? Int32Array.from(read('channel_shanks').data) : new Int32Array(channels).fill(1),
      hasShanks,
    },
    spikeTimes: async (unit) => read(`spike_times/Unit${unit}`).data,
    peth: peth && { data: peth.data, bins: peth.shape[1] },
  };
}

/** Largest absolute difference of two equally long vectors; NaN when lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] === b[i] ? 0 : Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

async function readArchive(path: string): Promise<Record<string, number[]>> {
  const source = await openFile(path);
  if (!source) throw new Error(`${path} is missing`);
  const archive = await openNpz(source);
  const members: Record<string, number[]> = {};
  for (const name of archive.names) {
    const { data } = await archive.read(name);
    members[name] = Array.from(data as ArrayLike<unknown>, Number);
  }
  return members;
}
