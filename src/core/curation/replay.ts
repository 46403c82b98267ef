/** The curated result: the automatic one, and every operation of the log that holds, one after another. */
import { type NumberRange, newNeurons, numbering, takeNumbers } from './neuron-numbers.ts';
import type { Change, CurationEntry, Operation } from './operations.ts';

export interface CurationNote {
  readonly units: readonly number[];
  readonly text: string;
  /** Place in the log of the operation that made it. */
  readonly version: number;
}

/** What holds after a number of operations. */
export interface CurationState {
  /** (units,) neuron of each unit, from 1; -1 unmatched. */
  readonly labels: Int32Array;
  /** (units,) 1 when its neuron, or that it has none, was confirmed as it is. */
  readonly confirmed: Uint8Array;
  readonly marks: ReadonlyMap<number, string>;
  /** Names given to the neurons, by unit. */
  readonly names: ReadonlyMap<number, string>;
  readonly notes: readonly CurationNote[];
}

/** An entry of the log that changes something, with the id that the first neuron it makes gets. */
type NumberedChange = Change & CurationEntry & { readonly firstId: number };

/** What a log amounts to. */
export interface Replayed {
  readonly state: CurationState;
  /** Entries in the log. */
  readonly version: number;
  /** (units,) automatic neurons, by the ids that they have here; -1 unmatched. */
  readonly automatic: Int32Array;
  /** Ids for new neurons; taken ids stay taken when what made them is undone. */
  readonly free: readonly NumberRange[];
  /** Operations that hold, in their order; undo takes back the last. */
  readonly done: readonly NumberedChange[];
  /** Operations taken back; redo does the last one again. */
  readonly undone: readonly NumberedChange[];
}

/**
 * Replays a log over the automatic result.
 *
 * @param labels (units,) automatic neuron of each unit, from 1; -1 unmatched
 * @throws RangeError when an entry cannot be done at its place: the log belongs to another result, or was changed
 */
export function replay(labels: Int32Array, entries: readonly CurationEntry[] = []): Replayed {
  const done: NumberedChange[] = [];
  const undone: NumberedChange[] = [];
  const { labels: automatic, free: all, rest } = numbering(labels, entries);
  let free = all;
  for (const entry of rest) {
    if (entry.operation === 'reserve') throw new RangeError(`entry ${entry.version}: ${RESERVED_LATE}`);
    if (entry.operation === 'undo' || entry.operation === 'redo') {
      const [from, to] = entry.operation === 'undo' ? [done, undone] : [undone, done];
      const last = from.pop();
      if (!last) throw new RangeError(`entry ${entry.version}: there is nothing to ${entry.operation}`);
      to.push(last);
    } else {
      const [firstId, left] = takeNumbers(free, newNeurons(entry));
      done.push({ ...entry, firstId });
      undone.length = 0;
      free = left;
    }
  }
  return { state: stateOf(automatic, done), version: entries.length, automatic, free, done, undone };
}

const RESERVED_LATE = 'numbers are reserved before anything else';

/**
 * One entry more.
 * @throws RangeError when it cannot be done
 */
export function advance(before: Replayed, entry: CurationEntry): Replayed {
  const problem = operationProblem(before, entry);
  if (problem) throw new RangeError(`entry ${entry.version}: ${problem}`);
  const version = before.version + 1;
  if (entry.operation === 'undo') {
    const done = before.done.slice(0, -1);
    const undone = [...before.undone, before.done[before.done.length - 1]];
    return { ...before, version, done, undone, state: stateOf(before.automatic, done) };
  }
  const redone = entry.operation === 'redo' ? before.undone[before.undone.length - 1] : undefined;
  const [firstId, free] = takeNumbers(before.free, redone ? 0 : newNeurons(entry));
  const change = redone ?? { ...(entry as Change & CurationEntry), firstId };
  const state = copyOf(before.state);
  applyChange(state, change);
  return {
    ...before,
    ...{ state, version, free },
    done: [...before.done, change],
    undone: redone ? before.undone.slice(0, -1) : [],
  };
}

/** Why an operation cannot be done now; undefined when it can. */
export function operationProblem(
  { state, done, undone }: Replayed,
  operation: Operation,
): string | undefined {
  if (operation.operation === 'undo') return done.length > 0 ? undefined : 'there is nothing to undo';
  if (operation.operation === 'redo') return undone.length > 0 ? undefined : 'there is nothing to redo';
  if (operation.operation === 'reserve') return RESERVED_LATE;
  return changeProblem(state, operation);
}

/** Units of one session that a merge would put into one neuron. */
export interface SessionConflict {
  readonly session: number;
  readonly units: readonly number[];
}

/**
 * Sessions of which a merge would join two units or more: one neuron gives one unit per session, so the merge is doubtful.
 * @param sessions (units,) session of each unit
 */
export function sessionConflicts(
  { labels }: CurationState,
  units: readonly number[],
  sessions: Int32Array,
): SessionConflict[] {
  const bySession = new Map<number, number[]>();
  for (const unit of groupsOf(labels, units)) {
    const session = sessions[unit];
    bySession.set(session, [...(bySession.get(session) ?? []), unit]);
  }
  return [...bySession]
    .filter(([, together]) => together.length > 1)
    .sort(([a], [b]) => a - b)
    .map(([session, together]) => ({ session, units: together }));
}

