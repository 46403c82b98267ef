/** SortingAnalyzer folders of SpikeInterface. */
import { InputError } from '../../core/errors.ts';
import type { AnalyzerFiles, Json } from './analyzer-files.ts';
import { givenGain, missingGain } from './raw-gain.ts';
import type {
  SessionSites,
  SessionWaveforms,
  SortedSession,
  SortedUnit,
  WaveformOptions,
} from './sorted-session.ts';
import { fingerprintOf, groupSpikes } from './spike-groups.ts';

/** Extensions that hold mean waveforms, best first. */
const TEMPLATE_EXTENSIONS = ['templates', 'fast_templates'];
/** Properties that say what a unit is, first that counts first. */
const LABELS = ['group', 'quality', 'KSLabel', 'bc_unitType', 'label'];

/**
 * Opens an analyzer.
 * @throws InputError when something that is needed is missing or damaged
 */
export async function openAnalyzer(files: AnalyzerFiles): Promise<SortedSession> {
  const attributes = await files.recordingAttributes();
  const sampleRateHz = Number(attributes.sampling_frequency);
  if (!(sampleRateHz > 0))
    throw wrong(files, 'sampling_frequency', attributes.sampling_frequency, 'a number');
  const ids = await files.unitIds();
  const { sample, unit, segment } = await files.spikes();
  const starts = segmentStarts(attributes, segment);
  const times = sample.map((value, i) => value + starts[segment[i]]);
  const clusters = Int32Array.from(unit);
  const groups = groupSpikes(clusters);
  const places = new Map(groups.ids.map((id, k) => [id, k]));
  const sites = sitesOf(files, await files.probegroup(), Number(attributes.num_channels));
  const units = await readUnits(files, ids, (u) => {
    const k = places.get(u);
    return k === undefined ? 0 : groups.spikesOf(k).length;
  });
  return {
    format: `SpikeInterface analyzer ${String((await files.info())?.version ?? '')}`.trim(),
    name: files.name,
    sites,
    units,
    warnings: [],
    fingerprint: fingerprintOf(times, clusters),
    async spikeTimes(u) {
      const k = places.get(u);
      if (k === undefined) return new Float64Array(0);
      return Float64Array.from(groups.spikesOf(k), (spike) => (1000 * times[spike]) / sampleRateHz).sort();
    },
    waveforms: (chosen, options, { onEvent }) =>
      analyzerWaveforms(
        files,
        { attributes, sampleRateHz, sites, units: ids.length },
        chosen,
        options,
        (text) => onEvent?.({ kind: 'warning', text }),
      ),
  };
}

/** First sample of every segment, one after the other. */
function segmentStarts({ num_samples: samples }: Json, segment: Float64Array): number[] {
  const lengths = Array.isArray(samples) ? samples.map(Number) : [];
  const starts = [0];
  const count = 1 + segment.reduce((most, s) => Math.max(most, s), 0);
  for (let s = 1; s < count; s++) starts.push(starts[s - 1] + (lengths[s - 1] ?? 0));
  return starts;
}

interface ProbeJson {
  readonly contact_positions?: readonly (readonly number[])[];
  readonly device_channel_indices?: readonly number[];
  readonly shank_ids?: readonly string[];
  readonly si_units?: string;
}

const MICROMETRES: Readonly<Record<string, number>> = { um: 1, mm: 1000, m: 1e6 };

function sitesOf(files: AnalyzerFiles, probegroup: Json, count: number): SessionSites {
  const locations = new Float64Array(2 * count).fill(Number.NaN);
  const shanks: string[] = new Array(count).fill('');
  let next = 0;
  for (const [p, probe] of ((probegroup.probes ?? []) as ProbeJson[]).entries()) {
    const scale = MICROMETRES[probe.si_units ?? 'um'] ?? 1;
    for (const [i, [x, y]] of (probe.contact_positions ?? []).entries()) {
      const channel = probe.device_channel_indices?.[i] ?? next;
      next++;
      // A contact that is not connected.
      if (!(channel >= 0 && channel < count)) continue;
      locations[2 * channel] = scale * x;
      locations[2 * channel + 1] = scale * y;
      shanks[channel] = `${p} ${probe.shank_ids?.[i] ?? ''}`;
    }
  }
  const lost = locations.findIndex((value) => !Number.isFinite(value));
  if (lost >= 0 || count === 0) {
    throw wrong(files, 'probegroup', `no position of channel ${lost >> 1}`, 'a position for each channel');
  }
  const names = [...new Set(shanks)].sort();
  return {
    count,
    locations,
    shanks: names.length > 1 ? Int32Array.from(shanks, (name) => names.indexOf(name) + 1) : undefined,
  };
}

