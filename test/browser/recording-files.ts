/** A recording as files that a page can fetch, bit for bit. */
import type { Dataset } from 'dant';

interface Layout {
  readonly units: number;
  readonly sessionCount: number;
  readonly sessions: number[];
  readonly channels: number;
  readonly samples: number;
  readonly probe: { readonly locations: number[]; readonly shanks: number[]; readonly hasShanks: boolean };
  /** Spikes of each unit. */
  readonly spikes: number[];
  readonly pethBins: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

export async function recordingFiles(dataset: Dataset, folder: string): Promise<Record<string, Bytes>> {
  const { units, sessionCount, sessions, waveforms, probe, peth } = dataset;
  const trains = await Promise.all(Array.from({ length: units }, (_, unit) => dataset.spikeTimes(unit)));
  const layout: Layout = {
    units,
    sessionCount,
    sessions: [...sessions],
    channels: waveforms.channels,
    samples: waveforms.samples,
    probe: { locations: [...probe.locations], shanks: [...probe.shanks], hasShanks: probe.hasShanks },
    spikes: trains.map((train) => train.length),
    pethBins: peth?.bins ?? 0,
  };
  return {
    [`${folder}/layout.json`]: new TextEncoder().encode(JSON.stringify(layout)),
    [`${folder}/waveforms.bin`]: bytesOf([waveforms.data]),
    [`${folder}/spikes.bin`]: bytesOf(trains),
    [`${folder}/peth.bin`]: bytesOf(peth ? [peth.data] : []),
  };
}

export async function fetchRecording(folder: string): Promise<Dataset> {
  const get = async (name: string) => {
    const response = await fetch(`${folder}/${name}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response.arrayBuffer();
  };
  const layout: Layout = JSON.parse(new TextDecoder().decode(await get('layout.json')));
  const { units, sessionCount, channels, samples, spikes, pethBins } = layout;
  const times = new Float64Array(await get('spikes.bin'));
  const starts = [0];
  for (const count of spikes) starts.push(starts[starts.length - 1] + count);
  return {
    units,
    sessionCount,
    sessions: Int32Array.from(layout.sessions),
    waveforms: { data: new Float32Array(await get('waveforms.bin')), units, channels, samples },
    probe: {
      channels,
      locations: Float64Array.from(layout.probe.locations),
      shanks: Int32Array.from(layout.probe.shanks),
      hasShanks: layout.probe.hasShanks,
    },
    spikeTimes: async (unit) => times.slice(starts[unit], starts[unit + 1]),
    ...(pethBins > 0 && { peth: { data: new Float64Array(await get('peth.bin')), bins: pethBins } }),
  };
}

function bytesOf(arrays: readonly ArrayBufferView[]): Bytes {
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return bytes;
}