/** The units of all neurons that these units belong to, and those of them that are unmatched; rising. */
export function groupsOf(labels: Int32Array, units: readonly number[]): number[] {
  const members = new Set(units);
  const neurons = new Set(units.map((unit) => labels[unit]).filter((label) => label > 0));
  if (neurons.size > 0) labels.forEach((label, unit) => void (neurons.has(label) && members.add(unit)));
  return [...members].sort((a, b) => a - b);
}

function automaticState(labels: Int32Array): CurationState {
  return {
    labels,
    confirmed: new Uint8Array(labels.length),
    marks: new Map(),
    names: new Map(),
    notes: [],
  };
}

function stateOf(labels: Int32Array, changes: readonly NumberedChange[]): CurationState {
  const state = copyOf(automaticState(labels));
  for (const change of changes) {
    const problem = changeProblem(state, change);
    if (problem) throw new RangeError(`entry ${change.version}: ${problem}`);
    applyChange(state, change);
  }
  return state;
}

/** A state that is being made. */
interface WorkingState extends CurationState {
  readonly marks: Map<number, string>;
  readonly names: Map<number, string>;
  readonly notes: CurationNote[];
}

const copyOf = (state: CurationState): WorkingState => ({
  labels: state.labels.slice(),
  confirmed: state.confirmed.slice(),
  marks: new Map(state.marks),
  names: new Map(state.names),
  notes: [...state.notes],
});

function changeProblem({ labels }: CurationState, change: Change): string | undefined {
  const { units } = change;
  const unknown = units.find((unit) => !(unit < labels.length));
  if (unknown !== undefined) return `there is no unit ${unknown}; units are 0 to ${labels.length - 1}`;
  if (new Set(units).size < units.length) return 'a unit is named twice';
  const neurons = new Set(units.map((unit) => labels[unit]));
  if (change.operation === 'merge') {
    const unmatched = units.filter((unit) => labels[unit] < 0).length;
    if (neurons.size - (unmatched > 0 ? 1 : 0) + unmatched < 2)
      return 'there is nothing to merge: it is one neuron';
  }
  if (change.operation === 'split') {
    if (neurons.size > 1 || neurons.has(-1)) return 'units to split off must be of one neuron';
    if (groupsOf(labels, units).length === units.length) return 'all units of the neuron would be split off';
  }
  if (change.operation === 'remove' && neurons.has(-1)) return 'a unit to remove is in no neuron';
  return undefined;
}

/** Applies a change that is possible. */
function applyChange(state: WorkingState, change: NumberedChange): void {
  const { labels, confirmed, marks, names, notes } = state;
  const group = change.operation === 'mark' ? [...change.units] : groupsOf(labels, change.units);
  const chosen = new Set(change.units);
  switch (change.operation) {
    case 'merge':
      for (const unit of group) labels[unit] = change.firstId;
      shareDescription(state, group);
      break;
    case 'split':
      dropDescription(state, chosen);
      setNeuron(labels, change.units, change.firstId);
      setNeuron(
        labels,
        group.filter((unit) => !chosen.has(unit)),
        change.firstId + 1,
      );
      break;
    case 'remove': {
      const before = new Map<number, number[]>();
      for (const unit of group) {
        if (!chosen.has(unit)) before.set(labels[unit], [...(before.get(labels[unit]) ?? []), unit]);
      }
      dropDescription(state, chosen);
      setNeuron(labels, change.units, -1);
      for (const [neuron, rest] of before) setNeuron(labels, rest, neuron);
      break;
    }
    case 'confirm':
      for (const unit of group) confirmed[unit] = change.confirmed ? 1 : 0;
      return;
    case 'mark':
      for (const unit of group) setOrDelete(marks, unit, change.mark);
      return;
    case 'label':
      for (const unit of group) setOrDelete(names, unit, change.label);
      return;
    case 'note':
      notes.push({ units: group, text: change.note, version: change.version });
      return;
  }
  // What was confirmed is not what there is now.
  for (const unit of group) confirmed[unit] = 0;
}

/** Units that become one neuron; one alone is unmatched. */
function setNeuron(labels: Int32Array, units: readonly number[], neuron: number): void {
  for (const unit of units) labels[unit] = units.length > 1 ? neuron : -1;
}

/** The one name of what was merged, and its notes, are those of all its units. Several names stay where they are: they say what was merged. */
function shareDescription({ names, notes }: WorkingState, group: readonly number[]): void {
  const given = new Set(group.flatMap((unit) => names.get(unit) ?? []));
  const [name] = given;
  if (given.size === 1) for (const unit of group) names.set(unit, name);
  replaceNotes(notes, (units) =>
    units.some((unit) => group.includes(unit))
      ? [...new Set([...units, ...group])].sort((a, b) => a - b)
      : units,
  );
}

/** Name and notes are the neuron's: units that leave it do not take them along. */
function dropDescription({ names, notes }: WorkingState, leaving: ReadonlySet<number>): void {
  for (const unit of leaving) names.delete(unit);
  replaceNotes(notes, (units) => units.filter((unit) => !leaving.has(unit)));
}

/** Gives notes other units; one without any is in the log alone. */
function replaceNotes(notes: CurationNote[], unitsOf: (units: readonly number[]) => readonly number[]): void {
  const kept = notes
    .map((note) => ({ ...note, units: unitsOf(note.units) }))
    .filter(({ units }) => units.length > 0);
  notes.splice(0, notes.length, ...kept);
}

function setOrDelete(map: Map<number, string>, key: number, value: string | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
