import { describe, expect, it } from 'vitest';
import { openStreamedDataset, readDataset } from './dataset.ts';
import { MemoryStore } from './memory-store.ts';
import { encodeNpy } from './npy-writer.ts';
import { RECORDED_FILE } from './recorded-channels.ts';
import { type Recording, writeRecording } from './recording.ts';

/** Two units in two sessions; the second session lacks channel 1. */
const recording: Recording = {
  units: 2,
  channels: 3,
  samples: 2,
  sessions: Int32Array.of(1, 2),
  waveformType: 'float32',
  waveform: (unit) => Float32Array.of(1, 2, unit === 1 ? Number.NaN : 3, unit === 1 ? Number.NaN : 4, 5, 6),
  channelLocations: Float64Array.of(0, 0, 0, 20, 0, 40),
  channelRecorded: Uint8Array.of(1, 1, 1, 1, 0, 1),
  spikeTimes: () => Float64Array.of(1, 2),
};

async function folder(changes: Partial<Recording> = {}): Promise<MemoryStore> {
  const store = new MemoryStore('data');
  await writeRecording(store, { ...recording, ...changes });
  return store;
}

const put = (store: MemoryStore, shape: number[], data: number[]) =>
  store.write(RECORDED_FILE, encodeNpy({ dtype: 'bool', shape, data }));

describe('channels that some sessions did not record', () => {
  it('are told by a file, and NaN in the waveforms', async () => {
    const { probe, waveforms } = await readDataset(await folder());
    expect([...(probe.recorded as Uint8Array)]).toEqual([1, 1, 1, 1, 0, 1]);
    expect(waveforms.data.slice(6)).toEqual(Float32Array.of(1, 2, Number.NaN, Number.NaN, 5, 6));
  });

  it('are none when the file says that all were recorded, or is not there', async () => {
    const waveform = () => new Float32Array(6).fill(1);
    const without = await folder({ channelRecorded: undefined, waveform });
    expect((await readDataset(without)).probe.recorded).toBeUndefined();
    const all = await folder({ channelRecorded: new Uint8Array(6).fill(1), waveform });
    expect((await readDataset(all)).probe.recorded).toBeUndefined();
  });

  it('are refused where file and waveforms disagree', async () => {
    const zero = await folder({ waveform: () => new Float32Array(6) });
    await expect(readDataset(zero)).rejects.toThrow(
      '0 for unit 1 on channel 1, which session 2 did not record',
    );
    const lost = await folder();
    await lost.remove(RECORDED_FILE);
    await expect(readDataset(lost)).rejects.toThrow('NaN at unit 1, channel 1');
    const more = await folder();
    await put(more, [2, 3], [1, 1, 1, 1, 1, 1]);
    await expect(readDataset(more)).rejects.toThrow('NaN at unit 1, channel 1');
  });

  it('are refused when the file is of another shape, or a session recorded nothing', async () => {
    const store = await folder();
    await put(store, [3, 2], [1, 1, 1, 1, 0, 1]);
    await expect(readDataset(store)).rejects.toThrow('(2, 3), sessions × channels');
    await put(store, [2, 3], [1, 1, 1, 0, 0, 0]);
    await expect(readDataset(store)).rejects.toThrow('no channel for session 2');
  });

  it('are refused where only nearby pairs are compared', async () => {
    await expect(openStreamedDataset(await folder())).rejects.toThrow('clustering.candidates to "all"');
  });
});
