/**
 * Kriging: the field that the channels sample is a Gaussian process with an exponential kernel and noise on every channel;
 * its mean can be read anywhere.
 */
import { choleskyInPlace, choleskySolveInPlace } from '../linear-algebra.ts';
import { type NdArray, ndarray } from '../ndarray.ts';

/** Length over which the field is alike, µm, across the probe; along it 1.5 times as much. */
const LENGTH_SCALE = 20;
const STRETCH_Y = 1.5;
/** Variance of the noise of a channel, that of the field being 1. */
const NOISE = 0.01;

/**
 * Kernel between positions, `K(p, q) = exp(-|p_x - q_x| / σ - |p_y - q_y| / (1.5σ))`: that of the interpolation of waveforms in
 * Huang et al. 2026 (`docs/methods.md`, step 3).
 *
 * @param xp (n, 2) x and y, µm
 * @param yp (m, 2) x and y, µm
 * @param sig σ, µm, above 0
 * @returns (n, m)
 * @throws RangeError when a shape is not (·, 2) or sig is not above 0
 */
export function computeKernel2D(
  xp: NdArray<ArrayLike<number>>,
  yp: NdArray<ArrayLike<number>>,
  sig = LENGTH_SCALE,
): NdArray {
  for (const { shape } of [xp, yp]) {
    if (shape.length !== 2 || shape[1] !== 2) {
      throw new RangeError(`computeKernel2D: got shape (${shape.join(', ')}), expected (points, 2)`);
    }
  }
  if (!(sig > 0)) throw new RangeError(`computeKernel2D: got sig ${sig}, expected a number above 0`);
  const [n] = xp.shape;
  const [m] = yp.shape;
  const kernel = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const dx = Math.abs(xp.data[2 * i] - yp.data[2 * j]);
      const dy = Math.abs(xp.data[2 * i + 1] - yp.data[2 * j + 1]);
      kernel[i * m + j] = Math.exp(-dx / sig - dy / (STRETCH_Y * sig));
    }
  }
  return ndarray(kernel, [n, m]);
}

/**
 * The waveform a unit would have if it were elsewhere: on every channel the field is read `location - locationNew` away,
 * `K(X + Δ, X) · (K(X, X) + 0.01·I)⁻¹ · W`.
 *
 * @param waveformMean (channels, samples) µV
 * @param location x and y of the unit, µm; more coordinates are ignored
 * @param channelLocations (channels, 2) µm
 * @param locationNew x and y of where it is to be, µm
 * @returns (channels, samples) µV
 * @throws RangeError when the shapes disagree
 */
export function waveformEstimation(
  waveformMean: NdArray<ArrayLike<number>>,
  location: ArrayLike<number>,
  channelLocations: NdArray<ArrayLike<number>>,
  locationNew: ArrayLike<number>,
): NdArray {
  const [channels, samples] = waveformMean.shape;
  if (waveformMean.shape.length !== 2 || channelLocations.shape.join() !== `${channels},2`) {
    throw new RangeError(
      `waveformEstimation: got waveforms (${waveformMean.shape.join(', ')}) and channel locations (${channelLocations.shape.join(', ')}), expected (channels, samples) and (channels, 2)`,
    );
  }
  const shifted = Float64Array.from(
    channelLocations.data,
    (position, i) => position + location[i % 2] - locationNew[i % 2],
  );
  const weights = Float64Array.from(waveformMean.data);
  choleskySolveInPlace(factorOfCovariance(channelLocations), channels, weights, samples);
  const { data: kernel } = computeKernel2D(ndarray(shifted, [channels, 2]), channelLocations);
  const out = new Float64Array(channels * samples);
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++) {
      const coefficient = kernel[i * channels + j];
      for (let t = 0; t < samples; t++) out[i * samples + t] += coefficient * weights[j * samples + t];
    }
  }
  return ndarray(out, [channels, samples]);
}

/** Cholesky factor of `K(X, X) + 0.01·I`. */
function factorOfCovariance(channelLocations: NdArray<ArrayLike<number>>): Float64Array {
  const channels = channelLocations.shape[0];
  const covariance = computeKernel2D(channelLocations, channelLocations).data;
  for (let c = 0; c < channels; c++) covariance[c * channels + c] += NOISE;
  if (!choleskyInPlace(covariance, channels)) {
    throw new RangeError('kriging: channel locations must be finite numbers');
  }
  return covariance;
}

