/** Folders of Kilosort 2, 2.5, 3 and 4 and of phy, as they stand after sorting or after curation. */
import { InputError } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { openNpy, readNpyAs, readNpyFileAs } from '../npy.ts';
import { labelOf, readClusterTables } from './cluster-tables.ts';
import { kilosortWaveforms } from './kilosort-waveforms.ts';
import { type PhyParams, readParams } from './params-py.ts';
import { placesOf, recordingDate } from './raw-gain.ts';
import type { OpenPath, SessionSites, SortedSession, SortedUnit } from './sorted-session.ts';
import { missingFile, notOfOneSorting, readPerSpike } from './sorter-files.ts';
import { fingerprintOf, groupSpikes, type SpikeGroups } from './spike-groups.ts';

/** Everything of a folder but the waveforms. */
export interface KilosortFolder {
  readonly folder: Store;
  readonly open: OpenPath;
  readonly params: PhyParams;
  readonly sites: SessionSites;
  /** (sites,) where each stands in the raw file. */
  readonly channelMap: Int32Array;
  /** (spikes,) samples. */
  readonly times: Float64Array;
  readonly groups: SpikeGroups;
}

/** Whether a folder looks like one of these. */
export const isKilosort = (entries: readonly string[]) =>
  entries.includes('spike_times.npy') &&
  (entries.includes('spike_clusters.npy') || entries.includes('spike_templates.npy'));

/**
 * Opens a folder.
 * @throws InputError when a file is missing or damaged, or the files are not of one sorting
 */
export async function openKilosort(folder: Store, open: OpenPath): Promise<SortedSession> {
  const params = await requireParams(folder);
  const times = await readSpikeSamples(folder);
  const clusters = await readPerSpike(folder, ['spike_clusters.npy', 'spike_templates.npy'], times.length);
  const sites = await readSites(folder);
  const channelMap = await readChannelMap(folder, sites.count);
  const groups = groupSpikes(clusters);
  const tables = await readClusterTables(folder);
  const unit = (id: number, spikes: number): SortedUnit => {
    const properties = tables.properties.get(id);
    return { id: String(id), label: labelOf(properties), spikes, properties: properties ?? new Map() };
  };
  const withSpikes = new Set(groups.ids);
  const units = [
    ...groups.ids.map((id, k) => unit(id, groups.spikesOf(k).length)),
    // Told in the report; behind the others, whose places are those of their spikes.
    ...[...tables.properties.keys()].filter((id) => !withSpikes.has(id)).map((id) => unit(id, 0)),
  ];
  const opened: KilosortFolder = { folder, open, params, sites, channelMap, times, groups };
  const warnings: string[] = [];
  return {
    format: await versionOf(folder),
    name: folder.name,
    date: await dateOf(params, open),
    sites,
    units,
    warnings,
    fingerprint: fingerprintOf(times, clusters),
    async spikeTimes(unit) {
      const factor = 1000 / params.sampleRateHz;
      return Float64Array.from(groups.spikesOf(unit), (spike) => times[spike] * factor).sort();
    },
    waveforms: (chosen, options, context) => kilosortWaveforms(opened, chosen, options, context),
  };
}

async function requireParams(folder: Store): Promise<PhyParams> {
  const source = await folder.open('params.py');
  if (source) return readParams(source);
  throw new InputError({
    where: pathIn(folder, 'params.py'),
    found: 'no such file',
    expected: 'the file that Kilosort and phy write: sampling rate, raw recording, number of its channels',
    remedy:
      "Write one: sample_rate = 30000., n_channels_dat = 385, dat_path = '…', dtype = 'int16', offset = 0, hp_filtered = False.",
  });
}

async function readSpikeSamples(folder: Store): Promise<Float64Array> {
  const source = await folder.open('spike_times.npy');
  if (!source) throw missingFile(folder, 'spike_times.npy', 'the time of every spike');
  const { data } = await readNpyAs(source, 'float64');
  for (let i = 0; i < data.length; i++) {
    if (Number.isInteger(data[i]) && data[i] >= 0) continue;
    throw new InputError({
      where: source.name,
      found: `${data[i]} as spike ${i}`,
      expected: 'spike times in samples, whole numbers from 0',
      remedy: 'Times in seconds are those of spike_times_sec.npy: put back the file that the sorter wrote.',
    });
  }
  return data;
}

async function readSites(folder: Store): Promise<SessionSites> {
  const source = await folder.open('channel_positions.npy');
  if (!source) throw missingFile(folder, 'channel_positions.npy', 'x and y of every channel, µm');
  const { data: locations, shape } = await readNpyAs(source, 'float64');
  if (shape.length !== 2 || shape[1] !== 2 || shape[0] === 0) {
    throw notOfOneSorting(source.name, `an array of shape (${shape.join(', ')})`, '(channels, 2)');
  }
  if (!locations.every(Number.isFinite)) {
    throw notOfOneSorting(source.name, 'NaN or an infinite value', 'x and y of every channel, µm');
  }
  const [count] = shape;
  const shankSource = await folder.open('channel_shanks.npy');
  if (!shankSource) return { count, locations };
  const { data: shanks } = await readNpyFileAs(await openNpy(shankSource), 'int32');
  if (shanks.length === count) return { count, locations, shanks };
  throw notOfOneSorting(shankSource.name, `${shanks.length} shanks`, `${count}, one for each channel`);
}

async function readChannelMap(folder: Store, channels: number): Promise<Int32Array> {
  const source = await folder.open('channel_map.npy');
  if (!source) return Int32Array.from({ length: channels }, (_, c) => c);
  const { data } = await readNpyAs(source, 'int32');
  if (data.length === channels && data.every((c) => c >= 0)) return data;
  throw notOfOneSorting(
    source.name,
    `${data.length} channels`,
    `${channels}, as channel_positions.npy has, counted from 0`,
  );
}

async function dateOf({ dataPaths }: PhyParams, open: OpenPath): Promise<string | undefined> {
  for (const place of dataPaths.flatMap(placesOf)) {
    const date = await recordingDate(place, open);
    if (date) return date;
  }
  return undefined;
}

/** What made the folder, as far as its files tell. */
async function versionOf(folder: Store): Promise<string> {
  const entries = await folder.list();
  const has = (name: string) => entries.includes(name);
  const sorter =
    has('whitening_mat_dat.npy') || has('kept_spikes.npy') || has('ops.npy')
      ? 'Kilosort 4'
      : has('cluster_KSLabel.tsv') || has('rez.mat') || has('rez2.mat')
        ? 'Kilosort 2, 2.5 or 3'
        : 'Kilosort or phy';
  const curated = has('phy.log') || entries.includes('.phy/') || has('cluster_info.tsv');
  return curated && sorter !== 'Kilosort or phy' ? `${sorter}, curated in phy` : sorter;
}
