/** Mean waveforms of the clusters of a Kilosort or phy folder, from the best source that is there. */
import { InputError, throwIfStopped } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { readNpyAs } from '../npy.ts';
import type { KilosortFolder } from './kilosort.ts';
import { findRaw, rawWaveforms } from './kilosort-raw.ts';
import { openTemplates } from './kilosort-templates.ts';
import { findMeanWaveforms, type MeanWaveform } from './mean-waveform-files.ts';
import { givenGain, missingGain, placesOf, type RawGain, readGain } from './raw-gain.ts';
import type { ImportContext, SessionWaveforms, WaveformOptions } from './sorted-session.ts';
import { notOfOneSorting, readPerSpike } from './sorter-files.ts';

/**
 * @param chosen places of the clusters among `groups.ids`
 * @throws InputError when the source that was asked for is not there, or the gain is not known
 */
export async function kilosortWaveforms(
  opened: KilosortFolder,
  chosen: readonly number[],
  options: WaveformOptions,
  context: ImportContext,
): Promise<SessionWaveforms> {
  const { folder } = opened;
  const { source } = options;
  const datPath = `${pathIn(folder, 'params.py')}, dat_path`;
  const raw = source === 'auto' || source === 'raw' ? await findRaw(opened) : undefined;
  if (raw?.found) return rawWaveforms(opened, raw, chosen, options, context);
  if (raw && source === 'raw') {
    throw new InputError({
      where: datPath,
      found: raw.reason,
      expected: 'the raw recording, int16, as --waveforms raw asks for',
      remedy: `${raw.remedy}; or choose --waveforms mean or templates.`,
    });
  }
  if (source === 'auto' || source === 'mean') {
    const found = await meanWaveforms(opened, chosen, options, context);
    if (found) return found;
    if (source === 'mean') {
      throw new InputError({
        where: folder.name,
        found: 'neither mean_waveforms.npy nor RawWaveforms/Unit<id>_RawSpikes.npy',
        expected: 'mean waveforms, as --waveforms mean asks for',
        remedy: 'Make them with C_Waves, Bombcell or UnitMatch, or choose --waveforms raw or templates.',
      });
    }
  }
  if (raw) {
    const present = await folder.list();
    if (!['templates.npy', 'spike_templates.npy'].every((name) => present.includes(name))) {
      throw new InputError({
        where: datPath,
        found: `${raw.reason}, and neither mean waveforms nor templates (templates.npy, spike_templates.npy)`,
        expected: 'the raw recording, or other waveforms in the folder of the sorting',
        remedy: `${raw.remedy}.`,
      });
    }
    const text = `${datPath}: ${raw.reason}, so the raw recording is not used. ${raw.remedy}.`;
    context.onEvent?.({ kind: 'warning', text });
  }
  return templateWaveforms(opened, chosen, options, context);
}

/** Gives every chosen cluster its waveform; a cluster that has none is left out with the reason. */
async function collect(
  { groups, sites }: KilosortFolder,
  chosen: readonly number[],
  samples: number,
  context: ImportContext,
  read: (k: number, id: number) => Promise<MeanWaveform | string>,
): Promise<Pick<SessionWaveforms, 'data' | 'halves' | 'missing'>> {
  const size = sites.count * samples;
  const data = new Float32Array(chosen.length * size);
  const missing = new Map<number, string>();
  let halves: Float32Array | undefined;
  for (const [i, k] of chosen.entries()) {
    throwIfStopped(context.signal);
    const found = await read(k, groups.ids[k]);
    if (typeof found === 'string') missing.set(i, found);
    else {
      data.set(found.waveform, i * size);
      if (found.halves) {
        halves ??= new Float32Array(2 * data.length);
        halves.set(found.halves, 2 * i * size);
      }
    }
    context.onEvent?.({
      kind: 'progress',
      stage: 'read',
      step: 'waveforms',
      done: i + 1,
      total: chosen.length,
    });
  }
  return { data, halves, missing };
}

