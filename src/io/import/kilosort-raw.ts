/** Mean waveforms of clusters from the raw recording that `params.py` names. */
import { breathe } from '../../core/context.ts';
import { InputError } from '../../core/errors.ts';
import { createHighPass } from '../../core/signal/high-pass.ts';
import { subtractMedian } from '../../core/signal/median-reference.ts';
import { subtractOverlaps } from '../../core/signal/overlapping-spikes.ts';
import type { ByteSource } from '../byte-source.ts';
import { chooseSpikes, snippetsOf } from './choose-spikes.ts';
import type { KilosortFolder } from './kilosort.ts';
import {
  looksWhitened,
  MOST_SPIKES,
  partialSamples,
  type RawBinary,
  sampleCounts,
  sumSnippets,
} from './raw-binary.ts';
import { givenGain, missingGain, placesOf, readGain } from './raw-gain.ts';
import type { ImportContext, SessionWaveforms, WaveformOptions } from './sorted-session.ts';

/** A raw recording that was found. */
export interface FoundRaw {
  readonly found: true;
  readonly binary: RawBinary;
  /** Its path, as it can be opened. */
  readonly path: string;
}

/** Why there is none to read. */
export interface NoRaw {
  readonly found: false;
  /** What is there instead. */
  readonly reason: string;
  /** What a person can do. */
  readonly remedy: string;
}

/** Sub-sample differences between sorters in where a spike has its time are mended by alignment: room for it, ms. */
const SLACK_MS = 0.5;
/** Units whose means are filtered between two looks at the signal. */
const UNITS_AT_ONCE = 8;
/** With fewer sites a spike stands on too many of them to leave their median alone. */
const FEWEST_FOR_MEDIAN = 64;

/**
 * Opens the recording: where `dat_path` says, else a file of that name beside the folder of the sorting or in it.
 * @throws InputError when it is there, but not what `params.py` says, or not int16
 */
export async function findRaw({
  folder,
  params,
  open,
  channelMap,
}: KilosortFolder): Promise<FoundRaw | NoRaw> {
  const none = (reason: string, remedy: string): NoRaw => ({ found: false, reason, remedy });
  if (params.dataPaths.length === 0)
    return none('no path', 'Write where the raw recording is: dat_path in params.py');
  if (params.dataPaths.some((path) => /\.(cbin|zarr)$/i.test(path)))
    return none('a compressed recording', 'Decompress it, and let dat_path in params.py name what comes out');
  const files: ByteSource[] = [];
  const gone: string[] = [];
  let first = '';
  for (const path of params.dataPaths) {
    let source: ByteSource | undefined;
    for (const place of placesOf(path)) {
      source = await open(place);
      if (!source) continue;
      files.push(source);
      first ||= place;
      break;
    }
    if (!source) gone.push(path);
  }
  if (gone.length > 0) {
    return none(
      `no file ${gone.join(', ')}`,
      'Correct dat_path in params.py, or put the recording into the folder of the sorting or beside it',
    );
  }
  if (params.dtype !== 'int16') {
    throw new InputError({
      where: `${folder.name}/params.py, dtype`,
      found: params.dtype,
      expected: 'int16',
      remedy: 'Convert the recording to int16, or choose --waveforms mean or templates.',
    });
  }
  const channels = params.channels ?? Number.NaN;
  const highest = channelMap.reduce((most, c) => Math.max(most, c), 0);
  if (!(channels > highest)) {
    throw new InputError({
      where: `${folder.name}/params.py, n_channels_dat`,
      found: params.channels === undefined ? 'nothing' : `${channels}`,
      expected: `the number of channels in the raw file, more than ${highest} (the highest in channel_map.npy)`,
      remedy: 'Correct it: 385 for Neuropixels with its sync channel.',
    });
  }
  const binary = { files, channels, offset: params.offset };
  sampleCounts(binary);
  return { found: true, binary, path: first };
}

/**
 * Mean over up to `maxSpikes` spikes of each cluster, chosen at random; then high-passed and referenced to the median of the sites, and
 * cleared of the spikes of other clusters. The filter is linear, so filtering the mean is filtering every spike.
 */
