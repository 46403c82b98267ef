/**
 * What the server of `dant view` and the web application say to each other: every path, its parameters, and what comes back.
 *
 * The application is served at `http://127.0.0.1:PORT/TOKEN/`; every path below is relative to that address, so a page with
 * relative links (Vite `base: './'`, routes behind `#`) carries the token in every request, event stream included. Units count
 * from 0, sessions and neurons from 1; -1 is "unmatched". GET unless said otherwise. Lists in parameters are separated by commas.
 *
 * Failures: status 400 (malformed), 403 (token, Host or Origin), 404 (no such thing in this folder), 409 (`ConflictReply`),
 * 413 (body too large), 500; the body is a `FailureReply`.
 */
import type { CurationEntry, Operation } from '../core/curation/operations.ts';
import type { Evaluation } from '../core/evaluation/evaluation.ts';
import type { FeatureName } from '../core/settings.ts';
import type { Arrays } from './pack.ts';

export * from './pack.ts';

/** The paths. */
export const PATHS = {
  /** → `Overview`, JSON. */
  overview: 'api/overview',
  /** → pack `UnitColumns`. */
  units: 'api/units',
  /** `PairStatisticsParameters` → pack `PairStatistics`: similarity within neurons, of every unit. */
  unitStatistics: 'api/unit-statistics',
  /** `WaveformParameters` → pack `WaveformArrays`. */
  waveforms: 'api/waveforms',
  /** `UnitListParameters` → pack `HistogramArrays`. */
  autocorrelograms: 'api/autocorrelograms',
  isiHistograms: 'api/isi-histograms',
  peths: 'api/peths',
  /** → pack `ProbeArrays`; needs the data folder. */
  probe: 'api/probe',
  /** `UnitListParameters` → pack `SimilarityArrays`: every unit asked for with every other, by each measure. */
  similarity: 'api/similarity',
  /** `SimilarityRowParameters` → pack `SimilarityRowArrays`: one unit with all units, by each measure. */
  similarityRow: 'api/similarity-row',
  /** `UnitListParameters` → pack `CandidateArrays`: the most similar units of a neuron or a unit, best first. */
  candidates: 'api/candidates',
  /** `PairSampleParameters` → pack `PairSampleArrays`: candidate pairs for scatters. */
  pairSample: 'api/pair-sample',
  /** → `PairHistograms`, JSON: all candidate pairs. */
  pairHistograms: 'api/pair-histograms',
  /** `OrderParameters` → pack `OrderArrays`: which unit stands where in the matrix. */
  matrixOrder: 'api/matrix-order',
  /** `TileParameters` → pack `TileArrays`: a piece of a similarity matrix. */
  matrixTile: 'api/matrix-tile',
  /** `NeighbourParameters` → pack `NeighbourArrays`: the most similar units of every unit, for embeddings. */
  neighbours: 'api/neighbours',
  /** → `EvaluationReply`, JSON: what `dant evaluate` found; null before it was run. */
  evaluation: 'api/evaluation',
  /** `CurationParameters` → `CurationReply`, JSON. */
  curation: 'api/curation',
  /** POST `AppendRequest` → `CurationReply`, or 409 and a `ConflictReply`. */
  append: 'api/curation/append',
  /** POST `{}` → `ApplyReply`: writes the curated files. */
  apply: 'api/curation/apply',
  /** Server-sent events, each a `ServerEvent` as JSON in `data`. */
  events: 'api/events',
  /** `NeuronFigureParameters` → image/svg+xml or image/png: the page of a neuron as a picture. */
  neuronFigure: 'api/export/neuron',
  /** `ReportParameters` → text/html: the self-contained report. */
  report: 'api/export/report',
} as const;
export type PathName = keyof typeof PATHS;

/** Most units in one request. */
export const MAX_UNITS = 1000;
/** Longest body of a request, bytes. */
export const MAX_BODY_BYTES = 1 << 20;
/** Rows and columns of a tile of the matrix. */
export const TILE_SIZE = 256;

