/** Folders of spike sorters, made from a simulated recording: with raw binary, templates, whitening, labels and edits in phy. */
import { createRandom } from '../../src/core/random.ts';
import type { RecordingPlan } from '../../src/core/simulation/simulate.ts';
import type { Store } from '../../src/io/byte-source.ts';
import { type NpyOutput, npyChunks } from '../../src/io/npy-writer.ts';
import { GAIN, rawChunks } from './raw-recording.ts';

export interface SortedFolderOptions {
  readonly version: 'ks2' | 'ks2.5' | 'ks3' | 'ks4';
  readonly sampleRateHz: number;
  /** Length of the session, ms; spikes beyond it are left out. */
  readonly durationMs: number;
  /** Writes `raw.ap.bin`, from this plan of the same recording without noise in its mean waveforms: every spike has noise of its own. */
  readonly raw?: RecordingPlan;
  /** Whether templates hold only some channels. */
  readonly sparse?: boolean;
  /** Also write `mean_waveforms.npy` or `RawWaveforms/`. */
  readonly mean?: 'c_waves' | 'bombcell';
  /** Sites that are recorded; all by default. */
  readonly sites?: readonly number[];
}

const META = `imAiRangeMax=0.6\nimAiRangeMin=-0.6\nimMaxInt=512\nfileCreateTime=2024-03-0SESSIONT10:00:00\n~imroTbl=(0,ROWS)`;

/** Samples of a template and where its trough stands. */
const TEMPLATE = { ks2: [82, 41], 'ks2.5': [61, 20], ks3: [61, 20], ks4: [61, 20] } as const;

/** A cluster after curation. */
interface Cluster {
  readonly id: number;
  /** Unit of the simulation; undefined for junk. */
  readonly unit?: number;
  readonly label: 'good' | 'mua' | 'noise';
}

export interface SortedFolder {
  /** Unit of the simulation by cluster id. */
  readonly units: ReadonlyMap<number, number>;
}

/**
 * Writes one session of a simulated recording as a sorter and a curator would have left it: one unit in four was split by the sorter into two
 * templates and merged in phy (a new id), one in four had junk in its template and was split in phy (new ids), and there is a cluster of
 * `mua`.
 */
