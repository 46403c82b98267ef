/** How much memory a run needs, told before it begins. */
import { InputError } from '../core/errors.ts';
import { autoCorrBins, binsWithin } from '../core/features/histogram-bins.ts';
import { formatBytes } from '../core/format-bytes.ts';
import { usedFeatures } from '../core/preprocess.ts';
import type { Settings } from '../core/settings.ts';
import { MOST_KEPT } from '../core/similarity/candidate-rows.ts';
import { nearbyMatrixBytes, precisionFor } from '../core/similarity/nearby-matrix.ts';
import { MOST_LISTED } from '../core/similarity/pair-list.ts';
import type { DatasetShape } from './dataset.ts';
import { ASIDE } from './sparse-npz.ts';

/** Bytes, by what they hold. */
export interface MemoryEstimate {
  /** Waveforms as they came, centred, and corrected. */
  readonly waveforms: number;
  /** (units, units) matrices. */
  readonly matrices: number;
  /** Autocorrelograms, ISI histograms and PETHs. */
  readonly histograms: number;
  /** All of it at the worst moment, with what the rest of the program needs. */
  readonly total: number;
}

/** The motion loop holds the corrected waveforms of this round and the last two. */
const CORRECTIONS_HELD = 3;
/** Waveform similarities of three corrections, the weighted sum, the distances, and one to work in. */
const MATRICES_BESIDES_HISTOGRAMS = 6;
/** The program itself, spike trains, pairs, and memory not yet given back. */
const MARGIN = 1.2;
const PROGRAM_BYTES = 200 * 2 ** 20;
/** What draws figures, beside the rest. */
const FIGURES_BYTES = 250e6;

/** Peak memory of a run. */
export function estimateMemory(shape: DatasetShape, settings: Settings): MemoryEstimate {
  const { units, channels, samples } = shape;
  const used = usedFeatures(settings);
  const array = 4 * units * channels * samples;
  const templates = settings.waveformCorrection.n_templates;
  const waveforms = array * (1 + (settings.centering_waveforms ? 1 : 0) + CORRECTIONS_HELD * templates);
  const histogramFeatures = [...used].filter((name) => name !== 'Waveform').length;
  const matrices = 8 * units * units * (MATRICES_BESIDES_HISTOGRAMS + histogramFeatures);
  // The rows themselves and their standardised copy.
  const histograms = 2 * 8 * units * histogramBins(shape, settings);
  const total = MARGIN * (waveforms + matrices + histograms) + PROGRAM_BYTES;
  return { waveforms, matrices, histograms, total: Math.ceil(total) };
}

/** Bins of all histograms of one unit. */
function histogramBins(shape: DatasetShape, settings: Settings): number {
  const used = usedFeatures(settings);
  return (
    (used.has('AutoCorr') ? autoCorrBins(settings.autoCorr) : 0) +
    (used.has('ISI') ? binsWithin(settings.ISI) : 0) +
    (used.has('PETH') ? (shape.pethBins ?? 0) : 0)
  );
}

/** Pieces of waveforms that are held at a time, and what threads work in. */
const PIECES_BYTES = 6 * 2 ** 26;
/** What else a run of nearby pairs needs, fitted to what bench/scale measures: in proportion, for each pair that is listed, and at all. */
const NEARBY_MARGIN = 1.08;
const LISTED_PAIR_BYTES = 180;
/** Of a sample of them. */
const SAMPLE_BYTES = 250e6;
const NEARBY_PROGRAM_BYTES = 450e6;
/** What a thread that writes sparse files has besides the columns of the candidates. */
const WRITING_THREAD_BYTES = 50e6;
/** How far beyond the candidate pairs waveforms are kept, µm: the slack of peaks and what rounding up to whole rows takes. */
const WINDOW_SLACK = 75;

/** Which units of a recording are compared with each other: all, those of each shank, or those of one shank only. */
export type ComparedShanks = 'together' | 'each' | 'one';

export interface NearbyRun {
  readonly compared?: ComparedShanks;
  /** Whether sessions are added to a result: not all pairs are compared then. */
  readonly grown?: boolean;
}

