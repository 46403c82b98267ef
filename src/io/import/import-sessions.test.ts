import { beforeAll, describe, expect, it } from 'vitest';
import {
  importAndTrack,
  LENGTH,
  plan,
  SIMULATION,
  simulatedF1,
  type WrittenSession,
} from '../../../test/support/imported.ts';
import { type SortedFolderOptions, writeSortedFolder } from '../../../test/support/sorted-folders.ts';
import { createHighPass } from '../../core/signal/high-pass.ts';
import { planRecording, type RecordingPlan } from '../../core/simulation/simulate.ts';
import { subStore } from '../byte-source.ts';
import { MemoryStore } from '../memory-store.ts';
import { readNpyAs } from '../npy.ts';
import { IMPORT_DEFAULTS, type ImportOptions } from './import-sessions.ts';
import { openSession } from './recognise.ts';

const { sampleRateHz: RATE } = LENGTH;
const noiseless = planRecording({ ...SIMULATION, noise: { spikeUv: 0 } });

function open(store: MemoryStore, folder: string) {
  return openSession((inner) => {
    const path = inner === '' ? folder : `${folder}/${inner}`;
    return { folder: subStore(store, path), open: (name) => store.open(`${path}/${name}`) };
  });
}

/** Writes all sessions as folders, imports them, and tracks them. */
async function writeAndTrack(
  { raw, ...folders }: Omit<SortedFolderOptions, 'sampleRateHz' | 'durationMs' | 'raw'> & { raw?: boolean },
  options: Partial<ImportOptions> = {},
  of: (session: number) => { from?: RecordingPlan; change?: Partial<SortedFolderOptions> } = () => ({}),
) {
  const store = new MemoryStore();
  const sessions: WrittenSession[] = [];
  for (let s = 1; s <= plan.sessionCount; s++) {
    const { from = plan, change } = of(s);
    const { units } = await writeSortedFolder(subStore(store, `s${s}`), from, s, {
      ...LENGTH,
      ...folders,
      ...(raw && { raw: noiseless }),
      ...change,
    });
    sessions.push({ session: await open(store, `s${s}`), units });
  }
  return importAndTrack(sessions, options);
}

let reference: number;
beforeAll(async () => {
  reference = await simulatedF1();
});

const agreement = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return { r: ab / Math.sqrt(aa * bb), gain: ab / bb };
};

/** Agreement of the waveforms with those of the simulation, high-passed like raw ones or not. */
function compareWaveforms({ dataset, source }: Awaited<ReturnType<typeof writeAndTrack>>, filtered: boolean) {
  const { samples, channels, data } = dataset.waveforms;
  const { margin, filter } = createHighPass(IMPORT_DEFAULTS.highPassHz, RATE);
  const shift = Math.floor(plan.samples / 3) - Math.floor((IMPORT_DEFAULTS.window[0] * RATE) / 1000);
  const results = source.map((unit, u) => {
    const truth = (filtered ? noiseless : plan).simulateUnitWaveform(unit);
    const expected = new Float64Array(channels * samples);
    for (let c = 0; c < channels; c++) {
      const channel = new Float64Array(plan.samples + 2 * margin);
      channel.set(truth.subarray(c * plan.samples, (c + 1) * plan.samples), margin);
      const seen = filtered ? filter(channel) : channel.subarray(margin);
      expected.set(seen.subarray(shift, shift + samples), c * samples);
    }
    return agreement(data.subarray(u * channels * samples, (u + 1) * channels * samples), expected);
  });
  const sorted = results.map(({ r }) => r).sort((a, b) => a - b);
  return {
    worst: sorted[0],
    median: sorted[sorted.length >> 1],
    gain: Math.max(...results.map(({ gain }) => Math.abs(gain - 1))),
  };
}

