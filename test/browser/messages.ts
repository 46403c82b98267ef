/** What the test asks of the page, and what the page and its coordinator worker say to each other. */
import type { Stage } from 'dant';
import type { SimulationOptions } from '../../src/core/simulation/simulate.ts';
import type { Outcome, Simulated } from './outcome.ts';

export type Work =
  | { readonly kind: 'simulate'; readonly options: SimulationOptions }
  | { readonly kind: 'digest kernels'; readonly threads: number }
  /** Tracks the recording that the server has. */
  | { readonly kind: 'track'; readonly threads: number; readonly rounds?: number }
  /** Uses kernels with workers that fail. */
  | { readonly kind: 'fail'; readonly worker: BadWorker };

export type BadWorker =
  /** Throws outside its task and never answers. */
  | 'throws'
  /** The real one, given something that is not a WebAssembly module. */
  | 'cannot load'
  | 'has no script'
  /** The second one cannot be made. */
  | 'is one too many';

export interface Answers {
  simulate: Simulated;
  'digest kernels': Record<string, string>;
  track: Outcome;
  fail: never;
}

/** The beginning (`begin`) or a step of a stage. */
export interface Place {
  readonly stage: Stage;
  readonly step: string;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type ToCoordinator = { readonly kind: 'work'; readonly work: Work } | { readonly kind: 'stop' };

export type FromCoordinator =
  | ({ readonly kind: 'reached' } & Place)
  | { readonly kind: 'done'; readonly value: Answers[Work['kind']] }
  | { readonly kind: 'failed'; readonly error: Failure };

export interface Reply {
  readonly value?: Answers[Work['kind']];
  readonly error?: Failure;
  /** Stages that were reached after it was asked to stop. */
  readonly later?: readonly Stage[];
}

declare global {
  interface Window {
    /** Has the coordinator work, and stops it as soon as it has reached a place. */
    ask(work: Work, stopAt?: Place): Promise<Reply>;
  }
}
