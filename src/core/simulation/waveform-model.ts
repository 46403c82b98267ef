/** The mean extracellular waveform of one unit on all channels of a probe. */
import type { Probe } from '../dataset.ts';
import type { Random } from '../random.ts';
import { peakToTrough, type SpikeShape } from './spike-shapes.ts';

/** A neuron as the probe sees it in one session. */
export interface WaveformSource {
  /** Position along the probe's face, µm. */
  readonly x: number;
  readonly y: number;
  /** Distance from the plane of the sites, µm, > 0. */
  readonly z: number;
  /** Peak-to-trough at a site exactly at (x, y), µV. */
  readonly amplitudeUv: number;
  readonly shape: SpikeShape;
  /** Exponent of the decay: 1 a monopole, 2 a dipole. */
  readonly decay: number;
  /** Factor by which the field reaches farther along the probe than across it; above and below the soma. */
  readonly elongationUp: number;
  readonly elongationDown: number;
  /** Conduction velocity along the probe, µm/ms; above and below the soma. */
  readonly velocityUp: number;
  readonly velocityDown: number;
  /** Relative widening of the spike per µm of distance from the soma. */
  readonly wideningPerUm: number;
  /** Relative change of the phases after the main one per µm towards larger y. */
  readonly lateGainPerUm: number;
  /** Displacement of the spike in time, ms. */
  readonly shiftMs: number;
}

export interface WaveformSampling {
  readonly samples: number;
  readonly sampleRateHz: number;
  /** Sample (0-based) at which the main phase stands on the channel nearest to the soma. */
  readonly troughSample: number;
  /** Standard deviation of the noise of the mean waveform, µV: that of single spikes over √(their number). */
  readonly noiseUv: number;
}

/** Correlation of the noise between neighbouring samples. */
const NOISE_CORRELATION = 0.5;

/** Distance from the soma beyond which the spike no longer changes its width and phases, µm. */
const FAR_UM = 150;

/**
 * Part of the amplitude at a site: `(z / √(dx² + (dy/e)² + z²))^decay`, a monopole for decay 1 (Boussard et al. 2021, eq. 1)
 * whose field is drawn out along the dendrites by the elongation e.
 *
 * @param dx,dy position of the site relative to the soma, µm
 * @returns 1 at dx = dy = 0, falling with distance
 */
export function amplitudeAt(source: WaveformSource, dx: number, dy: number): number {
  const along = dy / (dy > 0 ? source.elongationUp : source.elongationDown);
  const squared = (dx * dx + along * along) / (source.z * source.z);
  return (1 + squared) ** (-0.5 * source.decay);
}

/**
 * Mean waveform: the spike shape at every site, decayed with distance, delayed by the conduction along y, widened far
 * from the soma, plus Gaussian noise that correlates by 1/2 between neighbouring samples.
 *
 * @returns (channels, samples) µV
 */
export function simulateWaveform(
  source: WaveformSource,
  probe: Probe,
  sampling: WaveformSampling,
  random: Random,
): Float32Array {
  const { samples, troughSample, noiseUv } = sampling;
  const waveform = new Float32Array(probe.channels * samples);
  const msPerSample = 1000 / sampling.sampleRateHz;
  const scale = source.amplitudeUv / peakToTrough(source.shape);
  const innovation = innovationOf(noiseUv);
  for (let c = 0; c < probe.channels; c++) {
    const dx = probe.locations[2 * c] - source.x;
    const dy = probe.locations[2 * c + 1] - source.y;
    const gain = scale * amplitudeAt(source, dx, dy);
    const delayMs = Math.abs(dy) / (dy > 0 ? source.velocityUp : source.velocityDown) + source.shiftMs;
    const stretch = 1 + source.wideningPerUm * Math.min(Math.hypot(dx, dy), FAR_UM);
    const lateGain = 1 + source.lateGainPerUm * Math.max(-FAR_UM, Math.min(dy, FAR_UM));
    let noise = noiseUv * random.normal();
    for (let t = 0; t < samples; t++) {
      const timeMs = ((t - troughSample) * msPerSample - delayMs) / stretch;
      let value = 0;
      for (const phase of source.shape) {
        const u = (timeMs - phase.timeMs) / (timeMs < phase.timeMs ? phase.riseMs : phase.fallMs);
        const height = phase.timeMs > 0 ? phase.height * lateGain : phase.height;
        if (u > -6 && u < 6) value += height * Math.exp(-0.5 * u * u);
      }
      waveform[c * samples + t] = gain * value + noise;
      noise = NOISE_CORRELATION * noise + innovation * random.normal();
    }
  }
  return waveform;
}

/** The noise alone of a mean waveform. @returns (channels, samples) µV */
export function simulateNoise(
  channels: number,
  samples: number,
  noiseUv: number,
  random: Random,
): Float32Array {
  const values = new Float32Array(channels * samples);
  const innovation = innovationOf(noiseUv);
  for (let c = 0; c < channels; c++) {
    let noise = noiseUv * random.normal();
    for (let t = 0; t < samples; t++) {
      values[c * samples + t] = noise;
      noise = NOISE_CORRELATION * noise + innovation * random.normal();
    }
  }
  return values;
}

const innovationOf = (noiseUv: number) => noiseUv * Math.sqrt(1 - NOISE_CORRELATION ** 2);
