/** Where a unit is: from how the size of its waveform falls off over the channels around its peak. */
import type { NdArray } from '../ndarray.ts';
import { type LeastSquares, minimizeWithinBounds } from './bounded-least-squares.ts';

export type LocationAlgorithm = 'monopolar_triangulation' | 'center_of_mass';

export interface SpikeLocation {
  /** µm */
  readonly x: number;
  /** µm, along the probe */
  readonly y: number;
  /** µm, distance from the plane of the probe; 0 for `center_of_mass` */
  readonly z: number;
  /** Amplitude: the source strength α in µV·µm, or for `center_of_mass` the peak-to-trough of the peak channel in µV. */
  readonly ptt: number;
}

export interface LocatedUnit extends SpikeLocation {
  /** First channel with the largest peak-to-trough. */
  readonly peakChannel: number;
}

export interface LocatorOptions {
  readonly location_algorithm: LocationAlgorithm;
  /** Channels nearest the peak channel that take part; all, when there are fewer. */
  readonly n_nearest_channels: number;
}

type Waveform = Float32Array | Float64Array;

/** How far from the centre of mass the source is searched for, in x and y, µm. */
const SEARCH_RADIUS = 100;
/** Bounds of the distance from the probe, µm. */
const [NEAREST, FARTHEST] = [1, 1000];
/** Largest α, as a multiple of the peak-to-trough of the peak channel. */
const LARGEST_STRENGTH = 1000;

/**
 * Location of a unit from its mean waveform. Over the channels nearest the peak channel, weighted by the peak-to-trough `ptt`,
 * `center_of_mass` takes the mean position. `monopolar_triangulation` fits a point source,
 * `Σ_c (ptt_c - α / √((x-x_c)² + (y-y_c)² + z²))²` (Boussard et al., NeurIPS 2021), from there: x and y within 100 µm of
 * the centre of mass, z within 1..1000 µm, α within 0..1000 times the largest ptt. Of several local minima it is the one that
 * a trust region leads to. A waveform that is flat on all channels is located at their unweighted mean with amplitude 0.
 *
 * @param waveformsMean (channels, samples) µV
 * @param channelLocations (channels, 2) µm
 * @throws RangeError when the shapes disagree or `nNearestChannels` is below 1
 */
export function spikeLocation(
  waveformsMean: NdArray<ArrayLike<number>>,
  channelLocations: NdArray<ArrayLike<number>>,
  nNearestChannels = 20,
  algorithm: LocationAlgorithm = 'monopolar_triangulation',
): SpikeLocation {
  const [channels, samples] = waveformsMean.shape;
  if (waveformsMean.shape.length !== 2 || channelLocations.shape.join() !== `${channels},2`) {
    throw new RangeError(
      `spikeLocation: got waveforms (${waveformsMean.shape.join(', ')}) and channel locations (${channelLocations.shape.join(', ')}), expected (channels, samples) and (channels, 2)`,
    );
  }
  const locate = createLocator(channelLocations.data, channels, samples, {
    location_algorithm: algorithm,
    n_nearest_channels: nNearestChannels,
  });
  const { x, y, z, ptt } = locate(Float64Array.from(waveformsMean.data));
  return { x, y, z, ptt };
}

/**
 * `spikeLocation` for many units of one probe: the nearest channels are looked up once per peak channel.
 *
 * @param channelLocations (channels, 2) µm
 * @returns a function of one unit's waveform, (channels, samples) row-major, µV
 * @throws RangeError when `n_nearest_channels` is below 1
 */
export function createLocator(
  channelLocations: ArrayLike<number>,
  channels: number,
  samples: number,
  { location_algorithm, n_nearest_channels }: LocatorOptions,
): (waveform: Waveform) => LocatedUnit {
  if (!(n_nearest_channels >= 1)) {
    throw new RangeError(`createLocator: got ${n_nearest_channels} nearest channels, expected at least 1`);
  }
  const nearest: Int32Array[] = new Array(channels);
  const ptt = new Float64Array(channels);
  return (waveform) => {
    peakToTrough(waveform, channels, samples, ptt);
    const peakChannel = findPeakChannel(ptt);
    nearest[peakChannel] ??= nearestChannels(channelLocations, peakChannel, n_nearest_channels);
    const near = nearest[peakChannel];
    const peak = ptt[peakChannel];
    const weights = Float64Array.from(near, (c) => (peak > 0 ? ptt[c] : 1));
    const centre = centreOfMass(channelLocations, near, weights);
    if (location_algorithm === 'center_of_mass') return { ...centre, z: 0, ptt: peak, peakChannel };
    if (peak === 0) return { ...centre, z: NEAREST, ptt: 0, peakChannel };
    return { ...triangulate(channelLocations, near, weights, centre, peak), peakChannel };
  };
}

/**
 * Peak-to-trough that the located source has on a channel: within a tenth of what the waveform has there, for most units.
 * @param source location, and amplitude as `spikeLocation` gives it
 * @param channel position of the channel, µm
 * @returns µV
 */
export function amplitudeAt(
  { x, y, z, ptt }: SpikeLocation,
  channel: { readonly x: number; readonly y: number },
  algorithm: LocationAlgorithm,
): number {
  return algorithm === 'center_of_mass' ? ptt : ptt / Math.hypot(x - channel.x, y - channel.y, z);
}

/**
 * Largest minus smallest sample of every channel.
 * @param waveform (channels, samples) row-major
 * @param out (channels,)
 */
