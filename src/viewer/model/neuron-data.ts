/** Everything that is drawn of a few units: fetched together, so that what stands on the page belongs together. */
import type { Overview } from '../../server/protocol.ts';
import { api } from '../api/client.ts';

/** Waveforms of a few units on the channels around them. */
export interface UnitWaveforms {
  /** (units, channels, samples) µV */
  readonly data: Float32Array;
  readonly channels: Int32Array;
  readonly samples: number;
  /** (channels, 2) µm */
  readonly locations?: Float32Array;
}

/** One row per unit. */
export interface UnitHistograms {
  readonly values: Float32Array;
  readonly bins: number;
  readonly startMs?: number;
  readonly stepMs?: number;
}

export interface NeuronData {
  readonly units: readonly number[];
  readonly kind?: 'raw' | 'corrected';
  readonly waveforms?: UnitWaveforms;
  readonly autoCorr?: UnitHistograms;
  readonly isi?: UnitHistograms;
  readonly peth?: UnitHistograms;
  /** (measures, units, units); undefined for a single unit. */
  readonly similarity?: Float32Array;
}

/** Channels around the peak that are drawn. */
const CHANNELS = 20;

export const neuronDataKey = (units: readonly number[], kind: string | undefined) =>
  `${kind}:${units.join(',')}`;

export async function neuronData(
  { has }: Overview,
  units: readonly number[],
  kind: 'raw' | 'corrected' | undefined,
): Promise<NeuronData> {
  const histograms = async (there: boolean, name: 'autocorrelograms' | 'isiHistograms' | 'peths') => {
    if (!there) return undefined;
    const { arrays, meta } = await api.histograms(name, units);
    return { values: arrays.values, ...meta };
  };
  const [waveforms, autoCorr, isi, peth, similarity] = await Promise.all([
    kind && api.waveforms({ units, kind, channels: CHANNELS }),
    histograms(has.autoCorr, 'autocorrelograms'),
    histograms(has.isi, 'isiHistograms'),
    histograms(has.peth, 'peths'),
    units.length > 1 ? api.similarity(units) : undefined,
  ]);
  return {
    units,
    kind,
    waveforms: waveforms && {
      data: waveforms.arrays.waveforms,
      channels: waveforms.arrays.channels,
      locations: waveforms.arrays.locations,
      samples: waveforms.meta.samples,
    },
    autoCorr,
    isi,
    peth,
    similarity: similarity?.arrays.similarity,
  };
}