/** How pairs are compared: by a feature, or by all of them weighted. */
export type Measure = 'weighted' | FeatureName;

export interface FailureReply {
  readonly error: string;
  /** What to do about it. */
  readonly remedy?: string;
}

// What is shown first ------------------------------------------------------------------------------------------------

export interface SessionInfo {
  /** 1..N */
  readonly session: number;
  readonly units: number;
  /** As the import recorded it, such as 2026-03-14. */
  readonly date?: string;
  readonly label?: string;
}

/** 2.5 and 97.5 percentile of the motion. */
export interface MotionCurve {
  /** µm; missing for motion that is the same at all depths. */
  readonly depth?: number;
  /** (sessions,) µm */
  readonly motion: readonly number[];
  /** (sessions,) µm; missing when the motion was not estimated from pairs; null where it is not known. */
  readonly lower?: readonly (number | null)[];
  readonly upper?: readonly (number | null)[];
}

/** What was tracked on its own: the recording, or one of several shanks. */
export interface TrackedPart {
  /** Missing for a recording that was tracked as a whole. */
  readonly shankId?: number;
  /** In the order of `Overview.features`. */
  readonly weights: readonly number[];
  /** Weighted similarity; null when there is none (no discriminant exists). */
  readonly threshold: number | null;
  readonly motion: {
    /** Motion at depth y: `linearScale · linear[session] · y + constant[session]`, µm. */
    readonly linearScale: number;
    readonly linear: readonly number[];
    readonly constant: readonly number[];
    /** Curves to draw: at all depths, or at the smallest and the largest y of the units. */
    readonly curves: readonly MotionCurve[];
  };
}

export interface Overview {
  /** Folder of the results, for the title. */
  readonly folder: string;
  /** Whether the data folder is there: raw waveforms and the probe need it. */
  readonly hasData: boolean;
  readonly version: string;
  readonly unitCount: number;
  readonly sessions: readonly SessionInfo[];
  readonly shankIds: readonly number[];
  /** Features of the final clustering. */
  readonly features: readonly FeatureName[];
  /** `weighted` and the features whose similarity can be shown. */
  readonly measures: readonly Measure[];
  readonly preset?: string;
  /** The settings of the run, as they were checked. */
  readonly settings?: unknown;
  readonly runTimeSec?: number;
  readonly dateTime?: string;
  readonly parts: readonly TrackedPart[];
  /** Automatic result. */
  readonly neuronCount: number;
  readonly matchedPairCount: number;
  readonly candidatePairCount: number;
  /** (sessions × sessions) units of session i with a match in session j, automatic result, row by row; 0 on the diagonal. */
  readonly matchedUnits: readonly number[];
  /** Which arrays there are. */
  readonly has: {
    readonly correctedWaveforms: boolean;
    readonly rawWaveforms: boolean;
    readonly autoCorr: boolean;
    readonly isi: boolean;
    readonly peth: boolean;
    readonly confidence: boolean;
    readonly leafOrder: boolean;
    readonly originalUnits: boolean;
    /** Similarities are kept of near pairs only; all others are NaN. */
    readonly sparse: boolean;
  };
}

/** (units,) each. */
export interface UnitColumns extends Arrays {
  readonly session: Int32Array;
  /** µm */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  /** y without the motion of the session, µm. */
  readonly correctedY: Float32Array;
  /** Peak-to-trough on the peak channel, µV; NaN where it is not known. */
  readonly amplitude: Float32Array;
  readonly peakChannel: Int32Array;
  readonly shank: Int32Array;
  /** Automatic neuron, from 1; -1 unmatched. Replay the log over it (core/curation) for the curated one. */
  readonly label: Int32Array;
  /** Before the automatic curation, from 1; -1 noise. */
  readonly clusterBeforeCuration?: Int32Array;
  /** Match confidence, 0..1, NaN where there is none. */
  readonly confidence?: Float32Array;
}

/** `UnitColumns` travels with this in the head of the pack. */
export interface UnitsMeta {
  /** Ids in the sorter's output, from `units.csv`. */
  readonly originalIds?: readonly string[];
  /** Folders of the sorter's output, from `units.csv`. */
  readonly originalFolders?: readonly string[];
}

