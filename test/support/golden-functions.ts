/** Function-level golden values (`test/golden/functions.json`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Matrix = number[][];

/** One entry per call; the names are those of the functions and their arguments. */
export interface GoldenFunctions {
  readonly computeKernel2D: { xp: Matrix; yp: Matrix; sig: number; K: Matrix }[];
  readonly spikeLocation: {
    channel_locations: Matrix;
    waveform: Matrix;
    n_nearest_channels: number;
    algorithm: 'monopolar_triangulation' | 'center_of_mass';
    /** x, y, z, amplitude */
    xyz_ptt: [number, number, number, number];
    true_xyz: [number, number, number];
  }[];
  readonly waveformEstimation: {
    channel_locations: Matrix;
    waveform: Matrix;
    location: number[];
    location_new: number[];
    out: Matrix;
  }[];
  readonly computeAutoCorr: {
    spike_times: number[];
    window: number;
    binwidth: number;
    auto_corr: number[];
    lag: number[];
  }[];
  readonly gaussianFilter1d: { x: number[]; sigma: number; out: number[] }[];
  readonly corrcoef2: { x: Matrix; y: Matrix; r: Matrix }[];
  readonly getNearbyPairs: {
    max_distance: number;
    sessions: number[];
    locations: Matrix;
    motion: { linear_scale: number; linear: number[]; constant: number[] } | null;
    pairs: Matrix;
    session_pairs: Matrix;
  }[];
}

export const goldenFunctions = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/functions.json'), 'utf8'),
) as GoldenFunctions;
