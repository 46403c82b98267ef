/**
 * Curation by hand: what a person may do to a tracked result. A curated result is the automatic one plus a replay of the
 * operations (replay.ts), so that nothing is ever lost and everything can be undone.
 *
 * Operations speak of units, not of neurons, so that they can be read without replaying them. Neurons count from 1 here, as
 * people see them; -1 is an unmatched unit. The id of a neuron is never given to another: merging and splitting make new ids.
 */
import { z } from 'zod';
import { MAX_LABEL_LENGTH, MAX_NOTE_LENGTH } from './limits.ts';

const units = z.array(z.int().min(0)).min(1);
const note = z.string().max(MAX_NOTE_LENGTH);
const label = z.string().min(1).max(MAX_LABEL_LENGTH).nullable();

const OPERATION = z.discriminatedUnion('operation', [
  /** The neurons of these units, and those of them that are unmatched, become one new neuron. */
  z.strictObject({ operation: z.literal('merge'), units, note: note.optional() }),
  /** These units of one neuron become a neuron of their own, its others another one; a single unit becomes unmatched. */
  z.strictObject({ operation: z.literal('split'), units, note: note.optional() }),
  /** These units leave their neurons, which keep their ids, and become unmatched. */
  z.strictObject({ operation: z.literal('remove'), units, note: note.optional() }),
  /** The neurons of these units have been looked at and are right as they are; so may unmatched units. */
  z.strictObject({ operation: z.literal('confirm'), units, confirmed: z.boolean(), note: note.optional() }),
  /** A mark on these very units, such as "check"; null takes it away. */
  z.strictObject({ operation: z.literal('mark'), units, mark: label, note: note.optional() }),
  /** A name for the neurons of these units, such as "interneuron"; null takes it away. Units that leave a neuron leave its name and notes behind. */
  z.strictObject({ operation: z.literal('label'), units, label, note: note.optional() }),
  /** A remark on the neurons of these units. */
  z.strictObject({ operation: z.literal('note'), units, note: note.min(1) }),
  /** Made when sessions are added (carry-over.ts), before all others: automatic neurons from this number on have numbers higher by `count`. */
  z.strictObject({ operation: z.literal('reserve'), from: z.int().min(1), count: z.int().min(1) }),
  /** Takes back the last operation that holds. */
  z.strictObject({ operation: z.literal('undo') }),
  /** Does again what was taken back last. */
  z.strictObject({ operation: z.literal('redo') }),
]);

export type Operation = z.infer<typeof OPERATION>;
/** An operation that changes the curated result by itself. */
export type Change = Exclude<Operation, { operation: 'reserve' | 'undo' | 'redo' }>;

/** An operation as the log holds it. */
export type CurationEntry = Operation & {
  /** Its place in the log, from 1. */
  readonly version: number;
  /** When it was done, ISO 8601. */
  readonly time: string;
  /** Made by whoever did it. */
  readonly id: string;
};

const ENTRY_HEAD = z.object({ version: z.int().min(1), time: z.string(), id: z.string().min(1).max(100) });

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** An operation from anything, such as the body of a request. */
export function parseOperation(value: unknown): Parsed<Operation> {
  const parsed = OPERATION.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: describe(parsed.error) };
}

/** An entry of the log from anything, such as a parsed line. */
export function parseEntry(value: unknown): Parsed<CurationEntry> {
  const head = ENTRY_HEAD.safeParse(value);
  if (!head.success) return { ok: false, problem: describe(head.error) };
  const { version: _v, time: _t, id: _i, ...rest } = value as Record<string, unknown>;
  const operation = parseOperation(rest);
  return operation.ok ? { ok: true, value: { ...head.data, ...operation.value } } : operation;
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
}
