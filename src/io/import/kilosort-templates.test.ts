import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../memory-store.ts';
import { encodeNpy } from '../npy-writer.ts';
import { IMPORT_DEFAULTS, importSessions } from './import-sessions.ts';
import { openSession } from './recognise.ts';

const [UNITS, SAMPLES, CHANNELS] = [2, 20, 3];
/** µV at a sample of a channel: negative peaks of 120 and 60 µV. */
const uvAt = (unit: number, t: number, c: number) =>
  (unit === 0 ? -120 : -60) * Math.exp(-(((t - 8) / 2) ** 2) - Math.abs(c - unit));

describe('the folder of export_to_phy (SpikeInterface)', () => {
  let store: MemoryStore;
  const write = (name: string, shape: number[], value: (i: number) => number, dtype: 'float64' | 'int64') => {
    const data = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i));
    return store.write(name, encodeNpy({ dtype, shape, data }));
  };

  beforeEach(async () => {
    store = new MemoryStore('phy');
    const spikes = 40;
    for (const name of ['spike_clusters', 'spike_templates'])
      await write(`${name}.npy`, [spikes, 1], (i) => i % UNITS, 'int64');
    await write('spike_times.npy', [spikes, 1], (i) => 1000 * (i + 1), 'int64');
    await write('amplitudes.npy', [spikes, 1], (i) => uvAt(i % UNITS, 8, i % UNITS) - (i % 5), 'float64');
    await write('channel_positions.npy', [CHANNELS, 2], (i) => (i % 2 === 0 ? 0 : 10 * i), 'float64');
    await write('channel_map_si.npy', [CHANNELS], (i) => i, 'int64');
    const at = (i: number) =>
      uvAt(Math.floor(i / (SAMPLES * CHANNELS)), Math.floor(i / CHANNELS) % SAMPLES, i % CHANNELS);
    await write('templates.npy', [UNITS, SAMPLES, CHANNELS], at, 'float64');
    const params =
      "dat_path = r'None'\nn_channels_dat = 3\ndtype = 'int16'\noffset = 0\nsample_rate = 30000.0";
    await store.write('params.py', new TextEncoder().encode(params));
  });

  const open = () => openSession(() => ({ folder: store, open: (name) => store.open(name) }));
  const waveforms = async (gain?: number) =>
    (await open()).waveforms([0, 1], { ...IMPORT_DEFAULTS, gain }, {});

  it.each(['with its own mark', 'by the signs of its amplitudes'])(
    'gives its means as they are, recognised %s',
    async (by) => {
      if (by.startsWith('by')) await store.remove('channel_map_si.npy');
      const { source, data } = await waveforms(1);
      expect(source).toBe('mean');
      data.forEach((value, i) => {
        const [unit, c, t] = [
          Math.floor(i / (CHANNELS * SAMPLES)),
          Math.floor(i / SAMPLES) % CHANNELS,
          i % SAMPLES,
        ];
        expect(value).toBeCloseTo(uvAt(unit, t, c), 3);
      });
    },
  );

  it('does not say whether they are µV: it is asked for, whatever a recording says of its bits', async () => {
    const meta = 'imAiRangeMax=0.5\nimMaxInt=8192\nimDatPrb_type=24';
    const params = new TextDecoder().decode(store.files.get('params.py')).replace('None', 'x.ap.bin');
    await store.write('x.ap.meta', new TextEncoder().encode(meta));
    await store.write('params.py', new TextEncoder().encode(params));
    await expect(waveforms()).rejects.toThrow(/in µV or in bits.*--gain 1 when they are µV/);
  });

  it('is warned about when the peaks are larger than neurons give', async () => {
    const warningsOf = async (gain: number) => {
      const sessions = [{ session: await open(), date: '', label: '' }];
      const { report } = await importSessions(sessions, { ...IMPORT_DEFAULTS, labels: 'all', gain });
      return report.warnings.join('\n');
    };
    expect(await warningsOf(100)).toMatch(/phy: its waveforms have peaks of 12\.0 mV/);
    expect(await warningsOf(1)).not.toContain('mV');
  });
});
