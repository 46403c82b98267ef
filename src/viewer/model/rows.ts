/** The table of neurons: a row for every neuron and for every unmatched unit. */
import type { CurationState } from '../../core/curation/replay.ts';
import type { PairStatistics, UnitColumns } from '../../server/protocol.ts';
import type { Groups, Subject } from './groups.ts';

/** NaN stands for "none". */
export interface Row {
  readonly subject: Subject;
  readonly units: readonly number[];
  /** Neuron id; NaN for an unmatched unit. */
  readonly id: number;
  /** First unit, from 0. */
  readonly unit: number;
  /** How many sessions it was found in, the first and the last of them. */
  readonly sessions: number;
  readonly first: number;
  readonly last: number;
  /** Mean y without motion, µm. */
  readonly depth: number;
  /** Largest distance of two units in depth without motion, µm. */
  readonly spread: number;
  /** Mean, µV. */
  readonly amplitude: number;
  /** Weighted similarity of its pairs that were compared, Fisher z. */
  readonly mean: number;
  readonly worst: number;
  /** How many pairs its units make, and how many of them were compared. */
  readonly pairs: number;
  readonly compared: number;
  /** Least match confidence of its units; none where they are not the units of an automatic neuron. */
  readonly confidence: number;
  /** Whether its units are those of an automatic neuron, or it is unmatched in the automatic result too. */
  readonly isAutomatic: boolean;
  readonly shank: number;
  readonly confirmed: boolean;
  /** Marks, name and notes, joined. */
  readonly mark: string;
  readonly label: string;
  readonly note: string;
}

export function neuronRows(
  units: UnitColumns,
  groups: Groups,
  state: CurationState,
  statistics: PairStatistics | undefined,
): Row[] {
  const notes = new Map<number, string[]>();
  for (const { units: about, text } of state.notes) {
    for (const unit of about) {
      const old = notes.get(unit);
      if (!old) notes.set(unit, [text]);
      else if (!old.includes(text)) old.push(text);
    }
  }
  const sizes = new Map<number, number>();
  for (const label of units.label) if (label > 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const rows: Row[] = [];
  const add = (subject: Subject, members: readonly number[]) => {
    let [depth, low, high, amplitude] = [0, Infinity, -Infinity, 0];
    let [sum, worst, ends, confidence] = [0, Infinity, 0, Infinity];
    let [first, last] = [Infinity, -Infinity];
    const sessions = new Set<number>();
    const marks = new Set<string>();
    const names = new Set<string>();
    const texts = new Set<string>();
    for (const unit of members) {
      const y = units.correctedY[unit];
      const session = units.session[unit];
      sessions.add(session);
      first = Math.min(first, session);
      last = Math.max(last, session);
      depth += y;
      low = Math.min(low, y);
      high = Math.max(high, y);
      amplitude += units.amplitude[unit];
      if (statistics && statistics.compared[unit] > 0) {
        sum += statistics.mean[unit] * statistics.compared[unit];
        ends += statistics.compared[unit];
        worst = Math.min(worst, statistics.worst[unit]);
      }
      if (units.confidence && !Number.isNaN(units.confidence[unit])) {
        confidence = Math.min(confidence, units.confidence[unit]);
      }
      const mark = state.marks.get(unit);
      if (mark) marks.add(mark);
      const name = state.names.get(unit);
      if (name) names.add(name);
      for (const text of notes.get(unit) ?? []) texts.add(text);
    }
    const n = members.length;
    const isNeuron = subject.kind === 'neuron';
    const label = units.label[members[0]];
    const isAutomatic = isNeuron
      ? sizes.get(label) === n && members.every((unit) => units.label[unit] === label)
      : label < 0;
    rows.push({
      subject,
      units: members,
      id: isNeuron ? subject.id : Number.NaN,
      unit: members[0],
      sessions: sessions.size,
      first,
      last,
      depth: depth / n,
      spread: isNeuron ? high - low : Number.NaN,
      amplitude: amplitude / n,
      mean: ends > 0 ? sum / ends : Number.NaN,
      worst: ends > 0 ? worst : Number.NaN,
      pairs: isNeuron ? (n * (n - 1)) / 2 : Number.NaN,
      compared: isNeuron && statistics ? ends / 2 : Number.NaN,
      confidence: isAutomatic && Number.isFinite(confidence) ? confidence : Number.NaN,
      isAutomatic,
      shank: units.shank[members[0]],
      confirmed: members.every((unit) => state.confirmed[unit] === 1),
      mark: [...marks].join(', '),
      label: [...names].join(', '),
      note: [...texts].join(' · '),
    });
  };
  for (const [id, members] of groups) add({ kind: 'neuron', id }, members);
  state.labels.forEach((label, unit) => {
    if (label < 0) add({ kind: 'unit', unit }, [unit]);
  });
  return rows;
}
