/** The result that new sessions are added to. */
import type { WaveformSource } from '../dataset.ts';
import type { ClusteringResult, CurationResult, TrackingResult } from '../result.ts';
import type { KnownPairs } from './new-pairs.ts';

/** What of a result is needed to go on from it. */
export interface Established
  extends Pick<TrackingResult, 'sessions' | 'sessionCount' | 'features' | 'motion'> {
  /** Waveforms of some units as they came. @param units ascending */
  readonly waveforms: (units: Int32Array) => WaveformSource;
  readonly clustering: Pick<ClusteringResult, 'features' | 'weights' | 'threshold' | 'leafOrder'>;
  readonly curation: CurationResult;
  /** (M,) of the matched pairs; undefined in results of earlier versions. */
  readonly matchProbability?: Float64Array;
  /** All candidate pairs of two sessions with their similarities, part by part; those of one session too, where they are known. */
  readonly pairs: () => AsyncIterable<KnownPairs>;
}
