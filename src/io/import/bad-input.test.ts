import { beforeEach, describe, expect, it } from 'vitest';
import { writeSortedFolder } from '../../../test/support/sorted-folders.ts';
import { InputError } from '../../core/errors.ts';
import { planRecording } from '../../core/simulation/simulate.ts';
import { subStore } from '../byte-source.ts';
import { MemoryStore } from '../memory-store.ts';
import { encodeNpy, type NpyValues } from '../npy-writer.ts';
import { IMPORT_DEFAULTS, type ImportOptions, importSessions } from './import-sessions.ts';
import { openSession } from './recognise.ts';

const plan = planRecording({
  probe: 'small',
  channels: 16,
  sessions: 2,
  neuronsPerSession: 4,
  presence: 0.95,
  peth: false,
  firing: { medianHz: 20, durationMs: 1500 },
});
const RATE = 30_000;

let store: MemoryStore;
beforeEach(async () => {
  store = new MemoryStore('m');
  for (const s of [1, 2]) {
    await writeSortedFolder(subStore(store, `s${s}`), plan, s, {
      version: s === 1 ? 'ks4' : 'ks2.5',
      sampleRateHz: RATE,
      durationMs: 1500,
      raw: plan,
    });
  }
});

const open = (folder: string) =>
  openSession((inner) => {
    const path = inner === '' ? folder : `${folder}/${inner}`;
    return { folder: subStore(store, path), open: (name) => store.open(`${path}/${name}`) };
  });

async function attempt(options: Partial<ImportOptions> = {}, folders = ['s1', 's2'], dates = ['', '']) {
  const sessions = [];
  for (const [i, folder] of folders.entries())
    sessions.push({ session: await open(folder), date: dates[i], label: '' });
  return importSessions(sessions, { ...IMPORT_DEFAULTS, ...options });
}

