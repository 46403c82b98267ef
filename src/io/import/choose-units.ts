/** Which units of each session are taken. */
import { InputError } from '../../core/errors.ts';
import type { UnitReport } from './import-report.ts';
import { columnNames, parseLabelExpression } from './label-expression.ts';
import type { SessionToImport } from './sorted-session.ts';

/** The units that the expression accepts, for each session; the others are reported as left. */
export function chooseUnits(
  sessions: readonly SessionToImport[],
  labels: string,
  reports: UnitReport[],
): number[][] {
  const expression = parseLabelExpression(labels);
  return sessions.map(({ session }, s) => {
    const { units, name } = session;
    const spikes = units.reduce((sum, unit) => sum + unit.spikes, 0);
    if (units.length === 0 || spikes === 0) {
      throw new InputError({
        where: name,
        found: 'no spikes',
        expected: 'a session with spikes',
        remedy: 'Leave the session out, or sort it again.',
      });
    }
    const known = columnNames(units);
    const unknown = expression.columns.find((column) => !known.some((k) => k.toLowerCase() === column));
    if (unknown !== undefined) {
      throw new InputError({
        where: name,
        found: unknown === 'label' ? 'no labels' : `no column ${unknown}`,
        expected: `one, as "${labels}" asks for; there are ${known.join(', ')}`,
        remedy: 'Take all units with --labels all, or choose them by a column that is there.',
      });
    }
    const chosen: number[] = [];
    units.forEach((unit, u) => {
      const report = {
        session: s + 1,
        folder: name,
        clusterId: unit.id,
        label: unit.label ?? '',
        spikes: unit.spikes,
        taken: false,
      };
      if (unit.spikes === 0) reports.push({ ...report, reason: 'no spikes' });
      else if (!expression.accepts(unit))
        reports.push({ ...report, reason: `not ${labels}`, unwanted: true });
      else chosen.push(u);
    });
    if (chosen.length > 0) return chosen;
    const counts = new Map<string, number>();
    for (const { label = 'no label', spikes } of units)
      if (spikes > 0) counts.set(label, (counts.get(label) ?? 0) + 1);
    throw new InputError({
      where: name,
      found: `no unit with ${labels}, but ${[...counts].map(([label, count]) => `${count} ${label}`).join(', ')}`,
      expected: 'at least one unit in every session',
      remedy: 'Leave the session out, or choose other units: --labels "label=good|mua", --labels all.',
    });
  });
}