describe('importing what a sorter left', () => {
  it('has something to compare with', () => {
    expect(reference).toBeGreaterThan(0.9);
  });

  it.each([
    ['the raw recording', 'raw', { version: 'ks4', raw: true }],
    ['the raw recording', 'raw', { version: 'ks2.5', raw: true, mean: 'c_waves' }],
    ['the raw recording', 'raw', { version: 'ks2', raw: true }],
    ['the raw recording', 'raw', { version: 'ks3', raw: true }],
    ['C_Waves', 'mean', { version: 'ks2', mean: 'c_waves' }],
    ['C_Waves', 'mean', { version: 'ks3', mean: 'c_waves' }],
    ['C_Waves', 'mean', { version: 'ks4', mean: 'c_waves' }],
    ['the halves of Bombcell and UnitMatch', 'mean', { version: 'ks2.5', mean: 'bombcell' }],
    ['the halves of Bombcell and UnitMatch', 'mean', { version: 'ks4', mean: 'bombcell' }],
    ['templates', 'templates', { version: 'ks2' }],
    ['templates', 'templates', { version: 'ks2.5', sparse: true }],
    ['templates', 'templates', { version: 'ks3' }],
    ['templates', 'templates', { version: 'ks4' }],
  ] as const)('tracks the same neurons from %s (%s, %o)', async (_, source, folders) => {
    const imported = await writeAndTrack(folders);
    expect(imported.report.sessions.map((s) => s.source)).toEqual([source, source, source]);
    expect(new Set(imported.source)).toEqual(new Set(plan.sessions.keys()));
    expect(Math.abs(imported.f1 - reference)).toBeLessThanOrEqual(0.01);
    const agreed = compareWaveforms(imported, source === 'raw');
    // Raw waveforms have the noise of a few hundred spikes, sparse templates lack a quarter of their channels.
    const exact = source !== 'raw' && !('sparse' in folders);
    expect(agreed.worst).toBeGreaterThan(exact ? 0.9999 : 0.9);
    expect(agreed.median).toBeGreaterThan(exact ? 0.9999 : 0.98);
    expect(agreed.gain).toBeLessThan(exact ? 0.01 : 0.06);
    expect(imported.warnings.filter((text) => text.includes('WEAKEST')).length).toBe(
      source === 'templates' ? 1 : 0,
    );
    const halves = await imported.out.open('waveform_halves.npy');
    expect(halves !== undefined).toBe('mean' in folders && folders.mean === 'bombcell');
    if (!halves) return;
    // Those of the fixture are 1.1 and 0.9 of the mean.
    const { data, shape } = await readNpyAs(halves, 'float64');
    const { waveforms } = imported.dataset;
    expect(shape).toEqual([waveforms.units, 2, waveforms.channels, waveforms.samples]);
    const size = waveforms.channels * waveforms.samples;
    for (let i = 0; i < data.length; i += 7) {
      const mean = waveforms.data[Math.floor(i / (2 * size)) * size + (i % size)];
      expect(Math.abs(data[i] - mean * (i % (2 * size) < size ? 1.1 : 0.9))).toBeLessThan(1e-3);
    }
  });
});

