/** Which units make up which neuron now. */

/** A neuron, by its id from 1, or an unmatched unit, from 0. */
export type Subject =
  | { readonly kind: 'neuron'; readonly id: number }
  | { readonly kind: 'unit'; readonly unit: number };

export const subjectKey = (subject: Subject) =>
  subject.kind === 'neuron' ? `neuron/${subject.id}` : `unit/${subject.unit}`;

export function parseSubject(text: string): Subject | undefined {
  const [, kind, digits] = /^(neuron|unit)\/(\d+)$/.exec(text) ?? [];
  if (!kind) return undefined;
  return kind === 'neuron' ? { kind, id: Number(digits) } : { kind: 'unit', unit: Number(digits) };
}

/** A unit by its number in an address; undefined when there is no such unit. */
export function parseUnit(text: string | null, unitCount: number): number | undefined {
  return text !== null && /^\d+$/.test(text) && Number(text) < unitCount ? Number(text) : undefined;
}

export const subjectTitle = (subject: Subject) =>
  subject.kind === 'neuron' ? `Neuron ${subject.id}` : `Unit ${subject.unit}`;

/** Neuron id → its units, by session, then by number. */
export type Groups = ReadonlyMap<number, readonly number[]>;

export function groupUnits(labels: Int32Array, sessions: Int32Array): Groups {
  const groups = new Map<number, number[]>();
  labels.forEach((label, unit) => {
    if (label < 0) return;
    const units = groups.get(label);
    if (units) units.push(unit);
    else groups.set(label, [unit]);
  });
  for (const units of groups.values()) units.sort((a, b) => sessions[a] - sessions[b] || a - b);
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/** Units of a subject; empty when there is no such neuron or unit. */
export function unitsOf(subject: Subject, groups: Groups, unitCount: number): readonly number[] {
  if (subject.kind === 'neuron') return groups.get(subject.id) ?? [];
  return subject.unit < unitCount ? [subject.unit] : [];
}

/** What a unit belongs to. */
export const subjectOf = (unit: number, labels: Int32Array): Subject =>
  labels[unit] > 0 ? { kind: 'neuron', id: labels[unit] } : { kind: 'unit', unit };

/** What units belong to, each once: the one of most of them first. */
export function subjectsOf(units: readonly number[], labels: Int32Array): Subject[] {
  const found = new Map<string, { subject: Subject; count: number }>();
  for (const unit of units) {
    const subject = subjectOf(unit, labels);
    const entry = found.get(subjectKey(subject));
    if (entry) entry.count++;
    else found.set(subjectKey(subject), { subject, count: 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count).map(({ subject }) => subject);
}
