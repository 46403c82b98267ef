/** A shank on which no unit was found before. */
import { waveformSource } from '../dataset.ts';
import { Motion } from '../motion/motion.ts';
import type { Histogram, UnitFeatures } from '../result.ts';
import type { Established } from './established.ts';

/**
 * The result of a shank without units: no motion, and no similarity above which two units are one neuron, since that is learned from many
 * sessions. New units stay unmatched.
 * @param established another shank of the same result
 */
export function emptyShank({ sessionCount, features, clustering, waveforms }: Established): Established {
  const { channels, samples } = waveforms(new Int32Array(0));
  const none = () => waveformSource({ data: new Float32Array(0), units: 0, channels, samples });
  return {
    sessions: new Int32Array(0),
    sessionCount,
    features: withoutUnits(features),
    motion: new Motion(sessionCount),
    waveforms: none,
    clustering: {
      ...clustering,
      threshold: Number.POSITIVE_INFINITY,
      leafOrder: new Int32Array(0),
    },
    curation: {
      labels: new Int32Array(0),
      clusterCount: 0,
      matchedPairs: new Int32Array(0),
      curationPairs: new Int32Array(0),
      curationTypes: new Uint8Array(0),
    },
    matchProbability: new Float64Array(0),
    async *pairs() {},
  };
}

function withoutUnits({ autoCorr, isi, peth }: UnitFeatures): UnitFeatures {
  const empty = (like: Histogram | undefined) => like && { data: new Float64Array(0), bins: like.bins };
  return {
    units: 0,
    locations: new Float64Array(0),
    amplitude: new Float64Array(0),
    peakChannels: new Int32Array(0),
    unitShanks: new Int32Array(0),
    autoCorr: empty(autoCorr),
    isi: empty(isi),
    peth: empty(peth),
    silentUnits: [],
  };
}