export async function rawWaveforms(
  opened: KilosortFolder,
  { binary, path }: FoundRaw,
  chosen: readonly number[],
  options: WaveformOptions,
  context: ImportContext,
): Promise<SessionWaveforms> {
  const { folder, params, sites, channelMap } = opened;
  const gain = options.gain !== undefined ? givenGain(options.gain) : await readGain(path, opened.open);
  if (!gain) return missingGain(folder.name, path);
  for (const text of partialSamples(binary)) context.onEvent?.({ kind: 'warning', text });
  if (await looksWhitened(binary, channelMap)) {
    context.onEvent?.({
      kind: 'warning',
      text:
        `${binary.files[0].name}: neighbouring channels do not correlate and all have the same noise: this looks like whitened data, whose waveforms cannot be ` +
        'compared well. Point dat_path in params.py to the recording as it was acquired.',
    });
  }
  const rate = params.sampleRateHz;
  const highPass =
    options.highPassHz > 0 && !params.highPassed ? createHighPass(options.highPassHz, rate) : undefined;
  const margin = highPass?.margin ?? 0;
  const [before, after] = options.window.map((ms) => Math.ceil(((ms + SLACK_MS) * rate) / 1000));
  const samples = before + 1 + after;
  const length = samples + 2 * margin;
  const maxSpikes = Math.min(options.maxSpikes, MOST_SPIKES);
  const files = filesWithSpikes(opened, binary);
  const spikes = chooseSpikes(opened, chosen, {
    before: before + margin,
    length,
    files,
    maxSpikes,
    seed: options.seed,
  });
  const sums = await sumSnippets(binary, snippetsOf(spikes, before + margin), length, chosen.length, context);

  const size = sites.count * samples;
  const data = new Float32Array(chosen.length * size);
  const missing = new Map<number, string>();
  const { channels } = binary;
  for (const i of chosen.keys()) {
    if (i % UNITS_AT_ONCE === 0) await breathe(context.signal);
    const sum = sums.sumOf(i);
    if (!sum) {
      missing.set(i, 'no spike far enough from the ends of the recording');
      continue;
    }
    const filtered = highPass ? highPass.filter(Float64Array.from(sum), channels) : sum;
    channelMap.forEach((channel, c) => {
      const factor = gain.of(channel) / sums.counts[i];
      const target = i * size + c * samples;
      for (let t = 0; t < samples; t++) data[target + t] = factor * filtered[t * channels + channel];
    });
  }
  const referenced = options.reference === 'median' && sites.count >= FEWEST_FOR_MEDIAN;
  if (referenced) subtractMedian(data, sites.count, samples);
  // Without a filter the means hold the offsets of the channels, which are there once, however many spikes overlap.
  const cleared = highPass !== undefined || params.highPassed;
  const shape = { units: chosen.length, channels: sites.count, samples };
  const description = [
    path,
    `mean of up to ${maxSpikes} spikes`,
    ...(highPass ? [`high-passed at ${options.highPassHz} Hz`] : []),
    ...(referenced ? ['referenced to the median of the sites'] : []),
    ...(cleared ? ['less overlapping spikes'] : []),
    `gain ${gain.origin}`,
  ];
  return {
    source: 'raw',
    description: description.join(', '),
    sampleRateHz: rate,
    samples,
    data: cleared ? subtractOverlaps(data, shape, spikes, rate) : data,
    missing,
  };
}

/** Samples of each file. @throws InputError when the spikes go on after the end of the recording */
function filesWithSpikes({ folder, times }: KilosortFolder, binary: RawBinary): number[] {
  const files = sampleCounts(binary);
  const total = files.reduce((a, b) => a + b, 0);
  const last = times.reduce((most, t) => Math.max(most, t), 0);
  if (last < total) return files;
  throw new InputError({
    where: binary.files.map(({ name }) => name).join(', '),
    found: `${total} samples of ${binary.channels} channels`,
    expected: `more than ${last}: the last spike of ${folder.name}`,
    remedy:
      'The file is cut off, is not the one that was sorted, or has another n_channels_dat: correct params.py.',
  });
}