export async function writeSortedFolder(
  store: Store,
  plan: RecordingPlan,
  session: number,
  options: SortedFolderOptions,
): Promise<SortedFolder> {
  const { version, sampleRateHz, durationMs } = options;
  const random = createRandom(1000 + session);
  const sites = options.sites ?? Array.from({ length: plan.probe.channels }, (_, c) => c);
  const channels = sites.length;
  const units = [...plan.sessions.keys()].filter((u) => plan.sessions[u] === session);
  const total = Math.round((durationMs * sampleRateHz) / 1000);
  const spikes: { time: number; template: number; cluster: number; unit?: number; amplitude: number }[] = [];
  const templates: { unit?: number }[] = [];
  const clusters: Cluster[] = [];
  let nextId = 2 * units.length + 1;
  for (const [k, unit] of units.entries()) {
    const times = [...plan.simulateUnitSpikes(unit)]
      .map((ms) => Math.round((ms * sampleRateHz) / 1000))
      .filter((t) => t > 150 && t < total - 200);
    const first = templates.length;
    templates.push({ unit });
    const add = (time: number, template: number, cluster: number, of?: number) =>
      spikes.push({ time, template, cluster, unit: of, amplitude: 1 + 0.05 * random.normal() });
    if (k % 4 === 1) {
      templates.push({ unit });
      const id = nextId++;
      for (const t of times) add(t, first + random.integer(2), id, unit);
      clusters.push({ id, unit, label: 'good' });
    } else if (k % 4 === 2) {
      const [id, junk] = [nextId++, nextId++];
      for (const t of times) add(t, first, id, unit);
      for (let i = 0; i < times.length / 10; i++) add(151 + random.integer(total - 400), first, junk);
      clusters.push({ id, unit, label: 'good' }, { id: junk, label: 'noise' });
    } else {
      for (const t of times) add(t, first, first, unit);
      clusters.push({ id: first, unit, label: 'good' });
    }
  }
  const mua = templates.length;
  templates.push({});
  for (let i = 0; i < 50; i++) {
    spikes.push({ time: 151 + random.integer(total - 400), template: mua, cluster: mua, amplitude: 1 });
  }
  clusters.push({ id: mua, label: 'mua' });
  spikes.sort((a, b) => a.time - b.time);

  const write = (name: string, array: NpyOutput) => store.write(name, npyChunks(array));
  const text = (name: string, content: string) => store.write(name, new TextEncoder().encode(content));
  const n = spikes.length;
  const column = version === 'ks4' ? [n] : [n, 1];
  const whole = version === 'ks4' ? 'int64' : 'uint64';
  const ids = version === 'ks4' ? 'int32' : 'uint32';
  const scale = new Map<number, number>();
  const W = whiteningOf(channels);
  const [samples, trough] = TEMPLATE[version];
  const whitened = templates.map(({ unit }, t) => {
    const bits =
      unit === undefined
        ? new Float32Array(channels * samples)
        : window(plan, unit, sites, samples, trough).map((v) => v / GAIN);
    if (unit === undefined) bits[(channels >> 1) * samples + trough] = -20;
    const white = applyMatrix(W, bits, channels, samples, version === 'ks4');
    const norm = Math.sqrt(white.reduce((sum, v) => sum + v * v, 0));
    scale.set(t, norm);
    return version === 'ks4' ? white : white.map((v) => v / norm);
  });
  await write('spike_times.npy', { dtype: whole, shape: column, data: spikes.map(({ time }) => time) });
  await write('spike_templates.npy', { dtype: ids, shape: column, data: spikes.map((s) => s.template) });
  await write('spike_clusters.npy', { dtype: ids, shape: column, data: spikes.map((s) => s.cluster) });
  await write('amplitudes.npy', {
    dtype: 'float64',
    shape: column,
    data: spikes.map((s) => s.amplitude * (scale.get(s.template) as number)),
  });
  await writeTemplates(write, whitened, channels, samples, options.sparse === true);
  const identity = Float64Array.from({ length: channels * channels }, (_, i) =>
    i % (channels + 1) === 0 ? 1 : 0,
  );
  const square = [channels, channels];
  if (version === 'ks4') {
    await write('whitening_mat_dat.npy', { dtype: 'float32', shape: square, data: W });
    // What phy is given instead.
    await write('whitening_mat.npy', {
      dtype: 'float32',
      shape: square,
      data: identity.map((v) => 0.005 * v),
    });
    await write('whitening_mat_inv.npy', {
      dtype: 'float32',
      shape: square,
      data: identity.map((v) => 200 * v),
    });
  } else {
    await write('whitening_mat.npy', { dtype: 'float64', shape: square, data: W });
    await write('whitening_mat_inv.npy', { dtype: 'float64', shape: square, data: invert(W, channels) });
  }
  await write('channel_map.npy', {
    dtype: 'int32',
    shape: version === 'ks4' ? [channels] : [channels, 1],
    data: Int32Array.from({ length: channels }, (_, c) => channels - 1 - c),
  });
  await write('channel_positions.npy', {
    dtype: 'float64',
    shape: [channels, 2],
    data: sites.flatMap((c) => [plan.probe.locations[2 * c], plan.probe.locations[2 * c + 1]]),
  });
  if (plan.probe.hasShanks) {
    await write('channel_shanks.npy', {
      dtype: 'int32',
      shape: [channels],
      data: sites.map((c) => plan.probe.shanks[c]),
    });
  }
  await text(
    'params.py',
    `dat_path = r'raw.ap.bin'\nn_channels_dat = ${channels + 1}\ndtype = 'int16'\noffset = 0\nsample_rate = ${sampleRateHz}.\nhp_filtered = False\n`,
  );
  await text(
    'cluster_KSLabel.tsv',
    `cluster_id\tKSLabel\n${templates.map((_, t) => `${t}\tgood\n`).join('')}`,
  );
  await text(
    'cluster_group.tsv',
    `cluster_id\tgroup\n${clusters.map(({ id, label }) => `${id}\t${label}\n`).join('')}`,
  );
  if (version === 'ks4') await text('kept_spikes.npy', 'x');
  await text('phy.log', 'merge, split');
  const of = new Map(clusters.flatMap(({ id, unit }) => (unit === undefined ? [] : [[id, unit] as const])));
  if (options.mean) await writeMeans(store, write, options.mean, plan, clusters, sites);
  await text(
    'raw.ap.meta',
    META.replace('SESSION', String(session)).replace(
      'ROWS',
      `${channels})${Array.from({ length: channels }, (_, c) => `(${c} 0 0 500 250 1)`).join('')}`,
    ),
  );
  if (options.raw) {
    await store.write('raw.ap.bin', rawChunks(options.raw, spikes, sites, total, random));
  }
  return { units: of };
}

