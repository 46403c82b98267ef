/** What is computed once per unit, and the corrected waveforms, as arrays of the output folder. */
import type { Waveforms } from '../core/dataset.ts';
import { centerWaveform } from '../core/features/waveform-centering.ts';
import type { CorrectedWaveforms, Histogram, UnitFeatures } from '../core/result.ts';
import type { NpyOutput } from './npy-writer.ts';
import { type Blocks, placeOfUnits } from './result-blocks.ts';

/** A file of a result, whose bytes are made when it is written. */
export type ResultFile = readonly [
  name: string,
  chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
];

/** Arrays by the name of their file without `.npy`. */
export type NamedArrays = Readonly<Record<string, NpyOutput>>;

/** Locations, amplitudes, peak channels, shanks and histograms; the histograms that were computed. */
export function featureArrays(features: UnitFeatures): NamedArrays {
  const { units, locations, amplitude, peakChannels, unitShanks, autoCorr, isi, peth } = features;
  const histogram = ({ data, bins }: Histogram): NpyOutput => ({
    dtype: 'float64',
    shape: [units, bins],
    data,
  });
  return {
    locations: { dtype: 'float64', shape: [units, 3], data: locations },
    amplitude: { dtype: 'float64', shape: [units], data: amplitude },
    peak_channels: { dtype: 'int64', shape: [units], data: peakChannels },
    unit_shanks: { dtype: 'int64', shape: [units], data: unitShanks },
    ...(autoCorr && { auto_corr: histogram(autoCorr) }),
    ...(isi && { isi: histogram(isi) }),
    ...(peth && { peth: histogram(peth) }),
  };
}

/**
 * (units, channels, samples) waveforms aligned by the trough of their peak channel.
 *
 * @param waveforms as they came, of all units
 * @param peakChannels (units,) of the units that are written
 * @param which (units,) their indices among all; all of them when left out
 */
export function centeredWaveforms(
  waveforms: Waveforms,
  peakChannels: Int32Array,
  which?: Int32Array,
): NpyOutput {
  const { data, channels, samples } = waveforms;
  const size = channels * samples;
  const units = peakChannels.length;
  return {
    dtype: 'float32',
    shape: [units, channels, samples],
    *data() {
      for (let unit = 0; unit < units; unit++) {
        const start = (which ? which[unit] : unit) * size;
        const centered = new Float32Array(size);
        centerWaveform(data.subarray(start, start + size), channels, samples, peakChannels[unit], centered);
        yield centered;
      }
    },
  };
}

/** Units that are put together at once. */
const PIECE_UNITS = 16;

/**
 * `waveforms_corrected`: (units, channels, samples, templates) float32, or (units, channels, samples) when there was no
 * motion to correct for. Shanks with fewer templates repeat their last.
 *
 * @param templatesNotHeld number of templates of waveforms that are not in memory: only type and shape are then of use
 */
export function correctedWaveforms(
  { units, blocks }: Blocks<{ readonly corrected: CorrectedWaveforms }>,
  templatesNotHeld = 0,
): NpyOutput {
  const all = blocks.map(({ result }) => result.corrected);
  const [{ channels, samples }] = all;
  const most = Math.max(...all.map((corrected) => corrected.templates.length));
  const templates = most > 0 ? most : templatesNotHeld;
  const shape = [units, channels, samples];
  const place = placeOfUnits(units, blocks);
  const size = channels * samples;
  return {
    dtype: 'float32',
    shape: all.some((corrected) => corrected.interpolated) ? [...shape, templates] : shape,
    *data() {
      // One memory for all pieces: whoever takes one writes it before the next.
      const piece = new Float32Array(Math.min(PIECE_UNITS, units) * size * templates);
      for (let first = 0; first < units; first += PIECE_UNITS) {
        const count = Math.min(PIECE_UNITS, units - first);
        for (let unit = first; unit < first + count; unit++) {
          const { block, index } = place[unit];
          const { templates: own } = block.result.corrected;
          const target = piece.subarray((unit - first) * size * templates);
          for (let r = 0; r < templates; r++) {
            const template = own[Math.min(r, own.length - 1)];
            interleave(template.subarray(index * size, (index + 1) * size), target, templates, r);
          }
        }
        yield piece.subarray(0, count * size * templates);
      }
    },
  };
}

/** Apart from its callers, where it is compiled for these arrays alone. */
function interleave(values: Float32Array, target: Float32Array, stride: number, offset: number): void {
  for (let i = 0, at = offset; i < values.length; i++, at += stride) target[at] = values[i];
}
