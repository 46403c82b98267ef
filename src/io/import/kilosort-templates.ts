/** Kilosort's templates as waveforms: unwhitened, scaled by the spikes that were fitted with them. */
import { InputError } from '../../core/errors.ts';
import { invertMatrix } from '../../core/linear-algebra.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { openNpy, readNpyAs, readNpyRowsAs } from '../npy.ts';
import { notOfOneSorting } from './sorter-files.ts';

export interface TemplateSpikes {
  /** (spikes,) template that each spike was fitted with. */
  readonly templates: Int32Array;
  /** (spikes,) amplitude of each spike, in units of its template or of the whitened data; or its peak, where templates are means. */
  readonly amplitudes: Float64Array;
}

export interface KilosortTemplates {
  readonly samples: number;
  readonly count: number;
  /** Whether they are means of the recording, as SpikeInterface exports them, in µV or in bits; else fitted templates, in bits. */
  readonly means: boolean;
  /**
   * Waveform of a cluster: the templates of its spikes, each unwhitened and weighted by the number of spikes and their mean
   * amplitude, or as they are when they are means.
   * @param spikes indices of the spikes of the cluster
   * @returns (channels, samples) in bits, or in what means are in
   */
  clusterWaveform(spikes: Int32Array): Promise<Float32Array>;
}

/**
 * Opens `templates.npy` with `templates_ind.npy` (`template_ind.npy`) where templates are sparse, and the whitening.
 *
 * Kilosort 2 to 3 whiten rows of samples, `x·W`, and save W⁻¹ as `whitening_mat_inv.npy`. Kilosort 4 whitens columns, `W·x`, and saves W as
 * `whitening_mat_dat.npy`; its `whitening_mat.npy` only serves phy.
 *
 * @throws InputError when the files are missing, or are not of one sorting
 */
export async function openTemplates(
  folder: Store,
  channels: number,
  spikes: TemplateSpikes,
): Promise<KilosortTemplates> {
  const source = await folder.open('templates.npy');
  if (!source) {
    throw new InputError({
      where: pathIn(folder, 'templates.npy'),
      found: 'no such file',
      expected: 'the templates of the sorting, since there are no other waveforms',
      remedy: 'Put it back, or make the raw recording reachable: dat_path in params.py.',
    });
  }
  const file = await openNpy(source);
  const [count, samples, stored] = file.shape;
  const sites = await readSites(folder, count, stored, channels);
  if (file.shape.length !== 3 || samples === 0) {
    throw notOfOneSorting(
      source.name,
      `an array of shape (${file.shape.join(', ')})`,
      '(templates, samples, channels)',
    );
  }
  const highest = spikes.templates.reduce((most, t) => Math.max(most, t), -1);
  if (highest >= count) {
    throw notOfOneSorting(
      pathIn(folder, 'spike_templates.npy'),
      `template ${highest}`,
      `templates 0 to ${count - 1}, as templates.npy has`,
    );
  }
  const unwhiten = await readUnwhitening(folder, channels);
  const all = file.fortranOrder ? (await readNpyAs(source, 'float32')).data : undefined;
  const template = async (t: number): Promise<Float32Array> =>
    all
      ? all.subarray(t * samples * stored, (t + 1) * samples * stored)
      : (await readNpyRowsAs(file, t, t + 1, 'float32')).data;

  /** How many times each template is to be taken for a spike of amplitude 1. */
  const norms = new Map<number, number>();
  const normOf = async (t: number) => {
    let norm = norms.get(t);
    if (norm === undefined) {
      norm = Math.sqrt((await template(t)).reduce((sum, v) => sum + v * v, 0));
      norms.set(t, norm);
    }
    return norm;
  };
  const means = await areMeans(folder, spikes);
  const relative = means || (await amplitudesAreRelative(spikes, normOf));

  return {
    samples,
    count,
    means,
    async clusterWaveform(indices) {
      const amplitude = new Map<number, number>();
      for (const i of indices) {
        const t = spikes.templates[i];
        amplitude.set(t, (amplitude.get(t) ?? 0) + (means ? 1 : spikes.amplitudes[i]));
      }
      const whitened = new Float64Array(channels * samples);
      for (const [t, sum] of amplitude) {
        const norm = await normOf(t);
        if (norm === 0) continue;
        const weight = (relative ? sum : sum / norm) / indices.length;
        const data = await template(t);
        for (let s = 0; s < stored; s++) {
          const channel = sites ? sites[t * stored + s] : s;
          if (channel < 0 || channel >= channels) continue;
          for (let k = 0; k < samples; k++) whitened[channel * samples + k] += weight * data[k * stored + s];
        }
      }
      return multiply(unwhiten, whitened, channels, samples);
    },
  };
}

