import { describe, expect, it } from 'vitest';
import type { Dataset, Probe } from '../dataset.ts';
import { createPlainKernels } from '../kernels/plain.ts';
import { correctWaveforms } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import { Motion } from '../motion/motion.ts';
import { createRandom } from '../random.ts';
import { resolveSettings } from '../settings.ts';
import {
  nearestChannelsOnShank,
  uncorrected,
  waveformSimilarity,
} from '../similarity/waveform-similarity.ts';
import { scoreTracking } from '../simulation/score.ts';
import { simulateRecording } from '../simulation/simulate.ts';
import { track } from '../track.ts';
import { recordedCorrection } from './corrected-waveforms.ts';
import { recordedPatterns } from './patterns.ts';
import { recordedWaveformSimilarity } from './waveform-similarity.ts';

const context = { kernels: createPlainKernels() };
const { settings } = resolveSettings(
  { waveformCorrection: { n_nearest_channels: 20 } },
  { hasPeth: false, fromFile: false },
);
const simulated = simulateRecording({
  probe: 'small',
  sessions: 4,
  neuronsPerSession: 18,
  samples: 32,
  peth: false,
  firing: { durationMs: 150_000 },
  amplitude: { min: 70 },
  seed: 11,
});
const { dataset, neuronId, sessions } = simulated;
const { channels } = dataset.probe;
const { samples } = dataset.waveforms;

/** The recording with the channels of each session that `keep` tells. */
function recordedOnly(keep: (session: number, channel: number) => boolean, missing = Number.NaN): Dataset {
  const recorded = Uint8Array.from({ length: dataset.sessionCount * channels }, (_, i) =>
    keep(Math.floor(i / channels) + 1, i % channels) ? 1 : 0,
  );
  const data = dataset.waveforms.data.map((value, i) => {
    const unit = Math.floor(i / (channels * samples));
    return recorded[(sessions[unit] - 1) * channels + (Math.floor(i / samples) % channels)] ? value : missing;
  });
  const probe: Probe = Number.isNaN(missing) ? { ...dataset.probe, recorded } : dataset.probe;
  return { ...dataset, probe, waveforms: { ...dataset.waveforms, data } };
}

const scoreOf = async (data: Dataset) => {
  const { curation, motion } = await track(data, settings, context);
  const { pairs, motionError } = scoreTracking({
    labels: curation.labels,
    neuronId,
    sessions,
    motion,
    trueMotion: simulated.trueMotion,
  });
  return { f1: pairs.f1, precision: pairs.precision, motionError: motionError?.rms ?? 0 };
};

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};

describe('waveforms of which nothing is missing', () => {
  const probe: Probe = {
    ...dataset.probe,
    recorded: new Uint8Array(dataset.sessionCount * channels).fill(1),
  };

  it('have the similarities of the dense path', async () => {
    const neighbours = nearestChannelsOnShank(probe, 20);
    const waveforms = uncorrected(dataset.waveforms);
    const expected = await waveformSimilarity(waveforms, neighbours, context);
    expect(largest(await recordedWaveformSimilarity(waveforms, neighbours, context), expected)).toBeLessThan(
      1e-6,
    );
  });

  it('are corrected as by the dense path, where the probe has channels to read them from', async () => {
    const locations = new Float64Array(3 * dataset.units);
    const motion = new Motion(4, { constant: [0, 12, -20, 8] });
    const args = [dataset.waveforms, sessions, locations, probe] as const;
    const dense = await correctWaveforms(...args, motion, {
      nTemplates: 2,
      interpolator: createInterpolator(probe.locations, channels),
      context,
    });
    const { templates } = await recordedCorrection(...args, 2, context).correct(motion);
    for (const [r, template] of templates.entries()) {
      const known = [...template.keys()].filter((i) => !Number.isNaN(template[i]));
      const pick = (from: Float32Array) => known.map((i) => from[i]);
      expect(largest(pick(template), pick(dense.templates[r]))).toBeLessThan(1e-4);
      expect(known.length / template.length).toBeGreaterThan(0.9);
    }
  });
});

describe('sessions that recorded different channels', () => {
  it('are told apart by the sets of their channels', () => {
    const { probe } = recordedOnly((session, channel) => session < 3 || channel >= 16);
    const patterns = recordedPatterns(probe);
    expect(patterns.map((p) => [p.channels.length, [...p.sessions]])).toEqual([
      [64, [1, 2]],
      [48, [3, 4]],
    ]);
  });

  it('with scattered dead channels are tracked as well as with all, and far better than with zeros', async () => {
    const random = createRandom(3);
    const dead = Uint8Array.from({ length: 4 * channels }, () => (random.uniform() < 0.2 ? 1 : 0));
    const keep = (session: number, channel: number) => dead[(session - 1) * channels + channel] === 0;
    const all = await scoreOf(dataset);
    const missing = await scoreOf(recordedOnly(keep));
    const zeros = await scoreOf(recordedOnly(keep, 0));
    expect(missing.f1).toBeGreaterThan(all.f1 - 0.05);
    expect(missing.f1).toBeGreaterThan(zeros.f1 + 0.05);
    expect(missing.motionError).toBeLessThan(3);
  });

  it('that share no site but interleave are matched by interpolation', async () => {
    // Rows of two sites, 20 µm apart: even rows in odd sessions, odd rows in even ones.
    const { f1, precision } = await scoreOf(
      recordedOnly((session, channel) => (channel >> 1) % 2 === session % 2),
    );
    expect(f1).toBeGreaterThan(0.85);
    expect(precision).toBeGreaterThan(0.95);
  });

  it('do not match units of parts that only one of them saw', async () => {
    const halves = recordedOnly((session, channel) => (session <= 2 ? channel < 32 : channel >= 32));
    const { curation } = await track(halves, settings, context);
    const { labels } = curation;
    let across = 0;
    for (let i = 0; i < labels.length; i++)
      for (let j = 0; j < i; j++)
        if (labels[i] >= 0 && labels[i] === labels[j] && sessions[i] <= 2 !== sessions[j] <= 2) across++;
    expect(across).toBe(0);
  });
});
