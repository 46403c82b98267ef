/** A finished result of several shanks and the units of new sessions: every shank grows on its own. */
import { notingWarnings } from '../checkpoints.ts';
import type { RunContext } from '../context.ts';
import type { Dataset } from '../dataset.ts';
import { InputError } from '../errors.ts';
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
import { growResult } from './grow.ts';

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
}

/**
 * Adds sessions to a result of several shanks, each as `growResult` does. Old labels stay; those of new neurons follow all of them.
 *
 * @throws InputError when a shank has units only in the result or only in the new sessions; otherwise as `growResult`
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
  requireSameShanks(shanks, shankIds(freshShanks));
  const { context, warnings } = notingWarnings(runContext);
  const grown: ShankResult[] = [];
  const merges: { readonly shank: ShankResult; readonly merge: PossibleMerge }[] = [];
  for (const { shankId, units: known, old } of shanks) {
    const own = unitsOfShank(freshShanks, shankId);
    const waveforms = subsetWaveforms(fresh.waveforms, own, context);
    const peth = subsetHistogram(fresh.peth, own);
    const dataset: Dataset = { ...subsetUnits(fresh, own), waveforms, peth };
    const of = contextOfShank(context, shankId);
    const { result, possibleMerges } = await growResult(old, dataset, settings, of);
    context.kernels.release(waveforms.data);
    const shank = {
      shankId,
      units: Int32Array.from([...known, ...own.map((unit) => oldUnits + unit)]),
      result,
    };
    grown.push(shank);
    for (const merge of possibleMerges) merges.push({ shank, merge });
  }
  const units = oldUnits + fresh.units;
  const merged = mergeLabels(units, grown);
  const { sessionCount } = grown[0].result;
  const labels = keepLabels(whole.labels, merged.labels);
  const oldSessionCount = sessionCount - fresh.sessionCount;
  return {
    possibleMerges: merges.map(({ shank, merge }) => {
      const firsts: [number, number] = [shank.units[merge.units[0]], shank.units[merge.units[1]]];
      return { ...merge, units: firsts, labels: [labels[firsts[0]], labels[firsts[1]]] };
    }),
    result: {
      settings,
      sessions: Int32Array.from([
        ...whole.sessions,
        ...fresh.sessions.map((session) => session + oldSessionCount),
      ]),
      sessionCount,
      features: joinFeatures(units, grown),
      shanks: grown,
      labels,
      clusterCount: merged.clusterCount,
      matchedPairs: merged.matchedPairs,
      warnings,
      kernels: context.kernels.name,
    },
  };
}

/** Without units there is nothing that a shank could be compared with, or that its motion could follow from. */
function requireSameShanks(shanks: readonly EstablishedShank[], fresh: readonly number[]): void {
  const known = shanks.map(({ shankId }) => shankId);
  const missing = known.find((shankId) => !fresh.includes(shankId));
  const unknown = fresh.find((shankId) => !known.includes(shankId));
  if (missing === undefined && unknown === undefined) return;
  throw new InputError({
    where: 'the new sessions',
    found: missing === undefined ? `units on shank ${unknown}` : `no unit on shank ${missing}`,
    expected: `units on the shanks of the result, ${known.join(', ')}`,
    remedy: 'Join the data folders and run dant on all sessions.',
  });
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
