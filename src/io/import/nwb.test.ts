import * as h5wasm from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { openHdf5 } from '../hdf5.ts';
import { memorySource } from '../memory-store.ts';
import { IMPORT_DEFAULTS } from './import-sessions.ts';
import { openNwb } from './nwb.ts';

const CHANNELS = 6;
const SAMPLES = 30;
const UNITS = 3;
const value = (u: number, t: number, c: number) => 1e-6 * (100 * u + 10 * c + t - 60 * Number(t === 10));

interface Changes {
  readonly unit?: string;
  readonly factor?: number;
  readonly rate?: boolean;
  readonly ragged?: boolean;
  readonly single?: boolean;
  readonly without?: string;
}

/** A file laid out as the NWB schema says. */
async function nwb({ unit = 'volts', factor = 1, rate = true, ragged, single, without }: Changes = {}) {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/test.nwb', 'w');
  const units = file.create_group('units');
  const add = (group: h5wasm.Group, name: string, data: never, shape?: number[]) => {
    if (name !== without) group.create_dataset({ name, data, shape });
  };
  add(units, 'id', Int32Array.of(4, 7, 9) as never);
  add(units, 'spike_times', Float64Array.of(0.5, 0.25, 1, 2, 3, 4) as never);
  add(units, 'spike_times_index', Uint8Array.of(2, 3, 6) as never);
  add(units, 'quality', ['good', 'mua', 'good'] as never);
  add(units, 'snr', Float64Array.of(3, 1, 5) as never);
  const all = Float64Array.from({ length: UNITS * SAMPLES * CHANNELS }, (_, i) => {
    const u = Math.floor(i / (SAMPLES * CHANNELS));
    const [t, c] = ragged
      ? [i % SAMPLES, Math.floor(i / SAMPLES) % CHANNELS]
      : [Math.floor(i / CHANNELS) % SAMPLES, i % CHANNELS];
    return factor * value(u, t, c);
  });
  if (single) add(units, 'waveform_mean', all.subarray(0, UNITS * SAMPLES) as never, [UNITS, SAMPLES]);
  else
    add(
      units,
      'waveform_mean',
      all as never,
      ragged ? [UNITS * CHANNELS, SAMPLES] : [UNITS, SAMPLES, CHANNELS],
    );
  if (ragged) add(units, 'waveform_mean_index', Int32Array.of(6, 12, 18) as never);
  const dataset = file.get('units/waveform_mean') as h5wasm.Dataset | null;
  dataset?.create_attribute('unit', unit);
  if (rate) dataset?.create_attribute('sampling_rate', 30_000);
  const electrodes = file
    .create_group('general')
    .create_group('extracellular_ephys')
    .create_group('electrodes');
  add(electrodes, 'rel_x', Float64Array.from({ length: CHANNELS }, (_, c) => 32 * (c % 2)) as never);
  add(electrodes, 'rel_y', Float64Array.from({ length: CHANNELS }, (_, c) => 20 * (c >> 1)) as never);
  add(electrodes, 'group_name', new Array(CHANNELS).fill('shank') as never);
  file.create_dataset({ name: 'session_start_time', data: '2024-05-06T10:00:00+00:00' });
  file.close();
  return openHdf5(memorySource('day.nwb', new Uint8Array(FS.readFile('/test.nwb'))));
}

describe('the units table of an NWB file', () => {
  it.each([false, true])('gives spikes, labels, probe and waveforms (ragged: %s)', async (ragged) => {
    const session = openNwb(await nwb({ ragged }));
    expect(session.date).toBe('2024-05-06');
    expect(session.units.map(({ id, label, spikes }) => [id, label, spikes])).toEqual([
      ['4', 'good', 2],
      ['7', 'mua', 1],
      ['9', 'good', 3],
    ]);
    expect(session.units[0].properties.get('snr')).toBe('3');
    expect([...(await session.spikeTimes(0))]).toEqual([250, 500]);
    expect([...session.sites.locations.slice(6, 8)]).toEqual([32, 20]);
    expect(session.sites.shanks).toBeUndefined();
    const { data, samples, sampleRateHz } = await session.waveforms([2], IMPORT_DEFAULTS, {});
    expect({ samples, sampleRateHz }).toEqual({ samples: SAMPLES, sampleRateHz: 30_000 });
    for (let c = 0; c < CHANNELS; c++)
      for (let t = 0; t < SAMPLES; t++) expect(data[c * SAMPLES + t]).toBeCloseTo(1e6 * value(2, t, c), 3);
  });

  it('asks for what it does not say', async () => {
    const waveforms = async (changes: Changes, options = {}) =>
      openNwb(await nwb(changes)).waveforms([0], { ...IMPORT_DEFAULTS, ...options }, {});
    await expect(waveforms({ factor: 1e6 })).rejects.toThrow('--gain 1');
    expect((await waveforms({ factor: 1e6 }, { gain: 1 })).data[5]).toBeCloseTo(5, 4);
    expect((await waveforms({ factor: 1e6, unit: 'microvolts' })).data[5]).toBeCloseTo(5, 4);
    await expect(waveforms({ rate: false })).rejects.toThrow('--sample-rate');
    expect((await waveforms({ rate: false }, { sampleRateHz: 25_000 })).sampleRateHz).toBe(25_000);
  });

  it.each([
    [{ single: true }, 'one channel for each unit'],
    [{ without: 'waveform_mean' }, 'the mean waveform of every unit'],
    [{ without: 'rel_y' }, 'positions on the probe'],
    [{ without: 'spike_times_index' }, 'the values of every unit'],
  ])('%o is refused', async (changes, text) => {
    const file = await nwb(changes);
    expect(() => openNwb(file)).toThrow(text);
  });
});
