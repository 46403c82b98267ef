/** What a person does to neurons: from the page to operations. */
import { create } from 'zustand';
import { groupsOf } from '../../core/curation/replay.ts';
import { parseSubject, type Subject, subjectOf, subjectTitle, unitsOf } from '../model/groups.ts';
import { neighbourIn } from '../model/order.ts';
import { chooseUnits, useApp } from './app.ts';
import { perform } from './curation.ts';
import { say } from './messages.ts';
import { go, href, useRoute } from './route.ts';

/** What a dialog asks before an operation is done. */
export type Question =
  | { readonly kind: 'merge'; readonly units: readonly number[] }
  | { readonly kind: 'label' | 'note' | 'mark'; readonly units: readonly number[]; readonly before: string }
  | { readonly kind: 'apply' }
  | { readonly kind: 'help' };

export const useQuestion = create<{ readonly question?: Question }>(() => ({}));
export const ask = (question: Question) => useQuestion.setState({ question });
export const closeQuestion = () => useQuestion.setState({ question: undefined });

/** The neuron or unit that is looked at, if any. */
export function currentSubject(): Subject | undefined {
  const { view, rest } = useRoute.getState();
  if (view === 'neuron' || view === 'unit') return parseSubject(`${view}/${rest}`);
  return view === 'candidates' ? parseSubject(rest) : undefined;
}

function context() {
  const { result, curated, chosen, beside } = useApp.getState();
  if (!result || !curated) return undefined;
  const subject = currentSubject();
  const members = subject ? unitsOf(subject, curated.groups, result.overview.unitCount) : [];
  return { subject, members, chosen: [...chosen].sort((a, b) => a - b), beside, curated };
}

/** Units of the subject with the one beside it, or else with those chosen. */
export function startMerge(): void {
  const at = context();
  if (!at) return;
  const { labels } = at.curated.replayed.state;
  const others = at.beside === undefined ? at.chosen : [at.beside];
  const units = [...new Set([...at.members, ...others])].sort((a, b) => a - b);
  const parts = new Set(units.map((unit) => (labels[unit] > 0 ? `n${labels[unit]}` : `u${unit}`)));
  if (parts.size < 2) {
    say('Choose what to merge with first: rows of the table, a candidate, or units on the map.', 'warning');
    return;
  }
  ask({ kind: 'merge', units });
}

/** The chosen units of the subject become a neuron of their own. */
export async function split(): Promise<void> {
  const at = context();
  if (!at) return;
  const units = chosenMembers(at);
  if (units.length === 0 || units.length === at.members.length || at.members.length < 2) {
    say('Choose some of the sessions of the neuron first: click on their numbers.', 'warning');
    return;
  }
  await perform({ operation: 'split', units });
}

/** The chosen units of the subject become unmatched. */
export async function remove(): Promise<void> {
  const at = context();
  if (!at) return;
  const units = chosenMembers(at);
  if (units.length === 0) {
    say('Choose the sessions whose units to remove first: click on their numbers.', 'warning');
    return;
  }
  await perform({ operation: 'remove', units });
}

function chosenMembers({ subject, members, chosen }: NonNullable<ReturnType<typeof context>>): number[] {
  return subject ? chosen.filter((unit) => members.includes(unit)) : [];
}

/** What marks, names, notes and confirmation are about: the subject, or else what is chosen. */
function about(): readonly number[] | undefined {
  const at = context();
  if (!at) return undefined;
  const units = at.subject ? at.members : at.chosen;
  if (units.length > 0) return units;
  say('Open a neuron or choose rows first.', 'warning');
  return undefined;
}

export async function confirm(): Promise<void> {
  const units = about();
  const confirmed = useApp.getState().curated?.replayed.state.confirmed;
  if (!units || !confirmed) return;
  await perform({
    operation: 'confirm',
    units: [...units],
    confirmed: !units.every((unit) => confirmed[unit]),
  });
}

export function askText(kind: 'label' | 'note' | 'mark'): void {
  const at = context();
  if (!at) return;
  // A mark is on the chosen units of a neuron, if there are some.
  const some = kind === 'mark' ? chosenMembers(at) : [];
  const units = some.length > 0 ? some : about();
  if (!units) return;
  const { names, marks } = at.curated.replayed.state;
  const before = kind === 'note' ? '' : ((kind === 'label' ? names : marks).get(units[0]) ?? '');
  ask({ kind, units, before });
}

/** The next or previous row of the table, in the view that is looked at. */
export function step(by: 1 | -1): void {
  const { order, place, curated } = useApp.getState();
  if (!curated) return;
  const { labels } = curated.replayed.state;
  const next = neighbourIn(order, { subject: currentSubject(), place, labels }, by);
  if (!next) return;
  chooseUnits([]);
  openSubject(next);
}

export const subjectPath = (subject: Subject) =>
  subject.kind === 'neuron' ? `neuron/${subject.id}` : `unit/${subject.unit}`;

/** Opens a subject: among its candidates when they are looked at, on its own page otherwise. */
export function openSubject(subject: Subject): void {
  const { view } = useRoute.getState();
  go(href(view === 'candidates' ? `candidates/${subjectPath(subject)}` : subjectPath(subject)));
}

/**
 * Merges, and opens what came of it.
 * @returns whether it was done; why not has been said
 */
export async function merge(units: readonly number[], note?: string): Promise<boolean> {
  const subject = currentSubject();
  if (!(await perform({ operation: 'merge', units: [...units], ...(note ? { note } : {}) }))) return false;
  const labels = useApp.getState().curated?.replayed.state.labels;
  if (!labels) return true;
  const made = subjectOf(units[0], labels);
  say(`${subjectTitle(made)} now has ${groupsOf(labels, [units[0]]).length} units.`);
  if (subject) go(href(subjectPath(made)), { replace: true });
  return true;
}
