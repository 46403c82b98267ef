/** What speaks against merging units, in words. */
import { type CurationState, groupsOf, sessionConflicts } from '../../core/curation/replay.ts';
import type { UnitColumns } from '../../server/protocol.ts';
import { subjectKey, subjectOf, subjectTitle } from './groups.ts';

const MOST_SESSIONS = 6;

/**
 * @param units those to merge, with all of their neurons
 * @param maxDistance largest distance in depth of candidate pairs, µm; undefined when the settings are not known
 * @returns sentences; none when nothing does
 */
export function mergeDoubts(
  state: CurationState,
  units: readonly number[],
  columns: Pick<UnitColumns, 'session' | 'correctedY' | 'shank'>,
  maxDistance: number | undefined,
): string[] {
  const doubts: string[] = [];
  const conflicts = sessionConflicts(state, units, columns.session);
  if (conflicts.length > 0) {
    const named = conflicts
      .slice(0, MOST_SESSIONS)
      .map(({ session, units }) => `units ${units.join(' and ')} of session ${session}`);
    const others =
      conflicts.length > MOST_SESSIONS
        ? ` and those of ${conflicts.length - MOST_SESSIONS} more sessions`
        : '';
    doubts.push(
      `A neuron gives one unit per session. This merge puts ${named.join(', ')}${others} together.`,
    );
  }
  const shanks = new Set(groupsOf(state.labels, units).map((unit) => columns.shank[unit]));
  if (shanks.size > 1) {
    const named = [...shanks].sort((a, b) => a - b).join(' and ');
    doubts.push(
      `They lie on shanks ${named}, which are tracked apart: how similar they are was not compared.`,
    );
  }
  const parts = partDepths(state.labels, units, columns.correctedY);
  const [top, bottom] = [parts[0], parts[parts.length - 1]];
  const distance = bottom.depth - top.depth;
  if (maxDistance !== undefined && distance > maxDistance) {
    doubts.push(
      `${top.title} and ${bottom.title} lie ${distance.toFixed(0)} µm apart in depth; pairs more than ${maxDistance} µm apart are no candidates (max_distance).`,
    );
  }
  return doubts;
}

/** Mean depth without motion of every neuron and unmatched unit, rising. */
function partDepths(labels: Int32Array, units: readonly number[], correctedY: Float32Array) {
  const subjects = new Map(
    units.map((unit) => [subjectKey(subjectOf(unit, labels)), { subject: subjectOf(unit, labels), unit }]),
  );
  return [...subjects.values()]
    .map(({ subject, unit }) => {
      const members = groupsOf(labels, [unit]);
      const depth = members.reduce((sum, member) => sum + correctedY[member], 0) / members.length;
      return { title: subjectTitle(subject), depth };
    })
    .sort((a, b) => a.depth - b.depth);
}
