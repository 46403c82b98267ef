/** The most similar others of a neuron or unit. */
import { useMemo } from 'react';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { maxDistance, whyNotJoined } from '../model/why-not.ts';
import { useResult } from '../state/app.ts';

const COUNT = 200;

export interface Candidate {
  readonly unit: number;
  readonly nearest: number;
  /** In the order of the measures. */
  readonly similarity: readonly number[];
  readonly reasons: readonly string[];
}

/** The units most similar to any of the members, and why they were not joined. */
export function useCandidates(members: readonly number[]): { list: readonly Candidate[]; error?: Error } {
  const { overview, units, curated } = useResult();
  const { labels } = curated.replayed.state;
  const key = members.length > 0 ? members.join(',') : undefined;
  const { value, fresh, error } = useFetched(key, () => api.candidates({ units: members, count: COUNT }));
  const list = useMemo(() => {
    if (!value || !fresh) return [];
    const { unit, nearest, similarity } = value.arrays;
    const n = unit.length;
    const part =
      overview.parts.find(({ shankId }) => shankId === units.shank[members[0]]) ?? overview.parts[0];
    return Array.from(unit, (candidate, i): Candidate => {
      const values = overview.measures.map((_, m) => similarity[m * n + i]);
      const reasons = whyNotJoined({
        candidate,
        members,
        nearest: nearest[i],
        similarity: values[overview.measures.indexOf('weighted')],
        labels,
        units,
        threshold: part.threshold,
        maxDistance: maxDistance(overview.settings),
      });
      return { unit: candidate, nearest: nearest[i], similarity: values, reasons };
    });
  }, [value, fresh, overview, units, labels, members]);
  return { list, error };
}

/** The first of each session. */
export function bestPerSession(list: readonly Candidate[], session: Int32Array): Candidate[] {
  const seen = new Set<number>();
  return list.filter(({ unit }) => !seen.has(session[unit]) && seen.add(session[unit]));
}