async function readUnits(
  files: AnalyzerFiles,
  ids: readonly string[],
  spikesOf: (unit: number) => number,
): Promise<SortedUnit[]> {
  const properties = ids.map(() => new Map<string, string>());
  for (const name of await files.propertyNames()) {
    const values = await files.property(name);
    if (values?.length !== ids.length) continue;
    values.forEach((value, u) => {
      properties[u].set(name, value);
    });
  }
  return ids.map((id, u) => ({
    id,
    label: LABELS.map((name) => properties[u].get(name)).find((value) => value !== undefined && value !== ''),
    spikes: spikesOf(u),
    properties: properties[u],
  }));
}

async function analyzerWaveforms(
  files: AnalyzerFiles,
  session: { attributes: Json; sampleRateHz: number; sites: SessionSites; units: number },
  chosen: readonly number[],
  options: WaveformOptions,
  warn: (text: string) => void,
): Promise<SessionWaveforms> {
  const { sites, units, sampleRateHz } = session;
  if (options.source === 'raw' || options.source === 'templates') {
    throw new InputError({
      where: files.name,
      found: `a SpikeInterface analyzer and --waveforms ${options.source}`,
      expected: '--waveforms mean or auto: an analyzer has mean waveforms',
      remedy: 'Leave --waveforms out.',
    });
  }
  for (const extension of TEMPLATE_EXTENSIONS) {
    const params = await files.extensionParams(extension);
    const average = params && (await files.extensionArray(extension, 'average'));
    if (!average) continue;
    const [rows, samples, channels] = average.shape;
    if (average.shape.length !== 3 || rows !== units || channels !== sites.count) {
      throw wrong(
        files,
        `${extension}/average`,
        `shape (${average.shape.join(', ')})`,
        `(${units}, samples, ${sites.count})`,
      );
    }
    const gains = await gainsOf(files, session.attributes, sites.count, options);
    const sparse = await files.sparsity();
    if (sparse?.data.includes(0)) {
      warn(
        `${files.name}: the analyzer is sparse: waveforms are zero beyond the channels that it kept for each unit. Better compute it with sparse=False.`,
      );
    }
    const data = new Float32Array(chosen.length * channels * samples);
    chosen.forEach((u, i) => {
      for (let c = 0; c < channels; c++) {
        for (let t = 0; t < samples; t++) {
          data[(i * channels + c) * samples + t] = gains[c] * average.data[(u * samples + t) * channels + c];
        }
      }
    });
    return {
      source: 'mean',
      description: `${extension} extension, ${samples} samples`,
      sampleRateHz,
      samples,
      data,
      missing: new Map(),
    };
  }
  throw new InputError({
    where: files.name,
    found: 'no mean waveforms',
    expected: 'the extension templates with the operator average',
    remedy: "Compute it: analyzer.compute(['random_spikes', 'waveforms', 'templates']).",
  });
}

/** 1 where the analyzer computed in µV; else µV per bit of every channel. */
async function gainsOf(
  files: AnalyzerFiles,
  attributes: Json,
  channels: number,
  { gain }: WaveformOptions,
): Promise<number[]> {
  const each = (of: (channel: number) => number) => Array.from({ length: channels }, (_, c) => of(c));
  const settings = await files.settings();
  if (settings.return_in_uV === true || settings.return_scaled === true) return each(() => 1);
  if (gain !== undefined) return each(givenGain(gain).of);
  const { gain_to_uV: known } = (attributes.properties ?? {}) as { gain_to_uV?: readonly number[] };
  if (known?.length === channels && known.every((value) => value > 0)) return [...known];
  return missingGain(files.name, 'the analyzer, whose waveforms are in bits');
}

function wrong(files: AnalyzerFiles, what: string, found: unknown, expected: string): InputError {
  return new InputError({
    where: `${files.name}, ${what}`,
    found: found === undefined ? 'nothing' : String(found),
    expected,
    remedy: 'Save the analyzer again with SpikeInterface 0.101 or newer.',
  });
}
