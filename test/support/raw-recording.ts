/** A raw recording as an acquisition system writes it, made from a simulated one. */
import type { Random } from '../../src/core/random.ts';
import type { RecordingPlan } from '../../src/core/simulation/simulate.ts';

/** µV per bit: Neuropixels 1.0 at gain 500. */
export const GAIN = 2.34375;

const BLOCK = 20_000;
/** Noise of every channel, correlated by 1/2 between samples, as the simulator puts it on the mean of its spikes (`NoiseOptions`), µV. */
const NOISE = 15;
/** Noise that all channels have in common, and slow waves, µV. */
const COMMON_NOISE = 10;
const SLOW_WAVES = 150;

/**
 * int16, channels interleaved, in the order of the turned channel map, with a sync channel last. Spikes stand in noise like that of the simulator's
 * own mean waveforms, and in what is only in a raw recording: common noise, slow waves, offsets, amplitudes that vary, and each other.
 */
export function* rawChunks(
  plan: RecordingPlan,
  spikes: readonly { time: number; unit?: number; amplitude: number }[],
  sites: readonly number[],
  total: number,
  random: Random,
): Generator<Uint8Array> {
  const channels = sites.length;
  const table = Float32Array.from({ length: 1 << 16 }, () => random.normal());
  const noise = new Float32Array(channels);
  const waveforms = new Map<number, Float32Array>();
  const before = Math.floor(plan.samples / 3);
  const size = channels + 1;
  let first = 0;
  for (let start = 0; start < total; start += BLOCK) {
    const count = Math.min(BLOCK, total - start);
    const block = new Float32Array(count * channels);
    while (first < spikes.length && spikes[first].time - before + plan.samples < start) first++;
    for (let s = first; s < spikes.length && spikes[s].time - before < start + count; s++) {
      const { unit, time, amplitude } = spikes[s];
      if (unit === undefined) continue;
      const known = waveforms.get(unit) ?? plan.simulateUnitWaveform(unit);
      waveforms.set(unit, known);
      for (let t = 0; t < plan.samples; t++) {
        const at = time - before + t - start;
        if (at < 0 || at >= count) continue;
        for (let c = 0; c < channels; c++) {
          block[at * channels + c] += amplitude * known[sites[c] * plan.samples + t];
        }
      }
    }
    const values = new Int16Array(count * size);
    for (let t = 0; t < count; t++) {
      const slow = SLOW_WAVES * Math.sin((start + t) / 900) + COMMON_NOISE * table[(start + t) & 0xffff];
      let at = random.integer(1 << 16);
      for (let c = 0; c < channels; c++) {
        at = (at + 1) & 0xffff;
        noise[c] = 0.5 * noise[c] + Math.sqrt(0.75) * NOISE * table[at];
        const uv = block[t * channels + c] + slow + noise[c] + 3 * c;
        values[t * size + (channels - 1 - c)] = Math.round(uv / GAIN);
      }
      values[t * size + channels] = 64;
    }
    yield new Uint8Array(values.buffer);
  }
}
