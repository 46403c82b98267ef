/** One recording session as a spike sorter or a tool after it left it, whatever the format. */
import type { RunEvent } from '../../core/context.ts';
import type { CreateSnippetSums } from '../../core/kernels/snippet-sums.ts';
import type { ByteSource } from '../byte-source.ts';

/** The recording sites of one session. */
export interface SessionSites {
  readonly count: number;
  /** (count, 2) x, y in µm. */
  readonly locations: Float64Array;
  /** (count,) shank ids; undefined when the format names none. */
  readonly shanks?: Int32Array;
}

/** A cluster of the sorter: a unit that may be imported. */
export interface SortedUnit {
  /** Id in the sorter's files. */
  readonly id: string;
  /** What the curation, or else the sorter, says of it: `good`, `mua`, `noise`, …; undefined when nobody said anything. */
  readonly label?: string;
  readonly spikes: number;
  /** Everything else that is known of it, by column name. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Where mean waveforms come from, best first. */
export const WAVEFORM_SOURCES = ['raw', 'mean', 'templates'] as const;
export type WaveformSource = (typeof WAVEFORM_SOURCES)[number];

/** Mean waveforms of chosen units, on the sites and with the sampling of their session. */
export interface SessionWaveforms {
  readonly source: WaveformSource;
  /** For the report: which files, how many spikes. */
  readonly description: string;
  readonly sampleRateHz: number;
  readonly samples: number;
  /** (units, sites, samples) µV. */
  readonly data: Float32Array;
  /** (units, 2, sites, samples) µV, over either half of the session, where that is known. */
  readonly halves?: Float32Array;
  /** Units without a waveform, by their place among the chosen ones, each with the reason. */
  readonly missing: ReadonlyMap<number, string>;
}

/** What raw data can be referenced to. */
export const RAW_REFERENCES = ['median', 'none'] as const;
export type RawReference = (typeof RAW_REFERENCES)[number];

/** How waveforms are to be had. */
export interface WaveformOptions {
  /** `auto` takes the best source that is there. */
  readonly source: WaveformSource | 'auto';
  /** µV per bit where the files do not say it. */
  readonly gain?: number;
  /** Where the files do not say it, Hz. */
  readonly sampleRateHz?: number;
  /** Spikes that a mean from the raw recording is taken over, at most. */
  readonly maxSpikes: number;
  /** Time before and after the trough that is wanted, ms. */
  readonly window: readonly [number, number];
  /** Cutoff of the high-pass filter on raw data, Hz; 0 for none. */
  readonly highPassHz: number;
  /** What raw data are referenced to: the median over the sites at each sample, or nothing. */
  readonly reference: RawReference;
  readonly seed: number;
}

/** Who is told, when to stop, and who adds up raw data. */
export interface ImportContext {
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
  /** Default: the plain ones. */
  readonly createSnippetSums?: CreateSnippetSums;
}

export interface SortedSession {
  /** What the folder was recognised as, for people. */
  readonly format: string;
  /** Folder or file, as errors name it. */
  readonly name: string;
  /** Day of the recording, `YYYY-MM-DD`, when the files tell it. */
  readonly date?: string;
  readonly sites: SessionSites;
  readonly units: readonly SortedUnit[];
  /** What a person should know about the folder. */
  readonly warnings: readonly string[];
  /** Equal for two sessions with the same spikes. */
  readonly fingerprint: string;
  /** Spike times of a unit, ms, ascending. */
  spikeTimes(unit: number): Promise<Float64Array>;
  /** @throws InputError when there are no such waveforms, or the gain is not known */
  waveforms(
    units: readonly number[],
    options: WaveformOptions,
    context: ImportContext,
  ): Promise<SessionWaveforms>;
  /** Gives back what is held open. */
  close?(): void;
}

/** Files that a session names but that may lie elsewhere: opens a path, relative to the folder of the session. */
export type OpenPath = (path: string) => Promise<ByteSource | undefined>;

/** A session and what a person says of it. */
export interface SessionToImport {
  readonly session: SortedSession;
  /** `YYYY-MM-DD`, or whatever the table says; empty when unknown. */
  readonly date: string;
  readonly label: string;
  /** µV per bit of this session, before that of the options. */
  readonly gain?: number;
}
