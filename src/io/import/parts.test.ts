import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../memory-store.ts';
import { alignChannel, commonSampling, measureTrough } from './alignment.ts';
import { columnNames, parseLabelExpression } from './label-expression.ts';
import { readParams } from './params-py.ts';
import { readGain, recordingDate } from './raw-gain.ts';
import type { SortedUnit } from './sorted-session.ts';
import { groupSpikes } from './spike-groups.ts';
import { sharedSites, uniteSites } from './union-sites.ts';

const text = (name: string, content: string) => memorySource(name, new TextEncoder().encode(content));

describe('params.py', () => {
  const read = (content: string) => readParams(text('params.py', content));

  it('is read as text, with paths of any system and lists of files', async () => {
    expect(
      await read(
        "import os\ndat_path = r'C:\\data\\x.bin'  # here\nn_channels_dat = 385\ndtype = 'int16'\noffset = 8\nsample_rate = 30000.\nhp_filtered = True\n",
      ),
    ).toEqual({
      dataPaths: ['C:\\data\\x.bin'],
      channels: 385,
      dtype: 'int16',
      offset: 8,
      sampleRateHz: 30_000,
      highPassed: true,
    });
    const list = await read('dat_path = [\'a.bin\',\n  "b.bin"]\nsample_rate = 2.5e4\ndtype=np.int16');
    expect(list).toMatchObject({ dataPaths: ['a.bin', 'b.bin'], sampleRateHz: 25_000, dtype: 'int16' });
  });

  it.each([
    ["'int16'", 'int16'],
    ["'<i2'", 'int16'],
    ["'i2'", 'int16'],
    ['numpy.int16', 'int16'],
    ["np.dtype('<i2')", 'int16'],
    ["'>i2'", '>i2'],
    ["'uint16'", 'uint16'],
    ["'float32'", 'float32'],
  ])('tells with dtype = %s the type %s', async (written, dtype) => {
    expect((await read(`sample_rate = 3e4\ndtype = ${written}`)).dtype).toBe(dtype);
  });

  it.each([
    ["dat_path = 'x'", 'sample_rate: found nothing'],
    ['sample_rate = fs', 'sample_rate: found fs'],
    ["sample_rate = 3e4\ndat_path = os.system('true')", 'never executed'],
    ['sample_rate = 30', 'between 1,000 and 200,000'],
  ])('%s is refused', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});

describe('a label expression', () => {
  const unit = (label: string | undefined, spikes: number, properties: Record<string, string> = {}) =>
    ({ id: '7', label, spikes, properties: new Map(Object.entries(properties)) }) satisfies SortedUnit;
  const accepts = (expression: string, ...args: Parameters<typeof unit>) =>
    parseLabelExpression(expression).accepts(unit(...args));

  it.each([
    ['good', 'Good', 10, true],
    ['label=good', 'mua', 10, false],
    ['label=good|mua', 'mua', 10, true],
    ['label!=noise', undefined, 10, true],
    ['good and n_spikes>=200', 'good', 199, false],
    ['good or n_spikes > 5 and not label=noise', 'mua', 6, true],
    ['(good or mua) and n_spikes<5', 'good', 10, false],
    ['all', undefined, 0, true],
    ['cluster_id=7|9', 'noise', 1, true],
  ] as const)('%s of a unit %s with %i spikes: %s', (expression, label, spikes, expected) => {
    expect(accepts(expression, label, spikes)).toBe(expected);
  });

  it('knows every column, any case, and quoted values', () => {
    const bombcell = { bc_unitType: 'NON-SOMA GOOD', amp: '61.5' };
    expect(accepts('BC_UNITTYPE="non-soma good"', 'good', 1, bombcell)).toBe(true);
    expect(accepts('amp>61', 'good', 1, bombcell)).toBe(true);
    expect(accepts('depth>0', 'good', 1, bombcell)).toBe(false);
    expect(columnNames([unit('good', 1, bombcell)])).toEqual([
      'amp',
      'bc_unitType',
      'cluster_id',
      'label',
      'n_spikes',
    ]);
  });

  it.each(['', 'label=', 'good and', '(good', 'good mua', 'n_spikes>many', '= 3', 'n_spikes>=1|2'])(
    '"%s" is refused',
    (expression) => {
      expect(() => parseLabelExpression(expression)).toThrow('--labels');
    },
  );

  it('never accepts what its negation accepts', () => {
    const expressions = fc.constantFrom('good', 'n_spikes>3', 'label=mua|noise', 'good or n_spikes<2');
    fc.assert(
      fc.property(expressions, fc.constantFrom('good', 'mua', 'noise'), fc.nat(6), (e, label, spikes) => {
        expect(accepts(`not (${e})`, label, spikes)).toBe(!accepts(e, label, spikes));
      }),
    );
  });
});

describe('the gain of a raw recording', () => {
  const files = (contents: Record<string, string>) => async (path: string) =>
    contents[path] === undefined ? undefined : text(path, contents[path]);

  it('is that of every Neuropixels 1.0 channel that was saved', async () => {
    const meta =
      'imAiRangeMax=0.6\nimMaxInt=512\nsnsSaveChanSubset=1:2,384\n~imroTbl=(0,384)(0 0 0 500 250 1)(1 0 0 250 250 1)(2 0 0 1000 250 1)\nfileCreateTime=2024-01-02T03:04:05';
    const open = files({ 'd/x.ap.meta': meta });
    const gain = await readGain('d/x.ap.bin', open);
    expect(gain?.of(0)).toBeCloseTo(0.6e6 / 512 / 250, 6);
    expect(gain?.of(1)).toBeCloseTo(0.6e6 / 512 / 1000, 6);
    expect(await recordingDate('d/x.ap.bin', open)).toBe('2024-01-02');
    expect(await recordingDate('d/x.dat', open)).toBeUndefined();
  });

  it('is fixed for Neuropixels 2.0', async () => {
    const meta = 'imAiRangeMax=0.5\nimMaxInt=8192\nimDatPrb_type=24\n~imroTbl=(24,384)(0 0 0 0 0)(1 0 0 0 1)';
    const gain = await readGain('x.ap.bin', files({ 'x.ap.meta': meta }));
    expect(gain?.of(100)).toBeCloseTo(0.5e6 / 8192 / 80, 6);
  });

  it('is found in the folder of Open Ephys', async () => {
    const structure = JSON.stringify({
      continuous: [{ folder_name: 'probe-A/', channels: [{ bit_volts: 0.195 }] }],
    });
    const path = '/r/recording1/continuous/probe-A/continuous.dat';
    const gain = await readGain(path, files({ '/r/recording1/structure.oebin': structure }));
    expect(gain?.of(0)).toBe(0.195);
  });

  it('is never guessed', async () => {
    expect(await readGain('x.bin', files({}))).toBeUndefined();
    await expect(readGain('x.bin', files({ 'x.meta': 'nothing=1' }))).rejects.toThrow('--gain');
    await expect(readGain('x.bin', files({ 'x.meta': 'imAiRangeMax=0.6' }))).rejects.toThrow('--gain');
  });
});

describe('the sites of several sessions', () => {
  const sites = (...at: [number, number][]) => ({
    count: at.length,
    locations: Float64Array.from(at.flat()),
  });

  it('are one where they lie at one place, whatever their order', () => {
    const union = uniteSites([sites([0, 0], [0, 20], [0, 40]), sites([0, 40.4], [0, 20], [0, 60])]);
    expect([...union.locations]).toEqual([0, 0, 0, 20, 0, 40, 0, 60]);
    expect(union.places.map((p) => [...p])).toEqual([
      [0, 1, 2],
      [2, 1, 3],
    ]);
    expect([...(union.recorded as Uint8Array)]).toEqual([1, 1, 1, 0, 0, 1, 1, 1]);
    expect(sharedSites(union, 0, 1)).toEqual({ shared: 2, part: 2 / 3 });
  });

  it('keep their order when all sessions have the same', () => {
    const same = sites([5, 40], [5, 0]);
    const union = uniteSites([same, same]);
    expect([...union.locations]).toEqual([5, 40, 5, 0]);
    expect(union.recorded).toBeUndefined();
  });

  it('stay apart on different shanks, and two at one place in one session', () => {
    const two = { ...sites([0, 0], [0, 0]), shanks: Int32Array.of(1, 2) };
    expect(uniteSites([two, two]).count).toBe(2);
    expect(uniteSites([sites([0, 0], [0, 0]), sites([0, 0])]).count).toBe(2);
  });
});

describe('bringing sessions to one sampling', () => {
  const at = (sampleRateHz: number, samples: number, trough: number) => ({ sampleRateHz, samples, trough });

  it('takes the most frequent rate and what all sessions hold of the window', () => {
    const sessions = [at(30_000, 82, 41), at(30_000, 61, 20), at(25_000, 64, 20)];
    expect(commonSampling(sessions, [0.7, 1.4], ['a', 'b', 'c'])).toEqual(at(30_000, 61, 20));
    expect(() => commonSampling([at(30_000, 82, 81), at(30_000, 82, 1)], [1, 1], ['a', 'b'])).toThrow(
      'at least 8 samples',
    );
  });

  it('puts the same spike at the same samples', () => {
    const spike = (rate: number, samples: number, trough: number) =>
      Float32Array.from({ length: samples }, (_, t) => {
        const ms = ((t - trough) * 1000) / rate;
        return -100 * Math.exp(-((ms / 0.2) ** 2)) + 40 * Math.exp(-(((ms - 0.5) / 0.3) ** 2));
      });
    const to = at(30_000, 60, 20);
    const expected = spike(30_000, 60, 20);
    const sources: [number, number, number][] = [
      [30_000, 82, 41],
      [25_000, 64, 20],
      [40_000, 100, 30],
    ];
    for (const [rate, samples, trough] of sources) {
      const aligned = alignChannel(spike(rate, samples, trough), at(rate, samples, trough), to);
      // The ends of the longest window lie beyond those of a shorter one.
      for (let t = 4; t < 56; t++) expect(Math.abs(aligned[t] - expected[t])).toBeLessThan(0.5);
    }
  });

  it('finds the trough of a typical unit on its largest channel', () => {
    const data = new Float32Array(3 * 2 * 10);
    data[4] = -5;
    data[10 + 6] = -9;
    data[20 + 6] = -3;
    data[40 + 5] = 8;
    const waveforms = { source: 'mean', description: '', sampleRateHz: 1, samples: 10, data } as const;
    expect(measureTrough({ ...waveforms, missing: new Map() }, 2)).toBe(6);
  });
});

describe('grouping spikes', () => {
  it('gives every cluster its spikes in their order', () => {
    const { ids, spikesOf } = groupSpikes(Int32Array.of(5, 2, 5, 9, 2, 5));
    expect(ids).toEqual([2, 5, 9]);
    expect(ids.map((_, k) => [...spikesOf(k)])).toEqual([[1, 4], [0, 2, 5], [3]]);
  });
});
