import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../core/settings.ts';
import type { CheckSummary, RunSummary } from '../../stages/stage-options.ts';
import { formatCheckSummary, formatRunSummary } from './summary.ts';

const run: RunSummary = {
  settings: resolveSettings({}).settings,
  units: 1234,
  sessions: 5,
  channels: 96,
  samples: 64,
  shanks: 1,
  clusters: 210,
  matches: 1,
  weights: [
    { feature: 'Waveform', weight: 0.71234 },
    { feature: 'AutoCorr', weight: 0.28766 },
  ],
  thresholds: [1.5],
  motionRange: [-12.34, 0.04],
  seconds: { preprocessing: 3.21, motion: 61 },
  candidatePairs: 5000,
  totalSeconds: 65.4,
  processorSeconds: 98.7,
  peakMemory: 1.23e9,
  kernels: 'plain',
  threads: 2,
  warnings: [],
  outputFolder: '/data/DANT_Output',
};

const check: CheckSummary = {
  dataFolder: '/data',
  units: 30,
  sessions: 2,
  channels: 48,
  samples: 64,
  shankIds: [1],
  unitsPerSession: [20, 10],
  spikes: 30_000,
  hasPeth: false,
  memory: 3e8,
  seconds: 12,
  warnings: ['unknown setting "foo" is ignored'],
};

describe('the summary of a run', () => {
  test('tells all that was found and where it lies', () => {
    expect(formatRunSummary(run, { figures: true })).toMatchInlineSnapshot(`
      "Found 210 neurons in more than one session: 1 matched pair among 1,234 units of 5 sessions.

        Recording    1,234 units, 5 sessions, 96 channels × 64 samples
        Preset       recommended
        Weights      Waveform 0.712, AutoCorr 0.288
        Threshold    1.500
        Motion       -12.3 to 0.0 µm
        Time         1 min 5 s (preprocessing 3.2 s, motion 1 min 1 s)
        Memory       1.2 GB at most
        Computed by  plain kernels, 2 threads

      Results in /data/DANT_Output
        Figures/Overview.png  all figures on one page: look at this first
        IdxCluster.npy        the neuron of every unit; -1 where it has no match
        MatchedPairs.npy      pairs of units that are one neuron
        Output.npz            everything"
    `);
  });

  test('has a line of weights for every shank', () => {
    const text = formatRunSummary(
      {
        ...run,
        shanks: 2,
        weights: [
          { shank: 0, feature: 'Waveform', weight: 1 },
          { shank: 4, feature: 'Waveform', weight: 1 },
        ],
        thresholds: [Number.POSITIVE_INFINITY, 2],
      },
      { figures: true },
    );
    expect(text).toContain('Weights, shank 0  Waveform 1.000\n');
    expect(text).toContain('Weights, shank 4  Waveform 1.000\n');
    expect(text).toContain('+∞, 2.000');
  });

  test('does not speak of figures that were not drawn', () => {
    expect(formatRunSummary(run, { figures: false })).not.toContain('Overview');
  });
});

describe('the summary of a check', () => {
  test('shows the units of every session, estimates and warnings', () => {
    expect(formatCheckSummary(check)).toMatchInlineSnapshot(`
      "/data can be tracked.

        Recording        30 units, 2 sessions, 48 channels × 64 samples
        Spikes           30,000 (1,000 per unit)
        PETH             none
        Memory of a run  about 300 MB
        Time of a run    about 10 s

      Units per session
        1  20  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
        2  10  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇

      1 Warning
        unknown setting "foo" is ignored"
    `);
  });
});
