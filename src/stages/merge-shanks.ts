/** Putting the folders of shanks together that jobs of their own have tracked. */
import type { RunEvent } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import { joinFeatures } from '../core/one-shank.ts';
import type { MultiShankResult, ShankResult } from '../core/result.ts';
import type { Settings, UserSettings } from '../core/settings.ts';
import { unitsOfShank } from '../core/shanks.ts';
import { pathIn, type Store } from '../io/byte-source.ts';
import { FileStore } from '../io/node/file-store.ts';
import { SavedResult } from '../io/read-result.ts';
import { shankFolder } from '../io/result-folder.ts';
import { loadShank } from './load-shank.ts';
import { withShanks, writeMerged } from './multi-shank.ts';
import type { MergeSummary, StageOptions } from './stage-options.ts';
import { startStopwatch } from './stopwatch.ts';

export interface MergeOptions extends StageOptions {
  /** The input folder; default: the one that the shanks record. */
  readonly dataFolder?: string;
  /** Whether to draw the figures of the whole; default true. */
  readonly figures?: boolean;
}

/**
 * Merges the shank folders of an output folder, as `runFolder` with `shank` writes them, into files of the whole recording, as
 * `mergeMultishankOutputs` does. The settings are those that the shanks were tracked with.
 *
 * @throws InputError when there are no shank folders, they do not make up the recording, were tracked with different settings, or
 *   were written together with the whole, as by `dant add`
 */
export async function mergeShanks(outputFolder: string, options: MergeOptions = {}): Promise<MergeSummary> {
  const stopwatch = startStopwatch();
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'warning') warnings.push(event.text);
    options.onEvent?.(event);
  };
  const output = new FileStore(outputFolder);
  const saved = await openShanks(output);
  const settings = await commonSettings(saved, output);
  await requireApart(saved, output);
  const userSettings = {
    ...settings,
    output_folder: outputFolder,
    ...(options.dataFolder !== undefined && { path_to_data: options.dataFolder }),
  } as UserSettings;
  return withShanks(userSettings, { ...options, onEvent }, async (state) => {
    const { dataset } = state;
    const unitShanks = await shankOfEveryUnit(saved, dataset, output);
    const shanks: ShankResult[] = [];
    for (const shankId of saved.keys()) {
      const units = unitsOfShank(unitShanks, shankId);
      shanks.push({ shankId, units, result: await loadShank(state, shankId, units) });
    }
    const features = joinFeatures(dataset.units, shanks);
    const also = options.figures === false ? undefined : drawInto(options);
    const merged = await writeMerged(state, shanks, features, stopwatch, options, also);
    return {
      shankIds: shanks.map(({ shankId }) => shankId),
      units: dataset.units,
      sessions: dataset.sessionCount,
      clusters: merged.clusterCount,
      matches: merged.matchedPairs.length / 2,
      totalSeconds: stopwatch.total(),
      // maxRSS is in kilobytes on every platform.
      peakMemory: process.resourceUsage().maxRSS * 1024,
      warnings,
      outputFolder,
    };
  });
}

const drawInto =
  ({ signal }: StageOptions) =>
  async (staging: Store, merged: MultiShankResult): Promise<void> => {
    const { drawFigures } = await import('../figures/index.ts');
    const { filesOf } = await import('./figure-files.ts');
    for await (const figure of drawFigures(merged, { signal })) {
      for (const { path, content } of filesOf('Figures', figure)) await staging.write(path, content);
    }
  };

async function openShanks(output: FileStore): Promise<Map<number, SavedResult>> {
  const saved = await SavedResult.shanksIn(output);
  if (saved.size > 0) return saved;
  throw new InputError({
    where: output.name,
    found: 'no shank folders',
    expected: 'Shank<ID>/ for every shank of the recording',
    remedy: 'Track the shanks first: `dant run DATA --output OUT --shank ID`.',
  });
}

/** Settings that may differ between shanks: they do not change the result. */
const MAY_DIFFER: ReadonlySet<string> = new Set<keyof Settings>(['n_jobs', 'path_to_data', 'output_folder']);

async function commonSettings(saved: ReadonlyMap<number, SavedResult>, output: Store): Promise<object> {
  let first: { shankId: number; settings: Record<string, unknown> } | undefined;
  for (const [shankId, result] of saved) {
    const run = await result.run();
    if (!run) {
      throw new InputError({
        where: pathIn(result.store, 'Output.npz'),
        found: 'no such file',
        expected: 'the finished result of the shank',
        remedy: `Track shank ${shankId} again; it did not end.`,
      });
    }
    const settings = run.params as Record<string, unknown>;
    first ??= { shankId, settings };
    const differing = Object.keys(settings).find(
      (key) => !MAY_DIFFER.has(key) && JSON.stringify(settings[key]) !== JSON.stringify(first?.settings[key]),
    );
    if (differing !== undefined) {
      throw new InputError({
        where: output.name,
        found: `other settings "${differing}" for shank ${shankId} than for shank ${first.shankId}`,
        expected: 'shanks that were tracked with the same settings',
        remedy: 'Track all shanks again with the same settings.',
      });
    }
  }
  return first?.settings ?? {};
}

/** A merge would number the neurons of a result anew that sessions were added to. */
async function requireApart(saved: ReadonlyMap<number, SavedResult>, output: FileStore): Promise<void> {
  if (!(await output.open('Output.npz'))) return;
  const times = new Set<string | undefined>();
  for (const result of [await SavedResult.open(output), ...saved.values()]) {
    times.add((await result.run())?.dateTime);
  }
  if (times.size > 1) return;
  throw new InputError({
    where: output.name,
    found:
      'shanks that were written together with the whole, as by `dant add` or by `dant run` of all shanks',
    expected: 'shanks that were tracked one by one since',
    remedy: 'Such a result needs no merge: its files are those of the whole recording already.',
  });
}

/** (units,) the shank whose folder has the unit. */
async function shankOfEveryUnit(
  saved: ReadonlyMap<number, SavedResult>,
  { units, probe }: Pick<Dataset, 'units' | 'probe'>,
  output: Store,
): Promise<Int32Array> {
  const unitShanks = new Int32Array(units);
  const times = new Uint8Array(units);
  for (const [shankId, result] of saved) {
    for (const unit of (await result.originalUnits()) ?? []) {
      if (unit < units) {
        unitShanks[unit] = shankId;
        times[unit]++;
      }
    }
  }
  const odd = times.findIndex((count) => count !== 1);
  if (odd < 0) return unitShanks;
  const missing = [...new Set(probe.shanks)].filter((shankId) => !saved.has(shankId)).sort((a, b) => a - b);
  throw new InputError({
    where: output.name,
    found:
      times[odd] > 1
        ? `unit ${odd} in ${times[odd]} shank folders`
        : `unit ${odd} in none of the folders ${[...saved.keys()].map(shankFolder).join(', ')}`,
    expected: `each of the ${units} units in the folder of one shank`,
    remedy:
      missing.length > 0 && times[odd] === 0
        ? `Track shank ${missing.join(', ')} too, as far as it has units.`
        : 'Track the shanks again; a folder belongs to another recording.',
  });
}