async function refused(options?: Partial<ImportOptions>, folders?: string[]): Promise<string> {
  const error = await attempt(options, folders).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

const put = (name: string, array: NpyValues) => store.write(`s1/${name}`, encodeNpy(array));
const text = (name: string, content: string) => store.write(`s1/${name}`, new TextEncoder().encode(content));
const bytes = (name: string) => store.files.get(`s1/${name}`) as Uint8Array;
const params = (change: (content: string) => string) =>
  text('params.py', change(new TextDecoder().decode(bytes('params.py'))));

describe('a session that cannot be imported', () => {
  it('is fine before anything is wrong', async () => {
    const { report } = await attempt();
    expect(report.warnings).toEqual([]);
    expect(report.sessions.map(({ source }) => source)).toEqual(['raw', 'raw']);
  });

  it('is a folder that is nothing known, empty, or an input folder', async () => {
    await store.write('x/notes.txt', new Uint8Array(3));
    expect(await refused({}, ['x', 's2'])).toContain('nothing known (notes.txt)');
    expect(await refused({}, ['none', 's2'])).toContain('no such folder, or an empty one');
    await store.write('own/waveform_all.npy', new Uint8Array(3));
    expect(await refused({}, ['own', 's2'])).toContain('need not be imported');
  });

  it('has files of another sorting: other numbers of spikes, channels or templates', async () => {
    await put('spike_clusters.npy', { dtype: 'int32', shape: [3], data: [0, 1, 2] });
    expect(await refused()).toContain('not of one sorting');
    await store.remove('s1/spike_clusters.npy');
    await put('spike_templates.npy', { dtype: 'int32', shape: [3], data: [0, 1, 2] });
    expect(await refused()).toContain('3 spikes; expected');
  });

  it('has templates of other channels, or ids beyond them', async () => {
    const spikes = (await open('s1')).units.reduce((sum, unit) => sum + unit.spikes, 0);
    const data = new Int32Array(spikes).fill(0);
    data[5] = 400;
    await put('spike_templates.npy', { dtype: 'int32', shape: [spikes], data });
    expect(await refused({ source: 'templates' })).toContain('template 400');
    await put('templates.npy', {
      dtype: 'float32',
      shape: [500, 5, 3],
      data: new Float32Array(7500).fill(1),
    });
    await store.remove('s1/templates_ind.npy');
    expect(await refused({ source: 'templates' })).toContain('3 channels and no templates_ind.npy');
  });

  it('has no gain: it is asked for, not guessed', async () => {
    await store.remove('s1/raw.ap.meta');
    expect(await refused()).toContain('--gain');
    expect(await refused({ source: 'templates' })).toContain('--gain');
    expect((await attempt({ gain: 2.34375 })).report.sessions[0].source).toBe('raw');
  });

  it('has a raw recording that is cut off, or is another', async () => {
    const whole = bytes('raw.ap.bin');
    await store.write('s1/raw.ap.bin', whole.subarray(0, 33));
    expect(await refused()).toContain('expected samples of 17 channels');
    await store.write('s1/raw.ap.bin', whole.subarray(0, 17 * 2 * 1000));
    expect(await refused()).toContain('the last spike of m/s1');
  });

  it('names a raw recording of another type or too few channels, or one that is not there', async () => {
    await params((content) => content.replace('int16', 'float32'));
    expect(await refused()).toContain('found float32; expected int16');
    await params((content) =>
      content.replace('float32', 'int16').replace('n_channels_dat = 17', 'n_channels_dat = 9'),
    );
    expect(await refused()).toContain('more than 15');
    await params((content) => content.replace('raw.ap.bin', 'gone.bin'));
    expect(await refused({ source: 'raw' })).toContain('no file gone.bin');
    await params((content) => content.replace('gone.bin', 'raw.ap.cbin'));
    await store.write('s1/raw.ap.cbin', new Uint8Array(3));
    expect(await refused({ source: 'raw' })).toContain('Decompress it');
  });

  it('has times in seconds, no spikes, no labels or no good unit', async () => {
    const times = new Float64Array(3).fill(0.5);
    await put('spike_times.npy', { dtype: 'float64', shape: [3], data: times });
    expect(await refused()).toContain('whole numbers from 0');
    for (const name of ['spike_times', 'spike_clusters', 'spike_templates'])
      await put(`${name}.npy`, { dtype: 'int64', shape: [0], data: [] });
    expect(await refused()).toContain('no spikes');
  });

  it('has no good unit, or no labels at all', async () => {
    await text('cluster_group.tsv', 'cluster_id\tgroup\n');
    await text('cluster_KSLabel.tsv', 'cluster_id\tKSLabel\n0\tmua\n');
    expect(await refused()).toContain('no unit with label=good');
    await store.remove('s1/cluster_KSLabel.tsv');
    expect(await refused()).toContain('no labels');
    expect((await attempt({ labels: 'all' })).report.sessions[0].taken).toBeGreaterThan(3);
  });

  it('is there twice, by name or by its spikes', async () => {
    expect(await refused({}, ['s1', 's1'])).toContain('the same session twice');
    for (const [name, content] of [...store.files])
      if (name.startsWith('s1/')) store.files.set(name.replace('s1/', 'copy/'), content);
    expect(await refused({}, ['s1', 'copy'])).toContain('the same spikes as in m/s1');
  });

  it('has mean waveforms from before the curation', async () => {
    await put('mean_waveforms.npy', { dtype: 'float32', shape: [3, 16, 9], data: new Float32Array(432) });
    expect(await refused({ source: 'mean' })).toContain('older than the curation');
    expect(await refused({ source: 'mean' }, ['s2', 's1'])).toContain('neither mean_waveforms.npy nor');
  });
});

describe('a recording that lies elsewhere than params.py says', () => {
  it('tells its day and gain by what lies beside the sorting, also where the recording itself is gone', async () => {
    await params((content) => content.replace('raw.ap.bin', 'D:\\gone\\raw.ap.bin'));
    expect((await open('s1')).date).toBe('2024-03-01');
    await store.remove('s1/raw.ap.bin');
    const { report } = await attempt({ source: 'templates' });
    expect(report.sessions[0].source).toBe('templates');
  });
});

describe('a recording that is not there', () => {
  it.each([
    ["'gone.bin'", 'found no file gone.bin, and neither mean', 'Correct dat_path in params.py'],
    ["['raw.ap.bin', 'gone.bin']", 'found no file gone.bin, and neither mean', 'Correct dat_path'],
    ['None', 'found no path, and neither mean', 'Write where the raw recording is'],
    ["r'None'", 'found no path, and neither mean', 'Write where the raw recording is'],
    ["'raw.ap.cbin'", 'found a compressed recording, and neither mean', 'Decompress it'],
  ])(
    'under dat_path = %s is told, with what to do, where there are no templates either',
    async (path, found, remedy) => {
      await params((content) => content.replace("r'raw.ap.bin'", path));
      const withTemplates = await attempt({ gain: 1 });
      expect(withTemplates.report.sessions[0].source).toBe('templates');
      expect(withTemplates.report.warnings.join()).toContain(
        found.slice('found '.length, found.indexOf(',')),
      );
      await store.remove('s1/spike_templates.npy');
      const message = await refused();
      expect(message).toContain('m/s1/params.py, dat_path');
      expect(message).toContain(found);
      expect(message).toContain(remedy);
      expect(await refused({ source: 'templates' })).toContain('the template of every spike');
    },
  );
});

describe('what is warned about', () => {
  it('is the order of dates, one session alone, and waveforms of different origin', async () => {
    const late = await attempt({}, ['s1', 's2'], ['2024-03-02', '2024-03-01']);
    expect(late.report.warnings.join()).toContain('not in the order of their dates');
    expect((await attempt({}, ['s1'])).report.warnings.join()).toContain('at least two');
    await store.remove('s1/raw.ap.bin');
    const { report } = await attempt();
    expect(report.warnings.join()).toContain('different origin (templates, raw)');
  });

  it('is a raw recording that ends within a sample, which is left out', async () => {
    const { recording } = await attempt();
    const whole = bytes('raw.ap.bin');
    await store.write('s1/raw.ap.bin', Buffer.concat([whole, whole.subarray(0, 7)]));
    const longer = await attempt();
    expect(longer.report.warnings).toEqual([
      expect.stringMatching(/raw\.ap\.bin: its last 7 bytes are no whole sample of 17 channels/),
    ]);
    expect(await recording.waveform(0)).toEqual(await longer.recording.waveform(0));
  });

  it('is a raw recording that looks whitened', async () => {
    const values = new Int16Array(bytes('raw.ap.bin').length / 2);
    let state = 1;
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      values[i] = state >> 22;
    }
    await store.write('s1/raw.ap.bin', new Uint8Array(values.buffer));
    expect((await attempt()).report.warnings.join()).toContain('looks like whitened data');
  });
});
