/** What a run is handed besides its data: how to compute, whom to tell, when to stop. */
import type { Checkpoints } from './checkpoints.ts';
import { throwIfStopped } from './errors.ts';
import type { Kernels } from './kernels/kernels.ts';
import type { ResultPart } from './result.ts';

/** The stages of a run, in order. */
export const STAGES = [
  'read',
  'preprocessing',
  'motion',
  'clustering',
  'curation',
  'write',
  'figures',
] as const;
export type Stage = (typeof STAGES)[number];

export type RunEvent =
  /** `done` of `total` pieces of the current stage (or of the current round of it) are finished. */
  | {
      readonly kind: 'progress';
      readonly stage: Stage;
      readonly step: string;
      readonly done: number;
      readonly total: number;
    }
  /** A stage begins or ends; whoever has a clock can time it. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly state: 'begin' | 'end' }
  /** One line for the log. */
  | { readonly kind: 'log'; readonly text: string }
  /** Something a person should know about the result. */
  | { readonly kind: 'warning'; readonly text: string };

export interface RunContext {
  readonly kernels: Kernels;
  readonly onEvent?: (event: RunEvent) => void;
  /** Takes parts of the result that are final, so that they can be written while the rest is computed. */
  readonly onPart?: (part: ResultPart) => void;
  readonly signal?: AbortSignal;
  /** Memory that may be used, bytes. */
  readonly memoryLimit?: number;
  /** Where finished steps are kept, and found again by a run that goes on. */
  readonly checkpoints?: Checkpoints;
}

/** Brackets the work of a stage with its begin and end events. */
export async function inStage<T>(context: RunContext, stage: Stage, work: () => Promise<T>): Promise<T> {
  throwIfStopped(context.signal);
  context.onEvent?.({ kind: 'stage', stage, state: 'begin' });
  const value = await work();
  context.onEvent?.({ kind: 'stage', stage, state: 'end' });
  return value;
}

/** Lets other work of the event loop run (signals, screen), then throws `StoppedError` if the run was stopped. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  throwIfStopped(signal);
}