export function peakToTrough(waveform: Waveform, channels: number, samples: number, out: Float64Array): void {
  for (let c = 0; c < channels; c++) {
    let least = waveform[c * samples];
    let most = least;
    for (let i = c * samples + 1; i < (c + 1) * samples; i++) {
      const value = waveform[i];
      if (value < least) least = value;
      else if (value > most) most = value;
    }
    out[c] = most - least;
  }
}

/** First channel with the largest peak-to-trough. */
export function findPeakChannel(ptt: Float64Array): number {
  let peak = 0;
  for (let c = 1; c < ptt.length; c++) if (ptt[c] > ptt[peak]) peak = c;
  return peak;
}

/** The `count` channels nearest a channel, itself first; ties go to the lower index. */
function nearestChannels(locations: ArrayLike<number>, channel: number, count: number): Int32Array {
  const distance = new Float64Array(locations.length / 2);
  for (let c = 0; c < distance.length; c++) {
    const dx = locations[2 * c] - locations[2 * channel];
    const dy = locations[2 * c + 1] - locations[2 * channel + 1];
    distance[c] = dx * dx + dy * dy;
  }
  const order = Array.from(distance.keys()).sort((a, b) => distance[a] - distance[b] || a - b);
  return Int32Array.from(order.slice(0, count));
}

function centreOfMass(
  locations: ArrayLike<number>,
  near: Int32Array,
  weights: Float64Array,
): { x: number; y: number } {
  let [x, y, total] = [0, 0, 0];
  near.forEach((c, i) => {
    x += locations[2 * c] * weights[i];
    y += locations[2 * c + 1] * weights[i];
    total += weights[i];
  });
  return { x: x / total, y: y / total };
}

function triangulate(
  locations: ArrayLike<number>,
  near: Int32Array,
  ptt: Float64Array,
  centre: { x: number; y: number },
  peak: number,
): SpikeLocation {
  const fit = new Monopole(
    Float64Array.from(near, (c) => locations[2 * c] - centre.x),
    Float64Array.from(near, (c) => locations[2 * c + 1] - centre.y),
    ptt,
  );
  const { x } = minimizeWithinBounds(
    fit,
    Float64Array.of(0, 0, NEAREST, peak),
    Float64Array.of(-SEARCH_RADIUS, -SEARCH_RADIUS, NEAREST, 0),
    Float64Array.of(SEARCH_RADIUS, SEARCH_RADIUS, FARTHEST, LARGEST_STRENGTH * peak),
  );
  return { x: centre.x + x[0], y: centre.y + x[1], z: x[2], ptt: x[3] };
}

/** Residuals `r_c = ptt_c - α/ρ_c`, `ρ_c = √((x-x_c)² + (y-y_c)² + z²)`, of the parameters (x, y, z, α). */
export class Monopole implements LeastSquares {
  readonly parameters = 4;

  constructor(
    private readonly channelX: Float64Array,
    private readonly channelY: Float64Array,
    private readonly ptt: Float64Array,
  ) {}

  cost(parameters: Float64Array): number {
    const { channelX, channelY, ptt } = this;
    const x = parameters[0];
    const y = parameters[1];
    const z = parameters[2];
    const alpha = parameters[3];
    let sum = 0;
    for (let c = 0; c < ptt.length; c++) {
      const dx = x - channelX[c];
      const dy = y - channelY[c];
      const residual = ptt[c] - alpha / Math.sqrt(dx * dx + dy * dy + z * z);
      sum += residual * residual;
    }
    return sum / 2;
  }

  expand(
    parameters: Float64Array,
    gradient: Float64Array,
    gaussNewton: Float64Array,
    hessian: Float64Array,
  ): void {
    const { channelX, channelY, ptt } = this;
    const x = parameters[0];
    const y = parameters[1];
    const z = parameters[2];
    const alpha = parameters[3];
    gradient.fill(0);
    gaussNewton.fill(0);
    hessian.fill(0);
    const offset = Float64Array.of(0, 0, z);
    const slope = new Float64Array(4);
    for (let c = 0; c < ptt.length; c++) {
      offset[0] = x - channelX[c];
      offset[1] = y - channelY[c];
      const inverse = 1 / Math.sqrt(offset[0] * offset[0] + offset[1] * offset[1] + z * z);
      const cube = inverse * inverse * inverse;
      const residual = ptt[c] - alpha * inverse;
      // ∂r/∂u = αu/ρ³, ∂r/∂α = -1/ρ; ∂²r/∂u∂v = α(δ_uv/ρ³ - 3uv/ρ⁵), ∂²r/∂u∂α = u/ρ³
      for (let i = 0; i < 3; i++) slope[i] = alpha * offset[i] * cube;
      slope[3] = -inverse;
      for (let i = 0; i < 4; i++) {
        gradient[i] += slope[i] * residual;
        for (let j = 0; j <= i; j++) gaussNewton[4 * i + j] += slope[i] * slope[j];
      }
      const bend = residual * alpha * cube;
      for (let i = 0; i < 3; i++) {
        hessian[5 * i] += bend;
        for (let j = 0; j <= i; j++) {
          hessian[4 * i + j] -= 3 * bend * offset[i] * offset[j] * inverse * inverse;
        }
        hessian[12 + i] += residual * offset[i] * cube;
      }
    }
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j <= i; j++) {
        hessian[4 * i + j] += gaussNewton[4 * i + j];
        gaussNewton[4 * j + i] = gaussNewton[4 * i + j];
        hessian[4 * j + i] = hessian[4 * i + j];
      }
    }
  }
}
