/** The neuron or unit of the address, followed to what became of it. */
import { useEffect, useMemo, useRef } from 'react';
import { parseSubject, type Subject, subjectKey, subjectOf, unitsOf } from '../model/groups.ts';
import type { Row } from '../model/rows.ts';
import { useResult } from '../state/app.ts';
import { go } from '../state/route.ts';

export interface OpenSubject {
  readonly subject: Subject;
  readonly members: readonly number[];
  readonly row?: Row;
}

/**
 * @param address of the view of a subject: used when the subject is gone, and its first unit is now of another one
 * @returns undefined when there is no such neuron or unit
 */
export function useSubject(
  subject: Subject | undefined,
  address: (subject: Subject) => string,
): OpenSubject | undefined {
  const { curated, overview } = useResult();
  const { labels } = curated.replayed.state;
  const last = useRef<{ key: string; unit: number }>(undefined);
  const key = subject && subjectKey(subject);
  const { groups } = curated;
  const members = useMemo(() => {
    const asked = key === undefined ? undefined : parseSubject(key);
    return asked ? unitsOf(asked, groups, overview.unitCount) : [];
  }, [key, groups, overview]);
  if (key && members.length > 0) last.current = { key, unit: members[0] };
  const isMatchedUnit = subject?.kind === 'unit' && labels[subject.unit] > 0;
  const lostUnit = isMatchedUnit
    ? subject.unit
    : members.length === 0 && last.current?.key === key
      ? last.current?.unit
      : undefined;
  const next = lostUnit === undefined ? undefined : address(subjectOf(lostUnit, labels));
  useEffect(() => {
    if (next) go(next, { replace: true });
  }, [next]);
  if (!subject || members.length === 0) return undefined;
  const row = curated.rows.find((r) =>
    subject.kind === 'neuron' ? r.id === subject.id : r.subject.kind === 'unit' && r.unit === subject.unit,
  );
  return { subject, members, row };
}