async function meanWaveforms(
  opened: KilosortFolder,
  chosen: readonly number[],
  options: WaveformOptions,
  context: ImportContext,
): Promise<SessionWaveforms | undefined> {
  const { folder, sites, channelMap, groups, params } = opened;
  const files = await findMeanWaveforms({
    folder,
    channels: sites.count,
    channelMap,
    clusters: groups.ids,
  });
  if (!files) return undefined;
  const gain = files.needsGain ? await gainOf(opened, options, files.description) : undefined;
  const { samples } = files;
  const found = await collect(opened, chosen, samples, context, async (_, id) => {
    const own = await files.read(id);
    if (!own) return `no mean waveform of it (${files.description})`;
    const { waveform, halves } = own;
    if (gain) {
      for (const part of [waveform, halves?.subarray(0, waveform.length), halves?.subarray(waveform.length)])
        if (part) scaleChannels(part, channelMap, samples, gain);
    }
    return own;
  });
  return {
    source: 'mean',
    description: files.description,
    sampleRateHz: params.sampleRateHz,
    samples,
    ...found,
  };
}

async function templateWaveforms(
  opened: KilosortFolder,
  chosen: readonly number[],
  options: WaveformOptions,
  context: ImportContext,
): Promise<SessionWaveforms> {
  const { folder, sites, channelMap, groups, times, params } = opened;
  const spikeTemplates = await readPerSpike(
    folder,
    ['spike_templates.npy'],
    times.length,
    'the template of every spike, since templates are asked for',
  );
  const source = await folder.open('amplitudes.npy');
  const amplitudes = source
    ? (await readNpyAs(source, 'float64')).data
    : new Float64Array(times.length).fill(1);
  if (amplitudes.length !== times.length) {
    throw notOfOneSorting(
      pathIn(folder, 'amplitudes.npy'),
      `${amplitudes.length} spikes`,
      `${times.length}, as spike_times.npy has`,
    );
  }
  const templates = await openTemplates(folder, sites.count, { templates: spikeTemplates, amplitudes });
  const gain = templates.means
    ? gainOfMeans(folder, options)
    : await gainOf(opened, options, 'the raw recording');
  const { samples } = templates;
  const found = await collect(opened, chosen, samples, context, async (k) => {
    const waveform = await templates.clusterWaveform(groups.spikesOf(k));
    if (waveform.every((value) => value === 0)) return 'its templates are zero';
    scaleChannels(waveform, channelMap, samples, gain);
    return { waveform };
  });
  return {
    source: templates.means ? 'mean' : 'templates',
    description: `templates.npy, ${templates.count} templates, ${templates.means ? 'means by SpikeInterface' : 'unwhitened'}`,
    sampleRateHz: params.sampleRateHz,
    samples,
    ...found,
  };
}

/** @throws InputError when neither a person nor a file says it */
async function gainOf(
  { folder, params, open }: KilosortFolder,
  options: WaveformOptions,
  what: string,
): Promise<RawGain> {
  if (options.gain !== undefined) return givenGain(options.gain);
  for (const place of params.dataPaths.flatMap(placesOf)) {
    const gain = await readGain(place, open);
    if (gain) return gain;
  }
  return missingGain(folder.name, what);
}

/** The recording's own gain says nothing: the analyzer may have scaled them already. */
function gainOfMeans(folder: Store, { gain }: WaveformOptions): RawGain {
  if (gain !== undefined) return givenGain(gain);
  throw new InputError({
    where: pathIn(folder, 'templates.npy'),
    found: 'mean waveforms as SpikeInterface exports them, in µV or in bits: nothing says which',
    expected: '--gain',
    remedy:
      'Give --gain 1 when they are µV, as they are unless the analyzer was made with return_in_uV=False; else the µV of one bit.',
  });
}

/** Bits to µV, in place. */
function scaleChannels(waveform: Float32Array, channelMap: Int32Array, samples: number, gain: RawGain): void {
  channelMap.forEach((channel, c) => {
    const factor = gain.of(channel);
    for (let t = 0; t < samples; t++) waveform[c * samples + t] *= factor;
  });
}
