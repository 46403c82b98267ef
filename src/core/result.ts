/** What a run gives back: values, never files. */
import type { MatchConfidence } from './confidence/match-confidence.ts';
import type { Motion } from './motion/motion.ts';
import type { FeatureName, Settings } from './settings.ts';
import type { NearbyMatrix, SimilarityMatrix } from './similarity/nearby-matrix.ts';

/** Step 1: what is computed once per unit. */
export interface UnitFeatures {
  readonly units: number;
  /** (units, 3) µm. */
  readonly locations: Float64Array;
  /** (units,) µV. */
  readonly amplitude: Float64Array;
  /** (units,) channel index. */
  readonly peakChannels: Int32Array;
  /** (units,) shank id of the peak channel. */
  readonly unitShanks: Int32Array;
  readonly autoCorr?: Histogram;
  readonly isi?: Histogram;
  /** NaN marks a missing bin. */
  readonly peth?: Histogram;
  /** Units with fewer than 2 spikes: their autocorrelogram and ISI histogram are zero. */
  readonly silentUnits: readonly number[];
}

/** One row per unit. */
export interface Histogram {
  readonly data: Float64Array;
  readonly bins: number;
}

/** Waveforms read where the probe would have been: one (units, channels, samples) array per template. */
export interface CorrectedWaveforms {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  readonly templates: readonly Float32Array[];
  /** False when they are the waveforms as they came (no motion was estimated or given). */
  readonly interpolated: boolean;
}

/** Candidate pairs a < b, (P, 2), ordered by b, then a. */
export interface UnitPairs {
  readonly count: number;
  readonly units: Int32Array;
  /**
   * Number of candidate pairs, where they are too many to list: then all pairs that share a cluster are listed and an even sample
   * of the others.
   */
  readonly sampledFrom?: number;
}

/** Similarities of listed pairs: what matrices hold of them, in the order of the list. */
export interface PairSimilarities {
  /** (P,) weighted similarity S. */
  readonly weighted: Float64Array;
  /** (P,) each, in the order of the features. */
  readonly byFeature: readonly Float64Array[];
}

/** A discriminant between matched and unmatched pairs. */
export interface Discriminant {
  readonly coef: Float64Array;
  readonly intercept: number;
}

/** What clustering and weight learning in alternation say. */
export interface PairClustering {
  readonly features: readonly FeatureName[];
  /** (features,) sums to 1. */
  readonly weights: Float64Array;
  /** Weighted similarity above which a pair is a good match; ±Infinity when no discriminant exists. */
  readonly threshold: number;
  readonly pairs: UnitPairs;
  /** (units,) cluster of each unit from 0; -1 noise. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  /** Weights of every iteration, first to last. */
  readonly weightHistory: readonly Float64Array[];
}

/** Step 6, of all pairs. */
export interface ClusteringResult extends PairClustering {
  /**
   * (units, units) weighted similarity S; `1 / (1 + tanh S)` is the distance, 0 on the diagonal. Of all pairs or of nearby ones:
   * `valueAt` reads either.
   */
  readonly similarity: SimilarityMatrix;
  /** (units, units) distance, of all pairs; where it is missing it follows from `similarity`. */
  readonly distance?: Float64Array;
  /** (units, units) each, in the order of `features`; none in a grown result that has them in `pairSimilarities`. */
  readonly featureSimilarity: readonly SimilarityMatrix[];
  /** Of `pairs`, which then are all candidate pairs; where it is missing they are looked up in the matrices. */
  readonly pairSimilarities?: PairSimilarities;
  /** (units,) optimal leaf order of the single-linkage tree. */
  readonly leafOrder: Int32Array;
}

/** Similarities of nearby pairs. */
export interface NearbySimilarities {
  /** As of `ClusteringResult`. */
  readonly featureSimilarity: readonly NearbyMatrix[];
  readonly similarity: NearbyMatrix;
  /** All candidate pairs that have a value; undefined where they are too many to list. */
  readonly pairs?: UnitPairs;
  /** Of these. */
  readonly pairSimilarities?: PairSimilarities;
}

