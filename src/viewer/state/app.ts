/** What the page knows: the result as it was read, the curation over it, and what is looked at. */
import { create } from 'zustand';
import type { CurationEntry } from '../../core/curation/operations.ts';
import { advance, type Replayed, replay } from '../../core/curation/replay.ts';
import type { Overview, PairStatistics, UnitColumns, UnitsMeta } from '../../server/protocol.ts';
import { api } from '../api/client.ts';
import { type Groups, groupUnits, type Subject, subjectOf } from '../model/groups.ts';
import { followOrder, type Place } from '../model/order.ts';
import { neuronRows, type Row } from '../model/rows.ts';
import { stillChosen } from '../model/still-chosen.ts';
import { setSessionCount } from './theme.ts';

/** The automatic result. */
export interface Result {
  readonly overview: Overview;
  readonly units: UnitColumns;
  readonly meta: UnitsMeta;
}

/** The curated result. */
export interface Curated {
  readonly replayed: Replayed;
  readonly entries: readonly CurationEntry[];
  readonly groups: Groups;
  readonly rows: readonly Row[];
  /** Version of the curated files in the folder. */
  readonly appliedVersion?: number;
}

export interface AppState {
  readonly result?: Result;
  readonly curated?: Curated;
  readonly statistics?: PairStatistics;
  /** Why there is nothing to show. */
  readonly failure?: Error;
  /** Units chosen by hand, for the next operation. */
  readonly chosen: ReadonlySet<number>;
  /** The unit that stands beside the neuron on the page: what it is merged with. */
  readonly beside?: number;
  /** The rows of the table in the order in which they stand: what "next" means. */
  readonly order: readonly Subject[];
  /** The row of the table that was looked at last. */
  readonly place?: Place;
  /** Whether the server answers. */
  readonly online: boolean;
}

export const useApp = create<AppState>(() => ({ chosen: new Set(), order: [], online: true }));

/** Fetches what every view needs. */
export async function load(): Promise<void> {
  try {
    const [overview, units, curation] = await Promise.all([api.overview(), api.units(), api.curation(0)]);
    setSessionCount(overview.sessions.length);
    const result = { overview, units: units.arrays, meta: units.meta };
    const replayed = replay(units.arrays.label, curation.entries);
    const { appliedVersion } = curation;
    const curated = curate(result, undefined, { replayed, entries: curation.entries, appliedVersion });
    useApp.setState({ result, curated, order: curated.rows.map(({ subject }) => subject) });
    void refreshStatistics();
  } catch (failure) {
    useApp.setState({ failure: failure as Error });
  }
}

function curate(
  { units }: Result,
  statistics: PairStatistics | undefined,
  part: Pick<Curated, 'replayed' | 'entries' | 'appliedVersion'>,
): Curated {
  const { state } = part.replayed;
  const groups = groupUnits(state.labels, units.session);
  return { ...part, groups, rows: neuronRows(units, groups, state, statistics) };
}

/** Takes entries that follow those known; others are passed over. */
export function takeEntries(entries: readonly CurationEntry[], appliedVersion?: number): void {
  useApp.setState(({ result, curated, statistics, chosen, order, place }) => {
    if (!result || !curated) return {};
    let { replayed } = curated;
    const taken: CurationEntry[] = [];
    for (const entry of entries) {
      if (entry.version !== replayed.version + 1) continue;
      replayed = advance(replayed, entry);
      taken.push(entry);
    }
    const next = {
      replayed,
      entries: [...curated.entries, ...taken],
      appliedVersion: appliedVersion ?? curated.appliedVersion,
    };
    if (taken.length === 0) return { curated: { ...curated, ...next } };
    const before = curated.replayed.state.labels;
    const { labels } = replayed.state;
    const here = place && subjectOf(place.unit, before);
    const isSame = labels.every((label, unit) => label === before[unit]);
    return {
      curated: curate(result, statistics, next),
      chosen: stillChosen(chosen, taken, before, labels),
      order: isSame ? order : followOrder(order, here, curated.groups, labels),
    };
  });
  void refreshStatistics();
}

let statisticsVersion = -1;

/** Similarities within neurons, once the labels are others than those they were computed for. */
async function refreshStatistics(): Promise<void> {
  const { curated } = useApp.getState();
  if (!curated || curated.replayed.version === statisticsVersion) return;
  statisticsVersion = curated.replayed.version;
  const { arrays, meta } = await api.unitStatistics().catch(() => {
    statisticsVersion = -1;
    return { arrays: undefined, meta: undefined };
  });
  if (!arrays) return;
  useApp.setState(({ result, curated }) => {
    if (!result || !curated || meta.version !== curated.replayed.version) return {};
    return { statistics: arrays, curated: curate(result, arrays, curated) };
  });
}

export function chooseUnits(units: Iterable<number>, how: 'replace' | 'toggle' = 'replace'): void {
  useApp.setState(({ chosen }) => {
    if (how === 'replace') {
      const next = new Set(units);
      // Nothing instead of nothing draws nothing anew.
      return next.size === 0 && chosen.size === 0 ? {} : { chosen: next };
    }
    const next = new Set(chosen);
    for (const unit of units) if (!next.delete(unit)) next.add(unit);
    return { chosen: next };
  });
}

/** The result and its curation, once they are there: views below the frame are only drawn then. */
export function useResult(): Result & { readonly curated: Curated } {
  const result = useApp((state) => state.result);
  const curated = useApp((state) => state.curated);
  if (!result || !curated) throw new Error('A view was drawn before its data was there.');
  return { ...result, curated };
}