/**
 * SpikeInterface (`export_to_phy`) saves the means of its analyzer as templates, and the peaks of the spikes, most of them negative, as
 * amplitudes. A sorter fits templates with positive ones.
 */
async function areMeans(folder: Store, { amplitudes }: TemplateSpikes): Promise<boolean> {
  if (await folder.open('channel_map_si.npy')) return true;
  return median(someOf(amplitudes.length).map((i) => amplitudes[i])) < 0;
}

/**
 * Kilosort 2 to 3 save templates of norm 1, or of any norm with amplitudes around 1: a spike is its amplitude times the template.
 * Kilosort 4 saves templates with the amplitude that their spikes have: there amplitudes are of the size of the norms, and a spike is
 * amplitude / norm times the template. For norm 1 both are the same.
 */
async function amplitudesAreRelative(
  { templates, amplitudes }: TemplateSpikes,
  normOf: (t: number) => Promise<number>,
): Promise<boolean> {
  const ratios: number[] = [];
  const norms: number[] = [];
  for (const i of someOf(templates.length)) {
    const norm = await normOf(templates[i]);
    if (norm === 0) continue;
    ratios.push(amplitudes[i] / norm);
    norms.push(norm);
  }
  const ratio = median(ratios);
  return !(ratio > 0.3 && ratio < 3) || Math.abs(median(norms) - 1) < 0.2;
}

/** Indices of about 500 of so many spikes. */
function someOf(count: number): number[] {
  const step = Math.max(1, Math.floor(count / 500));
  return Array.from({ length: Math.ceil(count / step) }, (_, k) => k * step);
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** (templates, stored) channel of every column of a template; undefined when templates hold all channels in order. */
async function readSites(
  folder: Store,
  templates: number,
  stored: number,
  channels: number,
): Promise<Int32Array | undefined> {
  const source = (await folder.open('templates_ind.npy')) ?? (await folder.open('template_ind.npy'));
  if (stored === channels) {
    if (!source) return undefined;
    const { data } = await readNpyAs(source, 'int32');
    // Some tools leave a table of another size beside full templates.
    return data.length === templates * stored ? data : undefined;
  }
  if (!source) {
    throw notOfOneSorting(
      pathIn(folder, 'templates.npy'),
      `templates on ${stored} channels and no templates_ind.npy`,
      `${channels} channels, as channel_positions.npy has`,
    );
  }
  const { data } = await readNpyAs(source, 'int32');
  if (data.length !== templates * stored) {
    throw notOfOneSorting(
      source.name,
      `${data.length} channels`,
      `${stored} for each of ${templates} templates`,
    );
  }
  return data;
}

/** M with waveform = M · whitened (channels first); undefined for data that were not whitened. */
async function readUnwhitening(folder: Store, channels: number): Promise<Float64Array | undefined> {
  const applied = await readSquare(folder, 'whitening_mat_dat.npy', channels);
  if (applied) {
    const inverse = invertMatrix(applied, channels);
    if (inverse) return inverse;
    throw singular(folder, 'whitening_mat_dat.npy');
  }
  const saved = await readSquare(folder, 'whitening_mat_inv.npy', channels);
  if (saved) return transpose(saved, channels);
  const whitening = await readSquare(folder, 'whitening_mat.npy', channels);
  if (!whitening) return undefined;
  const inverse = invertMatrix(whitening, channels);
  if (inverse) return transpose(inverse, channels);
  throw singular(folder, 'whitening_mat.npy');
}

async function readSquare(folder: Store, name: string, channels: number): Promise<Float64Array | undefined> {
  const source = await folder.open(name);
  if (!source) return undefined;
  const { data, shape } = await readNpyAs(source, 'float64');
  if (shape.join() === `${channels},${channels}`) return data;
  throw notOfOneSorting(
    source.name,
    `an array of shape (${shape.join(', ')})`,
    `(${channels}, ${channels}), as channel_positions.npy has channels`,
  );
}

function transpose(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from(matrix, (_, i) => matrix[(i % n) * n + Math.floor(i / n)]);
}

function multiply(
  matrix: Float64Array | undefined,
  waveform: Float64Array,
  channels: number,
  samples: number,
): Float32Array {
  if (!matrix) return Float32Array.from(waveform);
  const out = new Float64Array(waveform.length);
  for (let j = 0; j < channels; j++) {
    const row = waveform.subarray(j * samples, (j + 1) * samples);
    if (row.every((value) => value === 0)) continue;
    for (let i = 0; i < channels; i++) {
      const factor = matrix[i * channels + j];
      if (factor === 0) continue;
      for (let t = 0; t < samples; t++) out[i * samples + t] += factor * row[t];
    }
  }
  return Float32Array.from(out);
}

const singular = (folder: Store, name: string) =>
  notOfOneSorting(pathIn(folder, name), 'a matrix without an inverse', 'the whitening matrix of the sorting');
