/** The sessions of a recording with every unit cut in two, one session at a time. */
import type { Probe, Waveforms } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { HalvedSession } from '../core/evaluation/split-halves.ts';
import { pathIn, type Store } from './byte-source.ts';
import { readAllButWaveforms } from './dataset.ts';
import { firstNotFinite } from './not-finite.ts';
import { openNpy, readNpyFileAs, readNpyRowsAs } from './npy.ts';
import { notFinite } from './waveform-file.ts';

/** Mean waveforms over either half of the spikes: (units, 2, channels, samples). */
export const HALVES_FILE = 'waveform_halves.npy';

export interface HalvedRecording {
  /** Whether there are waveforms of either half; otherwise both halves of a unit have its one waveform. */
  readonly waveformsHalved: boolean;
  /**
   * Some units of one session, on the channels that it recorded.
   * @param which ascending
   * @throws InputError when they cannot be read, or are no finite numbers
   */
  session(which: Int32Array): Promise<HalvedSession>;
}

/** @throws InputError when a file is missing or its shape is wrong */
export async function openHalvedRecording(store: Store): Promise<HalvedRecording> {
  const { files, probe, sessions, spikeTimes } = await readAllButWaveforms(store, {});
  const { units, channels, samples } = files;
  const source = await store.open(HALVES_FILE);
  const halves = source && (await openNpy(source));
  if (halves && halves.shape.join() !== `${units},2,${channels},${samples}`) {
    throw new InputError({
      where: pathIn(store, HALVES_FILE),
      found: `an array of shape (${halves.shape.join(', ')})`,
      expected: `(${units}, 2, ${channels}, ${samples}), both halves of the waveforms of waveform_all.npy`,
      remedy: 'Save both files from the same units and channels, or remove it.',
    });
  }
  const size = channels * samples;
  const file = halves ?? files.waveforms;
  // Single units cannot be read out of an array in Fortran order.
  const whole = file.fortranOrder ? (await readNpyFileAs(file, 'float32')).data : undefined;
  const row = (halves ? 2 : 1) * size;
  const read = async (unit: number) =>
    whole?.subarray(unit * row, (unit + 1) * row) ??
    (await readNpyRowsAs(file, unit, unit + 1, 'float32')).data;
  return {
    waveformsHalved: halves !== undefined,
    async session(which) {
      const kept = recordedChannels(probe, sessions[which[0]] ?? 1);
      const n = which.length;
      const out = new Float32Array(2 * n * kept.length * samples);
      for (let i = 0; i < n; i++) {
        const data = await read(which[i]);
        for (const half of [0, 1]) {
          const from = half * (row - size);
          const to = (half * n + i) * kept.length * samples;
          kept.forEach((channel, c) => {
            const start = from + channel * samples;
            out.set(data.subarray(start, start + samples), to + c * samples);
          });
        }
      }
      const bad = firstNotFinite(out);
      if (bad >= 0) {
        const unit = which[Math.floor(bad / (kept.length * samples)) % n];
        throw notFinite(file.source.name, out[bad], `unit ${unit}`);
      }
      const waveforms: Waveforms = { data: out, units: 2 * n, channels: kept.length, samples };
      return {
        units: n,
        probe: subsetProbe(probe, kept),
        waveforms,
        spikeTimes: (unit) => spikeTimes(which[unit]),
      };
    },
  };
}

function recordedChannels({ channels, recorded }: Probe, session: number): number[] {
  const all = Array.from({ length: channels }, (_, c) => c);
  return recorded ? all.filter((c) => recorded[(session - 1) * channels + c] === 1) : all;
}

function subsetProbe(probe: Probe, kept: readonly number[]): Probe {
  return {
    channels: kept.length,
    locations: Float64Array.from(kept.flatMap((c) => [probe.locations[2 * c], probe.locations[2 * c + 1]])),
    shanks: Int32Array.from(kept, (c) => probe.shanks[c]),
    hasShanks: probe.hasShanks,
  };
}
