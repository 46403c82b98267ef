/** One sampling for all sessions: the same rate, length and place of the trough. */
import { InputError } from '../../core/errors.ts';
import { resample } from '../../core/signal/resample.ts';
import type { SessionWaveforms } from './sorted-session.ts';

/** What a session's waveforms are sampled like. */
export interface Sampling {
  readonly sampleRateHz: number;
  readonly samples: number;
  /** Sample at which the main phase of a typical unit stands. */
  readonly trough: number;
}

/** Rates that differ by less are one: clocks of acquisition systems are calibrated to some 1e-5. */
const SAME_RATE = 1e-3;
/** Fewest samples that a waveform is worth comparing with. */
const FEWEST_SAMPLES = 8;

/**
 * Sample of the main phase: over all units, the median of where the largest absolute value of the largest channel stands.
 * @param sites channels of the session
 */
export function measureTrough({ data, samples, missing }: SessionWaveforms, sites: number): number {
  const size = sites * samples;
  const troughs: number[] = [];
  for (let u = 0; u < data.length / size; u++) {
    if (missing.has(u)) continue;
    let best = -1;
    let at = 0;
    for (let i = u * size; i < (u + 1) * size; i++) {
      const value = Math.abs(data[i]);
      if (value > best) {
        best = value;
        at = (i - u * size) % samples;
      }
    }
    troughs.push(at);
  }
  troughs.sort((a, b) => a - b);
  return troughs[troughs.length >> 1] ?? Math.floor(samples / 3);
}

/**
 * The sampling that all sessions are brought to: the most frequent rate (the lower of equally frequent ones, which loses nothing that the
 * others have), and of the wanted window what every session holds.
 *
 * @param window time before and after the trough, ms
 * @throws InputError when nothing is left
 */
export function commonSampling(
  sessions: readonly Sampling[],
  window: readonly [number, number],
  names: readonly string[],
): Sampling {
  const rates = sessions.map(({ sampleRateHz }) => sampleRateHz);
  const votes = (rate: number) => rates.filter((other) => sameRate(rate, other)).length;
  const sampleRateHz = [...rates].sort((a, b) => votes(b) - votes(a) || a - b)[0];
  const inSamples = (ms: number) => Math.floor((ms * sampleRateHz) / 1000 + 1e-6);
  const stretch = sessions.map(({ sampleRateHz: rate }) =>
    sameRate(rate, sampleRateHz) ? 1 : sampleRateHz / rate,
  );
  const before = sessions.map(({ trough }, s) => Math.floor(trough * stretch[s] + 1e-9));
  const after = sessions.map(({ trough, samples }, s) =>
    Math.floor((samples - 1 - trough) * stretch[s] + 1e-9),
  );
  const trough = Math.min(inSamples(window[0]), ...before);
  const samples = trough + 1 + Math.min(inSamples(window[1]), ...after);
  if (samples >= FEWEST_SAMPLES) return { sampleRateHz, samples, trough };
  const shortest = before
    .map((b, s) => b + after[s])
    .reduce((best, n, s, all) => (n < all[best] ? s : best), 0);
  throw new InputError({
    where: names[shortest],
    found: `waveforms of ${sessions[shortest].samples} samples with the trough at sample ${sessions[shortest].trough}`,
    expected: `at least ${FEWEST_SAMPLES} samples that all sessions have around the trough`,
    remedy: 'Take longer waveforms, or leave the session out.',
  });
}

const sameRate = (a: number, b: number) => Math.abs(a - b) <= SAME_RATE * Math.max(a, b);

/**
 * Brings a channel from one sampling to another.
 * @returns (to.samples,)
 */
export function alignChannel(signal: Float32Array, from: Sampling, to: Sampling): ArrayLike<number> {
  const step = sameRate(from.sampleRateHz, to.sampleRateHz) ? 1 : from.sampleRateHz / to.sampleRateHz;
  return resample(signal, from.trough - to.trough * step, step, to.samples);
}

/** What alignment does to a session, for the report; undefined when nothing. */
export function describeAlignment(from: Sampling, to: Sampling): string | undefined {
  const parts: string[] = [];
  if (!sameRate(from.sampleRateHz, to.sampleRateHz)) {
    parts.push(`resampled from ${from.sampleRateHz} to ${to.sampleRateHz} Hz`);
  }
  if (from.trough !== to.trough) parts.push(`trough moved from sample ${from.trough} to ${to.trough}`);
  if (from.samples !== to.samples) parts.push(`${from.samples} samples cut to ${to.samples}`);
  return parts.length > 0 ? parts.join(', ') : undefined;
}
