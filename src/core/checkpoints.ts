/** Keeping what a long run has found, so that a run that was stopped goes on where it was. */
import type { RunContext } from './context.ts';
import type { Dataset } from './dataset.ts';
import type { TypedArray } from './ndarray.ts';
import type { UnitFeatures } from './result.ts';

/** A part of a run whose outcome can be kept, and everything that outcome follows from. */
export interface Step {
  /** Unique within a run. */
  readonly name: string;
  /** What it is called in messages. */
  readonly title: string;
  /** The settings it depends on, by key. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The numbers it starts from; undefined ones tell that something is not there. */
  readonly from: readonly (TypedArray | undefined)[];
  /** The units from .. to - 1 whose spike trains it reads. */
  readonly spikeTrains?: readonly [from: number, to: number];
}

/** Plain values: numbers (infinite ones too), text, booleans, typed arrays, and lists and objects of them. */
export type Kept =
  | number
  | string
  | boolean
  | undefined
  | TypedArray
  | readonly Kept[]
  | { readonly [key: string]: Kept };

export interface Checkpoints {
  /** What an earlier run found in this step, when it began from exactly the same; else undefined. */
  load<T>(step: Step): Promise<T | undefined>;
  /** Offers what a step found. The value must not change afterwards: it may be written later, or never. */
  save(step: Step, value: Kept): Promise<void>;
}

/** The numbers that everything after preprocessing starts from, besides the waveforms. */
export function describingArrays(
  { sessions, probe }: Pick<Dataset, 'sessions' | 'probe'>,
  { locations, peakChannels, autoCorr, isi, peth }: UnitFeatures,
): Step['from'] {
  const arrays = [sessions, probe.locations, probe.shanks, probe.recorded, locations, peakChannels];
  return [...arrays, autoCorr?.data, isi?.data, peth?.data];
}

/** The same context, with the names of steps set apart from those of others. */
export function withStepsOf(context: RunContext, part: string): RunContext {
  const { checkpoints } = context;
  if (!checkpoints) return context;
  const own = (step: Step): Step => ({
    ...step,
    name: `${part}-${step.name}`,
    title: `${part}: ${step.title}`,
  });
  return {
    ...context,
    checkpoints: {
      load: (step) => checkpoints.load(own(step)),
      save: (step, value) => checkpoints.save(own(step), value),
    },
  };
}

/** The same context, noting the warnings that are given: they belong to the outcome of a step. */
export function notingWarnings(context: RunContext): { context: RunContext; warnings: string[] } {
  const warnings: string[] = [];
  const onEvent: RunContext['onEvent'] = (event) => {
    if (event.kind === 'warning') warnings.push(event.text);
    context.onEvent?.(event);
  };
  return { context: { ...context, onEvent }, warnings };
}