// Neurons and units ---------------------------------------------------------------------------------------------------

export interface UnitListParameters {
  /** At most `MAX_UNITS`. */
  readonly units: readonly number[];
}

export interface WaveformParameters extends UnitListParameters {
  /** Corrected: read where the probe would have been without motion. */
  readonly kind: 'raw' | 'corrected';
  /** How many channels around the peak channel of the first unit; default 20. */
  readonly channels?: number;
}

export interface WaveformArrays extends Arrays {
  /** (units, channels, samples) µV; NaN on sites that a session did not record. */
  readonly waveforms: Float32Array;
  /** (channels,) index of each, nearest to the peak channel of the first unit first. */
  readonly channels: Int32Array;
  /** (channels, 2) x, y in µm; missing without the data folder. */
  readonly locations?: Float32Array;
}

export interface WaveformMeta {
  readonly samples: number;
}

/** (units, bins); NaN marks a missing bin. */
export interface HistogramArrays extends Arrays {
  readonly values: Float32Array;
}

/** Where the bins of histograms lie. */
export interface HistogramMeta {
  readonly bins: number;
  /** Centre of the first bin and distance of the bins, ms; missing when the settings of the run are not known. */
  readonly startMs?: number;
  readonly stepMs?: number;
}

export interface ProbeArrays extends Arrays {
  /** (channels, 2) µm */
  readonly locations: Float32Array;
  /** (channels,) */
  readonly shanks: Int32Array;
}

// Similarity ----------------------------------------------------------------------------------------------------------

/** (measures, n, n) Fisher z, in the order of `Overview.measures`; NaN where it was not compared. */
export interface SimilarityArrays extends Arrays {
  readonly similarity: Float32Array;
}

export interface SimilarityRowParameters {
  readonly unit: number;
}

/** (measures, units) as `SimilarityArrays`. */
export interface SimilarityRowArrays extends Arrays {
  readonly similarity: Float32Array;
}

export interface CandidateParameters extends UnitListParameters {
  /** How many; default 50. */
  readonly count?: number;
}

/** The largest similarity to any of the units asked for; these themselves are left out. (n,) each unless said. */
export interface CandidateArrays extends Arrays {
  readonly unit: Int32Array;
  /** The one of the units asked for that it is most similar to. */
  readonly nearest: Int32Array;
  /** (measures, n) of the unit with `nearest`. */
  readonly similarity: Float32Array;
}

export interface PairStatisticsParameters {
  /** Of the automatic result, or of the curated one (the default). */
  readonly of?: 'automatic' | 'curated';
}

/** Weighted similarity of every unit with the other units of its neuron; NaN for unmatched units. (units,) each. */
export interface PairStatistics extends Arrays {
  readonly mean: Float32Array;
  readonly worst: Float32Array;
  /** With how many of the others it was compared: of pairs that were not, nothing is known. */
  readonly compared: Int32Array;
}

/** With the version of the log that the statistics hold for. */
export interface PairStatisticsMeta {
  readonly version: number;
}

export interface PairSampleParameters {
  /** How many pairs at most; default 20000. Matched ones are kept first. */
  readonly count?: number;
}

/** Candidate pairs, drawn with a fixed seed. */
export interface PairSampleArrays extends Arrays {
  /** (n, 2) */
  readonly units: Int32Array;
  /** (measures, n) */
  readonly similarity: Float32Array;
}

export interface PairSampleMeta {
  /** Candidate pairs in all, and those of one neuron (automatic result). */
  readonly candidates: number;
  readonly matched: number;
  /** How many of the pairs in the sample are matched; they stand first. */
  readonly sampledMatched: number;
}

export interface PairHistograms {
  readonly histograms: readonly {
    readonly measure: Measure;
    /** Lower edge of the first bin, and width of every bin. */
    readonly start: number;
    readonly width: number;
    /** Candidate pairs of one neuron and of several (automatic result). */
    readonly matched: readonly number[];
    readonly unmatched: readonly number[];
  }[];
}

