/**
 * Corrected waveforms when sessions recorded different channels: the field is interpolated from the channels that a session recorded, and
 * read only where they tell enough about it.
 */
import { breathe, type RunContext } from '../context.ts';
import type { Probe, Waveforms } from '../dataset.ts';
import { displacements, templatePositions } from '../motion/corrected-waveforms.ts';
import { computeKernel2D, createInterpolator, type Interpolator } from '../motion/kriging.ts';
import type { Motion } from '../motion/motion.ts';
import { ndarray } from '../ndarray.ts';
import type { CorrectedWaveforms } from '../result.ts';
import { type RecordedPattern, recordedPatterns, unitsOfSessions } from './patterns.ts';

/** Part of the variance of the field that the recorded channels must explain where it is read. */
const EXPLAINED_ENOUGH = 0.5;

/** Interpolates from the recorded channels of one pattern to all channels. */
class PatternInterpolator {
  private readonly interpolator: Interpolator;

  constructor(
    readonly pattern: RecordedPattern,
    private readonly probe: Probe,
  ) {
    this.interpolator = createInterpolator(pattern.locations, pattern.channels.length, probe.locations);
  }

  /**
   * @returns the matrix on all channels, columns of missing ones 0, and the channels at which the field cannot be read
   */
  at(dy: number): { matrix: Float64Array; unknown: readonly number[] } {
    const { channels, locations } = this.probe;
    const n = this.pattern.channels.length;
    const weights = this.interpolator.matrix(dy);
    const positions = locations.map((position, i) => position + (i % 2 === 1 ? dy : 0));
    const kernel = computeKernel2D(
      ndarray(positions, [channels, 2]),
      ndarray(this.pattern.locations, [n, 2]),
    ).data;
    const matrix = new Float64Array(channels * channels);
    const unknown: number[] = [];
    for (let c = 0; c < channels; c++) {
      let explained = 0;
      for (let k = 0; k < n; k++) {
        const weight = weights[c * n + k];
        explained += weight * kernel[c * n + k];
        matrix[c * channels + this.pattern.channels[k]] = weight;
      }
      if (!(explained >= EXPLAINED_ENOUGH)) unknown.push(c);
    }
    return { matrix, unknown };
  }
}

export interface RecordedCorrection {
  /**
   * Waveforms as they came; on channels that their session did not record, the field between those that it did where they tell enough,
   * else NaN.
   */
  uncorrected(): Promise<CorrectedWaveforms>;
  /** Waveforms on the reference probes (`correctWaveforms`), NaN where the field cannot be read. */
  correct(motion: Motion): Promise<CorrectedWaveforms>;
}

/**
 * Prepares the correction of waveforms that are NaN on channels that were not recorded.
 * @param sessions (units,) session numbers, 1..N
 * @param locations (units, 3) µm
 */
export function recordedCorrection(
  waveforms: Waveforms,
  sessions: Int32Array,
  locations: Float64Array,
  probe: Probe,
  nTemplates: number,
  context: RunContext,
): RecordedCorrection {
  const { data, units, channels, samples } = waveforms;
  const { kernels, signal } = context;
  const interpolators = recordedPatterns(probe).map((pattern) => new PatternInterpolator(pattern, probe));
  const members = interpolators.map(({ pattern }) => unitsOfSessions(sessions, pattern.sessions));
  const depths = Float64Array.from({ length: units }, (_, unit) => locations[3 * unit + 1]);

  /** @param shifts (units,) µm */
  const interpolate = async (shifts: Float64Array, progress: (done: number) => void) => {
    const filled = kernels.float32(data.length);
    for (let i = 0; i < data.length; i++) filled[i] = Number.isNaN(data[i]) ? 0 : data[i];
    const out = kernels.float32(data.length);
    let done = 0;
    for (const [p, interpolator] of interpolators.entries()) {
      const groups = new Map<number, number[]>();
      for (const unit of members[p]) {
        const group = groups.get(shifts[unit]);
        if (group) group.push(unit);
        else groups.set(shifts[unit], [unit]);
      }
      for (const [shift, own] of groups) {
        const { matrix, unknown } = interpolator.at(shift);
        await kernels.krige(filled, channels, samples, [{ matrix, units: Int32Array.from(own) }], out, {
          signal,
        });
        for (const unit of own) {
          for (const channel of unknown) {
            const from = (unit * channels + channel) * samples;
            out.fill(Number.NaN, from, from + samples);
          }
        }
        done += own.length;
        progress(done);
        await breathe(signal);
      }
    }
    kernels.release(filled);
    return out;
  };
  const report = (done: number, total: number) =>
    context.onEvent?.({ kind: 'progress', stage: 'motion', step: 'corrected waveforms', done, total });

  return {
    async uncorrected() {
      const out = await interpolate(new Float64Array(units), (done) => report(done, units));
      for (let i = 0; i < data.length; i++) if (!Number.isNaN(data[i])) out[i] = data[i];
      return { units, channels, samples, templates: [out], interpolated: false };
    },
    async correct(motion) {
      const positions = templatePositions(motion, probe.locations, nTemplates);
      const arrays = new Map<number, Float32Array>();
      const distinct = [...new Set(positions)];
      for (const [r, position] of distinct.entries()) {
        const shifts = displacements(motion, sessions, depths, position);
        arrays.set(
          position,
          await interpolate(shifts, (done) => report(r * units + done, distinct.length * units)),
        );
      }
      const templates = Array.from(positions, (position) => arrays.get(position) as Float32Array);
      return { units, channels, samples, templates, interpolated: true };
    },
  };
}