/** The large parts of a result, each told as soon as nothing will change it any more. */
export type ResultPart =
  | { readonly kind: 'corrected'; readonly corrected: CorrectedWaveforms }
  | {
      readonly kind: 'similarities';
      readonly features: readonly FeatureName[];
      /** Of all pairs. */
      readonly featureSimilarity: readonly Float64Array[];
      readonly similarity: Float64Array;
      readonly distance: Float64Array;
    }
  | {
      readonly kind: 'clustering';
      readonly settings: Settings;
      readonly clustering: Omit<ClusteringResult, 'leafOrder'>;
      /** Still on its way. */
      readonly leafOrder: Promise<Int32Array>;
    }
  | ({ readonly kind: 'nearbySimilarities'; readonly features: readonly FeatureName[] } & NearbySimilarities)
  | { readonly kind: 'moved'; readonly result: MovedResult }
  | { readonly kind: 'drawable'; readonly result: DrawableResult };

/** The 2.5 and 97.5 percentile of the motion per session, at one depth. */
export interface MotionBand {
  /** µm; undefined for rigid motion, which is the same at all depths. */
  readonly depth?: number;
  /** (sessions,) µm. */
  readonly estimate: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** One round of the motion loop. */
export interface MotionRound {
  readonly features: readonly FeatureName[];
  readonly weights: Float64Array;
  readonly threshold: number;
  /** Pairs of units that share a cluster. */
  readonly matches: number;
  readonly pairs: UnitPairs;
  /** (P,) weighted similarity of the candidate pairs. */
  readonly pairSimilarity: Float64Array;
  /** (P,) 1 when both units are in one cluster. */
  readonly pairMatched: Uint8Array;
  /** (P,) 1 when the pair was used for the motion. */
  readonly pairUsed: Uint8Array;
  /** Motion estimated in this round; undefined when the round ended the loop without an estimate. */
  readonly motion?: Motion;
  readonly bands: readonly MotionBand[];
}

/** What was done to a pair by curation; the position + 1 is the number in `CurationTypes.npy`. */
export const CURATION_TYPES = [
  'Removal_SameSession',
  'Removal_LowSimilarity',
  'Merge_HighSimilarity',
] as const;
export type CurationType = 1 | 2 | 3;

/** Step 8. */
export interface CurationResult {
  /** (units,) cluster of each unit from 0; -1 unmatched. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  /** (M, 2) pairs of units that share a cluster, k < j, row order. */
  readonly matchedPairs: Int32Array;
  /** (K, 2) pairs that curation cut or joined. */
  readonly curationPairs: Int32Array;
  /** (K,) */
  readonly curationTypes: Uint8Array;
}

/** Everything about one shank, or about a recording with one. */
export interface TrackingResult {
  readonly settings: Settings;
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  readonly features: UnitFeatures;
  readonly rounds: readonly MotionRound[];
  /** The motion with which `corrected` was made. */
  readonly motion: Motion;
  readonly corrected: CorrectedWaveforms;
  readonly clustering: ClusteringResult;
  readonly curation: CurationResult;
  /** Of the curated matches. */
  readonly confidence: MatchConfidence;
  readonly warnings: readonly string[];
  /** Name of the kernels that computed it. */
  readonly kernels: string;
}

/** A result as far as it is known once the motion is. */
export type MovedResult = Pick<
  TrackingResult,
  'sessions' | 'sessionCount' | 'features' | 'rounds' | 'motion'
>;

/** A result whose leaves need not be in order yet, and whose matches need not be weighed: all that figures show. */
export interface DrawableResult
  extends Omit<TrackingResult, 'clustering' | 'confidence' | 'warnings' | 'kernels'> {
  readonly clustering: Omit<ClusteringResult, 'leafOrder'>;
}

/** One shank of a multi-shank run. */
export interface ShankResult {
  readonly shankId: number;
  /** (units of the shank,) global index of each unit. */
  readonly units: Int32Array;
  readonly result: TrackingResult;
}

/** Shanks tracked apart, sharing one preprocessing. */
export interface MultiShankResult {
  readonly settings: Settings;
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  /** Of all units. */
  readonly features: UnitFeatures;
  readonly shanks: readonly ShankResult[];
  /** Curated labels of all units: each shank's labels follow those of the shanks before it. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  /** (M, 2) global unit indices, shank after shank. */
  readonly matchedPairs: Int32Array;
  readonly warnings: readonly string[];
  readonly kernels: string;
}

/** Whether a result is one of several shanks. */
export function isMultiShank(result: DrawableResult | MultiShankResult): result is MultiShankResult {
  return 'shanks' in result;
}
