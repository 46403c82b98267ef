/** What requests ask for, checked before anything is done. */
import { z } from 'zod';
import { FEATURE_NAMES } from '../core/settings.ts';
import { MAX_UNITS } from './protocol.ts';

/** The request cannot be understood. */
export class BadRequest extends Error {}

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a whole number')
  .transform(Number);

const list = (least: number) =>
  z
    .string()
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(whole).min(least).max(MAX_UNITS));

/** Units that are there, each once. */
const units = (count: number) =>
  list(1)
    .refine((numbers) => numbers.every((unit) => unit < count), `expected units from 0 to ${count - 1}`)
    .refine((numbers) => new Set(numbers).size === numbers.length, 'expected each unit once');

const order = z.enum(['depth', 'leaf']);

/** The parameters of every path that has some, for a result with so many units. */
export const parametersFor = (count: number) => ({
  unitList: z.strictObject({ units: units(count) }),
  waveforms: z.strictObject({
    units: units(count),
    kind: z.enum(['raw', 'corrected']),
    channels: whole.pipe(z.int().min(1).max(1000)).default(20),
  }),
  similarityRow: z.strictObject({
    unit: whole.refine((unit) => unit < count, `expected a unit from 0 to ${count - 1}`),
  }),
  candidates: z.strictObject({
    units: units(count),
    count: whole.pipe(z.int().min(1).max(1000)).default(50),
  }),
  statistics: z.strictObject({ of: z.enum(['automatic', 'curated']).default('curated') }),
  pairSample: z.strictObject({ count: whole.pipe(z.int().min(1).max(200_000)).default(20_000) }),
  order: z.strictObject({ order }),
  tile: z.strictObject({
    order,
    measure: z.enum(['weighted', ...FEATURE_NAMES]),
    level: whole,
    row: whole,
    column: whole,
  }),
  neighbours: z.strictObject({ count: whole.pipe(z.int().min(1).max(100)).default(15) }),
  curation: z.strictObject({ after: whole.default(0) }),
  neuronFigure: z.strictObject({
    units: units(count),
    format: z.enum(['svg', 'png']),
    title: z.string().max(200).optional(),
  }),
  report: z.strictObject({ neurons: list(0).default([]) }),
});

/** @throws BadRequest */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new BadRequest(path.length > 0 ? `${path.join('.')}: ${message}` : message);
}

/** The body of a request that appends an operation; the operation itself is checked by the core. */
export const APPEND_BODY = z.strictObject({
  after: z.int().min(0),
  id: z.string().regex(/^[\w-]{8,64}$/, 'expected 8 to 64 letters, digits and hyphens'),
  operation: z.unknown(),
});
export const EMPTY_BODY = z.strictObject({});