// The matrix ----------------------------------------------------------------------------------------------------------

/** By session, in it by depth; or by the optimal order of the leaves of the cluster tree. */
export type MatrixOrder = 'depth' | 'leaf';

export interface OrderParameters {
  readonly order: MatrixOrder;
}

export interface OrderArrays extends Arrays {
  /** (units,) unit at each place. */
  readonly order: Int32Array;
}

export interface TileParameters extends OrderParameters {
  readonly measure: Measure;
  /** 0: a value per pair; each level above takes the largest of 2 × 2 of the one below. */
  readonly level: number;
  /** Which tile: rows `row · TILE_SIZE …` of the level, columns likewise. */
  readonly row: number;
  readonly column: number;
}

/** (rows, columns) at most `TILE_SIZE` each, fewer at the end; the diagonal and pairs that were not compared are NaN. */
export interface TileArrays extends Arrays {
  readonly values: Float32Array;
}

export interface TileMeta {
  readonly rows: number;
  readonly columns: number;
}

/** Rows of a level of the matrix; the coarsest level worth asking for is the first that fits in one tile. */
export const levelSize = (units: number, level: number): number => Math.ceil(units / 2 ** level);

export interface NeighbourParameters {
  /** How many of every unit; default 15. */
  readonly count?: number;
}

/** The units of largest weighted similarity, best first. (units, count) each; -1 and NaN where there are fewer. */
export interface NeighbourArrays extends Arrays {
  readonly units: Int32Array;
  readonly similarity: Float32Array;
}

// Evaluation ----------------------------------------------------------------------------------------------------------

/** As in `Evaluation.json`; numbers that are none are null. */
export interface EvaluationReply {
  /** Features of the matching and of the motion. */
  readonly used: readonly string[];
  /** One, or one for each shank. */
  readonly shanks: readonly { readonly shank?: number; readonly evaluation: Evaluation }[];
}

// Curation ------------------------------------------------------------------------------------------------------------

export interface CurationParameters {
  /** Only the entries that follow this version; default 0, all. */
  readonly after?: number;
}

export interface CurationReply {
  /** How many entries the log has. */
  readonly version: number;
  /** Those after the version that was asked for, or that the request knew. */
  readonly entries: readonly CurationEntry[];
  /** What a person should know, such as a line that was cut off when a program was killed. */
  readonly warnings: readonly string[];
  /** Version of the curated files in the folder; missing when there are none. */
  readonly appliedVersion?: number;
}

export interface AppendRequest {
  /** Version of the log that the window knows: the operation is appended only when nothing newer is there. */
  readonly after: number;
  /** Made by the window (`crypto.randomUUID()`): a request that is sent twice counts once. */
  readonly id: string;
  readonly operation: Operation;
}

/** Someone was faster: nothing was appended. Replay `entries`, look again, and send the operation anew. */
export interface ConflictReply extends CurationReply, FailureReply {}

export interface ApplyReply {
  readonly version: number;
  readonly neurons: number;
  readonly matchedPairs: number;
  /** Names of the files written. */
  readonly files: readonly string[];
}

export type ServerEvent =
  /** The log has grown, by this window or another one or another program. */
  | { readonly kind: 'curation'; readonly version: number }
  /** The curated files were written. */
  | { readonly kind: 'applied'; readonly version: number };

// Exports -------------------------------------------------------------------------------------------------------------

export interface NeuronFigureParameters extends UnitListParameters {
  readonly format: 'svg' | 'png';
  readonly title?: string;
}

export interface ReportParameters {
  /** Neurons of the curated result, from 1. */
  readonly neurons?: readonly number[];
}

// Paths -----------------------------------------------------------------------------------------------------

/** A path with its parameters, relative to the address of the application. */
export function requestPath(name: PathName, parameters: object = {}): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(Array.isArray(value) ? value.join(',') : String(value))}`,
    )
    .join('&');
  return query === '' ? PATHS[name] : `${PATHS[name]}?${query}`;
}