/** Peak memory of a run that compares nearby pairs, if units are spread evenly over the shanks and along them. */
export function estimateNearbyMemory(
  shape: DatasetShape,
  settings: Settings,
  { compared = 'together', grown = false }: NearbyRun = {},
): MemoryEstimate {
  const { channels, samples, extent = 1, shanks = 1 } = shape;
  const { clustering, motionEstimation, waveformCorrection } = settings;
  /** Units of a part that is compared on its own. */
  const units = shape.units / (compared === 'together' ? 1 : shanks);
  /** Parts whose results are held in the end, and those whose motion is searched for at the same time. */
  const kept = compared === 'each' ? shanks : 1;
  const atOnce = motionEstimation.pool_shanks === 'none' ? 1 : kept;
  const share = (reach: number) => Math.min(1, reach / Math.max(1, extent));
  const cells = (reach: number) => (units * units * share(reach) * (2 - share(reach))) / 2;
  const found = cells(clustering.max_distance);
  const searching =
    motionEstimation.features[0].length *
    nearbyMatrixBytes(cells(motionEstimation.max_distance + motionEstimation.search_distance));
  const ended = (clustering.features.length + 1) * nearbyMatrixBytes(found, precisionFor(found, grown));
  const matrices = Math.max(atOnce * searching + (kept - atOnce) * ended, kept * ended);
  const neighbourhood = (extent * waveformCorrection.n_nearest_channels) / channels / 2;
  const window = 2 * (neighbourhood + clustering.max_distance + WINDOW_SLACK);
  const waveforms = 4 * units * channels * samples * share(window) + PIECES_BYTES;
  const histograms = 8 * kept * units * histogramBins(shape, settings);
  const total =
    NEARBY_MARGIN * (waveforms + matrices + histograms) +
    (compared === 'together' ? writingAside(found) : 0) +
    kept * (found > MOST_LISTED.clustering ? SAMPLE_BYTES : LISTED_PAIR_BYTES * found) +
    NEARBY_PROGRAM_BYTES;
  return { waveforms, matrices, histograms, total: Math.ceil(total) };
}

/** Memory of the threads that write the similarities of so many pairs within reach. */
function writingAside(cells: number): number {
  if (cells > ASIDE.mostCells) return 0;
  const threads = cells < ASIDE.worthAnother ? 1 : ASIDE.threads;
  // Every pair is in the rows of both of its units.
  const columns = 2 * cells > MOST_KEPT ? 0 : 4 * 2 * cells;
  return threads * (columns + WRITING_THREAD_BYTES);
}

/** How units are compared, and what else is done. */
export interface PlannedRun extends NearbyRun {
  /** Whether only nearby pairs are compared. */
  readonly nearby?: boolean;
  /** Whether figures are drawn. */
  readonly figures?: boolean;
}

/**
 * @param limit memory that may be used, bytes
 * @param where what errors call the recording
 * @throws InputError when the run cannot fit
 */
export function requireMemory(
  shape: DatasetShape,
  settings: Settings,
  limit: number,
  where: string,
  { nearby = false, figures = false, ...how }: PlannedRun = {},
): MemoryEstimate {
  const estimate = nearby ? estimateNearbyMemory(shape, settings, how) : estimateMemory(shape, settings);
  const total = estimate.total + (figures ? FIGURES_BYTES : 0);
  if (total <= limit) return { ...estimate, total };
  const { waveforms, matrices, histograms } = estimate;
  const [largest, remedy] =
    histograms > Math.max(waveforms, matrices)
      ? [
          `${formatBytes(histograms)} of it for histograms of ${shape.units} units`,
          'Take wider bins or shorter windows (autoCorr, ISI, the bins of peth.npy)',
        ]
      : matrices > waveforms
        ? [
            `${formatBytes(matrices)} of it for similarities between ${shape.units} units`,
            nearby
              ? 'Lower clustering.max_distance or motionEstimation.search_distance, or track fewer sessions at a time'
              : 'Set clustering.candidates to "nearby" for a run, or track fewer sessions at a time',
          ]
        : [
            `${formatBytes(waveforms)} of it for waveforms of ${shape.units} units × ${shape.channels} channels × ${shape.samples} samples`,
            'Leave out channels far from the units, or set waveformCorrection.n_templates to 1',
          ];
  throw new InputError({
    where,
    found: `a recording that needs about ${formatBytes(total)} of memory, ${largest}`,
    expected: `at most ${formatBytes(limit)}, the limit for this run`,
    remedy: `${estimate.total <= limit ? 'Draw no figures (--no-figures)' : remedy}, or raise the limit (--memory) or use a machine with more memory.`,
  });
}