/** A unit's waveform on some sites, in a window of its own. (sites, samples) µV. */
function window(
  plan: RecordingPlan,
  unit: number,
  sites: readonly number[],
  samples: number,
  trough: number,
): Float32Array {
  const waveform = plan.simulateUnitWaveform(unit);
  const shift = Math.floor(plan.samples / 3) - trough;
  const out = new Float32Array(sites.length * samples);
  sites.forEach((site, c) => {
    for (let t = 0; t < samples; t++) {
      const at = t + shift;
      if (at >= 0 && at < plan.samples) out[c * samples + t] = waveform[site * plan.samples + at];
    }
  });
  return out;
}

/** Every channel less some of its neighbours, not symmetric. */
function whiteningOf(channels: number): Float64Array {
  const W = new Float64Array(channels * channels);
  for (let i = 0; i < channels; i++) {
    W[i * channels + i] = 0.05 * (1 + 0.2 * Math.sin(i));
    if (i > 0) W[i * channels + i - 1] = -0.015;
    if (i < channels - 1) W[i * channels + i + 1] = -0.008;
  }
  return W;
}

/** Columns: W · x (Kilosort 4); else rows: x · W, channels first either way. */
function applyMatrix(
  W: Float64Array,
  x: Float32Array,
  channels: number,
  samples: number,
  columns: boolean,
): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++) {
      const w = columns ? W[i * channels + j] : W[j * channels + i];
      if (w === 0) continue;
      for (let t = 0; t < samples; t++) out[i * samples + t] += w * x[j * samples + t];
    }
  }
  return out;
}

/** Inverse by Gauss-Jordan without pivoting: the matrices here are diagonally dominant. */
function invert(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k];
    for (let j = 0; j < n; j++) {
      a[k * n + j] /= pivot;
      out[k * n + j] /= pivot;
    }
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const f = a[i * n + k];
      for (let j = 0; j < n; j++) {
        a[i * n + j] -= f * a[k * n + j];
        out[i * n + j] -= f * out[k * n + j];
      }
    }
  }
  return out;
}

/** (templates, samples, channels), or the larger half of the channels of each with `templates_ind.npy`. */
async function writeTemplates(
  write: (name: string, array: NpyOutput) => Promise<void>,
  templates: readonly Float32Array[],
  channels: number,
  samples: number,
  sparse: boolean,
): Promise<void> {
  const kept = sparse ? Math.ceil(0.75 * channels) : channels;
  const indices = templates.map((template) => {
    const size = (c: number) =>
      template.subarray(c * samples, (c + 1) * samples).reduce((sum, v) => sum + v * v, 0);
    const order = Array.from({ length: channels }, (_, c) => c);
    return sparse ? order.sort((a, b) => size(b) - size(a)).slice(0, kept) : order;
  });
  const data = new Float32Array(templates.length * samples * kept);
  templates.forEach((template, k) => {
    indices[k].forEach((c, s) => {
      for (let t = 0; t < samples; t++) data[(k * samples + t) * kept + s] = template[c * samples + t];
    });
  });
  await write('templates.npy', { dtype: 'float32', shape: [templates.length, samples, kept], data });
  await write('templates_ind.npy', {
    dtype: 'float64',
    shape: [templates.length, kept],
    data: indices.flat(),
  });
}

/** Means on all channels of the raw file but the sync channel, in its order: channel_map is turned around. */
async function writeMeans(
  store: Store,
  write: (name: string, array: NpyOutput) => Promise<void>,
  kind: 'c_waves' | 'bombcell',
  plan: RecordingPlan,
  clusters: readonly Cluster[],
  sites: readonly number[],
): Promise<void> {
  const reversed = [...sites].reverse();
  const channels = sites.length;
  const samples = 82;
  if (kind === 'c_waves') {
    const rows = Math.max(...clusters.map(({ id }) => id)) + 1;
    const data = new Float32Array(rows * channels * samples);
    for (const { id, unit } of clusters) {
      if (unit !== undefined) data.set(window(plan, unit, reversed, samples, 30), id * channels * samples);
    }
    await write('mean_waveforms.npy', { dtype: 'float32', shape: [rows, channels, samples], data });
    return;
  }
  for (const { id, unit } of clusters) {
    if (unit === undefined) continue;
    const waveform = window(plan, unit, reversed, samples, 41);
    const data = new Float64Array(samples * channels * 2);
    for (let t = 0; t < samples; t++) {
      for (let c = 0; c < channels; c++) {
        for (const half of [0, 1]) {
          // The halves differ; their mean does not.
          const bits = waveform[c * samples + t] / GAIN;
          data[(t * channels + c) * 2 + half] = bits * (half === 0 ? 1.1 : 0.9);
        }
      }
    }
    await store.write(
      `RawWaveforms/Unit${id}_RawSpikes.npy`,
      npyChunks({ dtype: 'float64', shape: [samples, channels, 2], data }),
    );
  }
}
