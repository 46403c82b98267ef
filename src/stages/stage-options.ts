/** What the functions that work on folders share. */
import type { RunEvent, Stage } from '../core/context.ts';
import type { Settings } from '../core/settings.ts';
import type { CheckpointMode } from './checkpoint-mode.ts';

/** How shanks are treated: `auto` tracks each on its own when `channel_shanks.npy` names several. */
export type ShankMode = 'auto' | 'each' | 'together';

export interface StageOptions {
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops the work within about a second; nothing that was there before is harmed. */
  readonly signal?: AbortSignal;
  /**
   * Whether the settings come from a `settings.json` (default) or are bare defaults: the preset and two keys of motion
   * estimation mean different things when they are left out (`docs/settings.md`).
   */
  readonly fromFile?: boolean;
  /** Name under which errors speak of the settings; default `settings`. */
  readonly source?: string;
}

export interface RunOptions extends StageOptions {
  readonly shanks?: ShankMode;
  /** Track the units of this shank alone; their result goes into `Shank<ID>/` of the output folder. */
  readonly shank?: number;
  /** Whether to draw `Figures/`; default true. */
  readonly figures?: boolean;
  /** Whether to go on where an earlier run into the same output folder was stopped; default false. */
  readonly resume?: boolean;
  /** Memory that may be used, bytes; default 70 % of what the machine has. */
  readonly memory?: number;
  /** When finished steps are kept for that; default `auto`. */
  readonly checkpoints?: CheckpointMode;
}

/** What a run tells at its end. */
export interface RunSummary {
  readonly settings: Settings;
  readonly units: number;
  readonly sessions: number;
  readonly channels: number;
  readonly samples: number;
  /** Shanks that were tracked on their own; 1 for a run without. */
  readonly shanks: number;
  /** Neurons found: clusters after curation. */
  readonly clusters: number;
  /** Matched pairs of units. */
  readonly matches: number;
  /** Pairs of units that could have been matched, at the end. */
  readonly candidatePairs: number;
  /** One per shank. */
  readonly weights: readonly { readonly shank?: number; readonly feature: string; readonly weight: number }[];
  /** Similarity threshold, one per shank. */
  readonly thresholds: readonly number[];
  /** Smallest and largest motion over sessions and shanks, µm. */
  readonly motionRange: readonly [number, number];
  readonly seconds: Readonly<Partial<Record<Stage, number>>>;
  readonly totalSeconds: number;
  /** Processor time of all threads, s. */
  readonly processorSeconds: number;
  /** Largest resident memory of the process, bytes. */
  readonly peakMemory: number;
  readonly kernels: string;
  readonly threads: number;
  readonly warnings: readonly string[];
  readonly outputFolder: string;
}

/** What `mergeShanks` tells at its end. */
export type MergeSummary = Pick<
  RunSummary,
  'units' | 'sessions' | 'clusters' | 'matches' | 'totalSeconds' | 'peakMemory' | 'warnings' | 'outputFolder'
> & { readonly shankIds: readonly number[] };

/** What `checkData` tells about an input folder. */
export interface CheckSummary {
  readonly dataFolder: string;
  readonly units: number;
  readonly sessions: number;
  readonly channels: number;
  readonly samples: number;
  readonly shankIds: readonly number[];
  readonly unitsPerSession: readonly number[];
  readonly spikes: number;
  readonly hasPeth: boolean;
  /** Estimated peak memory of a run, bytes. */
  readonly memory: number;
  /** Estimated time of a run, seconds. */
  readonly seconds: number;
  readonly warnings: readonly string[];
}

export interface AddOptions extends StageOptions {
  /** Where the grown result goes; default: where the result is. */
  readonly output?: string;
  /** Where the data of the result are now; default: where they were. */
  readonly dataFolder?: string;
  /** Whether to draw `Figures/`; default true. */
  readonly figures?: boolean;
  /** Memory that may be used, bytes; default 70 % of what the machine has. */
  readonly memory?: number;
}

/** What adding sessions tells at its end. */
export interface AddSummary
  extends Pick<RunSummary, 'outputFolder' | 'seconds' | 'totalSeconds' | 'peakMemory' | 'kernels'> {
  /** Units, sessions, neurons and matched pairs of the grown result. */
  readonly units: number;
  readonly sessions: number;
  readonly clusters: number;
  readonly matches: number;
  readonly newUnits: number;
  readonly newSessions: number;
  /** New units that joined a neuron of the old result. */
  readonly joined: number;
  /** Neurons that were not in the old result. */
  readonly newNeurons: number;
  /** New units without a neuron. */
  readonly unmatched: number;
  /** Constant part of the motion of the new sessions, µm; of every shank when they were tracked apart. */
  readonly motion: readonly { readonly shank?: number; readonly constant: readonly number[] }[];
  /** Neurons of the old result (or old units without one, -1) that now look like one, but stay apart. */
  readonly possibleMerges: readonly {
    readonly neurons: readonly number[];
    readonly units: readonly number[];
    readonly similarity: number;
  }[];
  /** What was curated by hand and goes on: its operations, and neurons whose confirmation was taken back as they have new units. */
  readonly curation?: { readonly operations: number; readonly confirmAgain: number };
  /** The recording of all sessions. */
  readonly dataFolder: string;
  readonly threads: number;
  readonly warnings: readonly string[];
}