describe('sessions that differ', () => {
  it('in sites, by missing and re-ordered ones, are placed on the union and tracked', async () => {
    const all = Array.from({ length: 32 }, (_, c) => c);
    const sites = [all, all.filter((c) => c % 7 !== 2).reverse(), all.slice(2)];
    const imported = await writeAndTrack({ version: 'ks4', mean: 'c_waves' }, {}, (s) => ({
      change: { sites: sites[s - 1] },
    }));
    const { probe, sessions, waveforms } = imported.dataset;
    expect(probe.channels).toBe(32);
    const recorded = probe.recorded as Uint8Array;
    expect([1, 2, 3].map((s) => recorded.subarray(32 * (s - 1), 32 * s).reduce((a, b) => a + b))).toEqual([
      32, 27, 30,
    ]);
    // Every site that was recorded has the waveform of its position.
    const { samples, channels, data } = waveforms;
    imported.source.forEach((unit, u) => {
      const truth = plan.simulateUnitWaveform(unit);
      for (let c = 0; c < channels; c++) {
        const [x, y] = probe.locations.subarray(2 * c, 2 * c + 2);
        const own = all.find(
          (k) => plan.probe.locations[2 * k] === x && plan.probe.locations[2 * k + 1] === y,
        );
        const value = data[(u * channels + c) * samples + 14];
        if (!recorded[(sessions[u] - 1) * channels + c]) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(truth[(own as number) * plan.samples + 21], 3);
      }
    });
    expect(imported.warnings.join()).toContain('recorded different sites (27 to 32 of 32)');
    expect(imported.f1).toBeGreaterThan(reference - 0.05);
  });

  it('in the bank of the probe are told to share too little', async () => {
    const imported = await writeAndTrack({ version: 'ks3', mean: 'c_waves' }, {}, (s) => ({
      change: { sites: Array.from({ length: 20 }, (_, c) => c + (s === 3 ? 12 : 0)) },
    }));
    expect(imported.warnings.join()).toContain(
      'Sessions 1 and 3 share only 8 sites: too little of the probe',
    );
    expect(imported.warnings.join()).not.toContain('Sessions 1 and 2 share');
  });

  it('in rate, length and place of the trough are brought to one sampling', async () => {
    const faster = planRecording({ ...SIMULATION, sampleRateHz: 30_000, samples: 96 });
    const imported = await writeAndTrack({ version: 'ks2' }, {}, (s) =>
      s === 2 ? { from: faster, change: { sampleRateHz: 30_000, version: 'ks2.5' } } : {},
    );
    expect(imported.report.sampling).toEqual({ sampleRateHz: 20_000, samples: 40, trough: 13 });
    expect(imported.report.sessions[1].alignment).toContain('resampled from 30000 to 20000 Hz');
    expect(Math.abs(imported.f1 - reference)).toBeLessThanOrEqual(0.01);
  });
});

describe('what is chosen and told', () => {
  it('is every cluster, taken or left, with the reason', async () => {
    const { report, out } = await writeAndTrack({ version: 'ks4', mean: 'bombcell' });
    const text = new TextDecoder().decode(out.files.get('import_report.csv'));
    expect(text.split('\n').length - 2).toBe(report.units.length);
    const reasons = new Set(report.units.map(({ taken, reason }) => `${taken} ${reason}`));
    expect([...reasons].sort()).toEqual(['false no spikes', 'false not label=good', 'true mean']);
    const told = text.trimEnd().split('\n').slice(1);
    expect(new Set(told.map((line) => line.slice(line.lastIndexOf(',') + 1)))).toEqual(
      new Set(['left: no spikes', 'left: not label=good', 'taken: mean']),
    );
    // Templates that were merged or split in phy are in its tables still.
    const [{ clusters }] = report.sessions;
    const first = report.units.filter(({ session }) => session === 1);
    const silent = first.filter(({ spikes }) => spikes === 0);
    expect(silent.length).toBeGreaterThan(0);
    expect(silent.every(({ taken, reason }) => !taken && reason === 'no spikes')).toBe(true);
    expect(first.length).toBe(clusters + silent.length);
    expect(new Set(first.map(({ clusterId }) => clusterId)).size).toBe(first.length);
    expect(report.units.filter(({ unit }) => unit !== undefined).map(({ unit }) => unit)).toEqual([
      ...plan.sessions.keys(),
    ]);
  });

  it('goes by expressions over labels', async () => {
    const { report, warnings } = await writeAndTrack(
      { version: 'ks4', mean: 'bombcell' },
      { labels: 'label=good|mua and n_spikes>=60' },
    );
    expect(report.units.filter(({ label, taken }) => label === 'mua' && taken)).toEqual([]);
    expect(report.labels).toBe('label=good|mua and n_spikes>=60');
    expect(warnings).toEqual([]);
  });
});