/** Interpolates waveforms of one probe for any displacement. */
export interface Interpolator {
  readonly channels: number;
  /**
   * `K(Y + (0, dy), X) · (K(X, X) + 0.01·I)⁻¹`: what it turns waveforms on the channels X into is the field read `dy` above each
   * target Y; the targets are the channels themselves unless others are given.
   *
   * @param dy µm
   * @returns (targets, channels) row-major, fresh
   */
  matrix(dy: number): Float64Array;
}

/**
 * Prepares the interpolation for one probe; the covariance is inverted once.
 *
 * The kernel falls off exponentially along y. Within a column of channels (one x), the sum over all channels below a point is
 * that sum at the highest of them times one decay, and likewise above. With these sums tabulated for the rows of
 * the inverse, a matrix takes O(channels² · columns): 2.6 ms for 384 channels in 4 columns, against 82 ms by its definition.
 *
 * @param channelLocations (channels, 2) µm
 * @param targets (targets, 2) µm, where the field is to be read
 * @throws RangeError when a location is not finite
 */
export function createInterpolator(
  channelLocations: Float64Array,
  channels: number,
  targets = channelLocations,
): Interpolator {
  const factor = factorOfCovariance(ndarray(channelLocations, [channels, 2]));
  const inverse = new Float64Array(channels * channels);
  for (let c = 0; c < channels; c++) inverse[c * channels + c] = 1;
  choleskySolveInPlace(factor, channels, inverse, channels);
  const columns = probeColumns(channelLocations, channels).map((column) =>
    tabulate(column, inverse, channels),
  );

  return {
    channels,
    matrix(dy) {
      const matrix = new Float64Array((targets.length / 2) * channels);
      for (let c = 0; c < targets.length / 2; c++) {
        const row = matrix.subarray(c * channels, (c + 1) * channels);
        const y = targets[2 * c + 1] + dy;
        for (const { x, depths, below, above } of columns) {
          const closeness = Math.exp(-Math.abs(targets[2 * c] - x) / LENGTH_SCALE);
          const next = countUpTo(depths, y);
          if (next > 0) addScaled(row, closeness * decay(y - depths[next - 1]), below, next - 1);
          if (next < depths.length) addScaled(row, closeness * decay(depths[next] - y), above, next);
        }
      }
      return matrix;
    },
  };
}

const decay = (distance: number) => Math.exp(-distance / (STRETCH_Y * LENGTH_SCALE));

/** Channels that share an x, in the order of y. */
interface ProbeColumn {
  readonly x: number;
  readonly channels: readonly number[];
  readonly depths: Float64Array;
}

function probeColumns(locations: Float64Array, channels: number): ProbeColumn[] {
  const byX = new Map<number, number[]>();
  for (let c = 0; c < channels; c++) {
    const x = locations[2 * c];
    const members = byX.get(x);
    if (members) members.push(c);
    else byX.set(x, [c]);
  }
  return [...byX].map(([x, members]) => {
    members.sort((a, b) => locations[2 * a + 1] - locations[2 * b + 1] || a - b);
    return { x, channels: members, depths: Float64Array.from(members, (c) => locations[2 * c + 1]) };
  });
}

/**
 * Row k of `below` is `Σ_{j ≤ k} decay(y_k - y_j) · inverse[j]`, row k of `above` the same over j ≥ k; j and k count the channels
 * of the column upwards.
 */
function tabulate(column: ProbeColumn, inverse: Float64Array, channels: number) {
  const { depths } = column;
  const n = depths.length;
  const below = new Float64Array(n * channels);
  const above = new Float64Array(n * channels);
  column.channels.forEach((c, k) => {
    const row = inverse.subarray(c * channels, (c + 1) * channels);
    below.set(row, k * channels);
    above.set(row, k * channels);
  });
  for (let k = 1; k < n; k++) {
    const row = below.subarray(k * channels, (k + 1) * channels);
    addScaled(row, decay(depths[k] - depths[k - 1]), below, k - 1);
  }
  for (let k = n - 2; k >= 0; k--) {
    const row = above.subarray(k * channels, (k + 1) * channels);
    addScaled(row, decay(depths[k + 1] - depths[k]), above, k + 1);
  }
  return { x: column.x, depths, below, above };
}

/** `row += factor · table[k]` */
function addScaled(row: Float64Array, factor: number, table: Float64Array, k: number): void {
  const start = k * row.length;
  for (let i = 0; i < row.length; i++) row[i] += factor * table[start + i];
}

/** How many of the ascending values are at most `limit`. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
