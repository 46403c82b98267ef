/** A finished result of several shanks and the units of new sessions: every shank grows on its own. */
import { notingWarnings } from '../checkpoints.ts';
import { inStage, type RunContext } from '../context.ts';
import type { Dataset } from '../dataset.ts';
import { joinFeatures, shankOfUnits } from '../one-shank.ts';
import type { MultiShankResult, ShankResult } from '../result.ts';
import type { Settings } from '../settings.ts';
import {
  contextOfShank,
  mergeLabels,
  shankIds,
  subsetHistogram,
  subsetUnits,
  subsetWaveforms,
  unitsOfShank,
} from '../shanks.ts';
import type { PossibleMerge } from './assign-new.ts';
import type { Established } from './established.ts';
import { findMotion } from './find-motion.ts';
import { beginGrowth, type Grown, type Growth, growResult } from './grow.ts';
import { emptyShank } from './new-shank.ts';

export interface EstablishedShank {
  readonly shankId: number;
  /** (units of the shank,) indices among all old units, ascending. */
  readonly units: Int32Array;
  readonly old: Established;
}

/** All old units. */
export interface EstablishedWhole {
  /** (units,) */
  readonly sessions: Int32Array;
  /** (units,) neuron of each among those of all shanks, from 0; -1 unmatched. */
  readonly labels: Int32Array;
}

export interface GrownShanks {
  /** All units, old ones first; without waveforms. */
  readonly result: MultiShankResult;
  /** By the labels and units of the whole. */
  readonly possibleMerges: readonly PossibleMerge[];
  /** (new units,) as of `Grown`, by the units of the whole. */
  readonly followed: Int32Array;
}

/**
 * Adds sessions to a result of several shanks, each as `growResult` does; shanks whose motion
 * was pooled go on with one motion. Old labels stay; those of new neurons follow all of them.
 *
 * @throws InputError as `growResult`
 */
export async function growShanks(
  whole: EstablishedWhole,
  shanks: readonly EstablishedShank[],
  fresh: Dataset,
  settings: Settings,
  runContext: RunContext,
): Promise<GrownShanks> {
  const oldUnits = whole.labels.length;
  const freshShanks = shankOfUnits(fresh);
  const { context, warnings } = notingWarnings(runContext);
  const all = withNewShanks(shanks, shankIds(freshShanks), context);
  const parts = all.map((shank) => freshPartOf(shank, fresh, freshShanks, context));
  const grown =
    settings.motionEstimation.pool_shanks === 'none'
      ? await growApart(parts, settings)
      : await growPooled(parts, settings, context);
  const units = oldUnits + fresh.units;
  const results = parts.map(
    ({ shank, own }, i): ShankResult => ({
      shankId: shank.shankId,
      units: Int32Array.from([...shank.units, ...own.map((unit) => oldUnits + unit)]),
      result: grown[i].result,
    }),
  );
  const merged = mergeLabels(units, results);
  const { sessionCount } = grown[0].result;
  const labels = keepLabels(whole.labels, merged.labels);
  const oldSessionCount = sessionCount - fresh.sessionCount;
  const followed = new Int32Array(fresh.units).fill(-1);
  for (const [i, { shank, own }] of parts.entries()) {
    grown[i].followed.forEach((old, place) => {
      if (old >= 0) followed[own[place]] = shank.units[old];
    });
  }
  return {
    followed,
    possibleMerges: grown.flatMap(({ possibleMerges }, i) =>
      possibleMerges.map((merge) => {
        const [a, b] = merge.units.map((unit) => results[i].units[unit]);
        return { ...merge, units: [a, b] as const, labels: [labels[a], labels[b]] as const };
      }),
    ),
    result: {
      settings,
      sessions: Int32Array.from([
        ...whole.sessions,
        ...fresh.sessions.map((session) => session + oldSessionCount),
      ]),
      sessionCount,
      features: joinFeatures(units, results),
      shanks: results,
      labels,
      clusterCount: merged.clusterCount,
      matchedPairs: merged.matchedPairs,
      warnings,
      kernels: context.kernels.name,
    },
  };
}

/** The new units of a shank. */
interface FreshPart {
  readonly shank: EstablishedShank;
  /** Their indices among all new units, ascending. */
  readonly own: Int32Array;
  readonly read: () => Dataset;
  readonly context: RunContext;
}

function freshPartOf(
  shank: EstablishedShank,
  fresh: Dataset,
  freshShanks: Int32Array,
  context: RunContext,
): FreshPart {
  const own = unitsOfShank(freshShanks, shank.shankId);
  const read = (): Dataset => ({
    ...subsetUnits(fresh, own),
    waveforms: subsetWaveforms(fresh.waveforms, own, context),
    peth: subsetHistogram(fresh.peth, own),
  });
  return { shank, own, read, context: contextOfShank(context, shank.shankId) };
}

/** One shank after the other. */
async function growApart(parts: readonly FreshPart[], settings: Settings): Promise<Grown[]> {
  const grown: Grown[] = [];
  for (const { shank, read, context } of parts) {
    const dataset = read();
    grown.push(await growResult(shank.old, dataset, settings, context));
    context.kernels.release(dataset.waveforms.data);
  }
  return grown;
}

/** One shift of every new session for all shanks, from the pairs of all: what they are compared by is in memory at once. */
async function growPooled(
  parts: readonly FreshPart[],
  settings: Settings,
  context: RunContext,
): Promise<Grown[]> {
  const noted = parts.map((part) => notingWarnings(part.context));
  const growths: Growth[] = [];
  const held: Dataset[] = [];
  for (const [i, { shank, read }] of parts.entries()) {
    held.push(read());
    growths.push(await beginGrowth(shank.old, held[i], settings, noted[i].context));
  }
  const searches = growths.map(({ search }) => search);
  const found = await inStage(context, 'motion', () => findMotion(searches, false, context));
  const grown: Grown[] = [];
  for (const [i, growth] of growths.entries()) {
    const one = await growth.finish(found[i]);
    context.kernels.release(held[i].waveforms.data);
    grown.push({ ...one, result: { ...one.result, warnings: noted[i].warnings } });
  }
  return grown;
}

/** In the order of their ids, with those that have units in the new sessions only. */
function withNewShanks(
  shanks: readonly EstablishedShank[],
  fresh: readonly number[],
  { onEvent }: RunContext,
): readonly EstablishedShank[] {
  const known = new Set(shanks.map(({ shankId }) => shankId));
  const added = fresh.filter((shankId) => !known.has(shankId));
  for (const shankId of added) {
    const text = `Shank ${shankId}: only the new sessions have units there; they stay unmatched. Run dant on all sessions together to match them.`;
    onEvent?.({ kind: 'warning', text });
  }
  const empty = (shankId: number) => ({ shankId, units: new Int32Array(0), old: emptyShank(shanks[0].old) });
  return [...shanks, ...added.map(empty)].sort((a, b) => a.shankId - b.shankId);
}

/**
 * (units,) labels from 0: those of neurons with old units are the old ones, the others follow in their order.
 * @param merged (units,) the same neurons by other labels
 */
function keepLabels(old: Int32Array, merged: Int32Array): Int32Array {
  const kept = new Map<number, number>();
  old.forEach((label, unit) => {
    if (label >= 0) kept.set(merged[unit], label);
  });
  let next = old.reduce((most, label) => Math.max(most, label + 1), 0);
  return merged.map((label) => {
    if (label < 0) return -1;
    const known = kept.get(label) ?? next++;
    kept.set(label, known);
    return known;
  });
}
