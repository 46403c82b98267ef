import { describe, expect, it } from 'vitest';
import { StoppedError } from '../core/errors.ts';
import { simulateRecording } from '../core/simulation/simulate.ts';
import { listDeep } from './byte-source.ts';
import { MemoryStore } from './memory-store.ts';
import { readNpy, readNpyAs } from './npy.ts';
import { writeSimulation } from './simulation.ts';

const small = { sessions: 3, neuronsPerSession: 6, firing: { durationMs: 20_000 } };

async function read(store: MemoryStore, name: string) {
  const source = await store.open(name);
  if (!source) throw new Error(`no ${name}`);
  const array = await readNpy(source);
  return { ...(await readNpyAs(source, 'float64')), dtype: array.dtype };
}

/** All files of a store, with their content. */
async function filesOf(store: MemoryStore): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of await listDeep(store)) {
    const source = (await store.open(name))!;
    files.set(name, await source.read(0, source.size));
  }
  return files;
}

describe('writeSimulation', () => {
  it('writes the recording and its truth as it is in memory', async () => {
    const recording = simulateRecording(small);
    const { dataset, units, probe, sessions, neuronId, trueMotion } = recording;
    const store = new MemoryStore();
    await writeSimulation(store, recording);

    const waveforms = await read(store, 'waveform_all.npy');
    expect(waveforms).toMatchObject({ dtype: 'float32', shape: [units, 64, 64] });
    expect(waveforms.data).toEqual(Float64Array.from(dataset.waveforms.data));
    expect(await read(store, 'session_index.npy')).toEqual({
      dtype: 'int64',
      shape: [units],
      data: Float64Array.from(sessions),
    });
    expect((await read(store, 'neuron_id.npy')).data).toEqual(Float64Array.from(neuronId));
    expect(await read(store, 'channel_locations.npy')).toMatchObject({
      shape: [64, 2],
      data: probe.locations,
    });
    expect(await read(store, 'true_motion.npy')).toMatchObject({
      shape: [2, 3],
      data: Float64Array.of(...trueMotion.linear, ...trueMotion.constant),
    });
    expect(await read(store, 'peth.npy')).toMatchObject({ shape: [units, 60], data: dataset.peth?.data });
    for (let k = 0; k < units; k++) {
      expect((await read(store, `spike_times/Unit${k}.npy`)).data).toEqual(await dataset.spikeTimes(k));
    }
    expect(await store.open('channel_shanks.npy')).toBeUndefined();
  });

  it('names the shanks of a probe that has several', async () => {
    const recording = simulateRecording({ ...small, probe: 'np2-four-shank', samples: 20 });
    const store = new MemoryStore();
    await writeSimulation(store, recording);
    expect((await read(store, 'channel_shanks.npy')).data).toEqual(Float64Array.from(recording.probe.shanks));
  });

  it('leaves nothing of a larger recording that was there', async () => {
    const store = new MemoryStore();
    await writeSimulation(store, simulateRecording(small));
    await writeSimulation(store, simulateRecording({ ...small, neuronsPerSession: 2, peth: false }));
    const units = (await read(store, 'session_index.npy')).shape[0];
    expect(await store.list('spike_times')).toHaveLength(units);
    expect(await store.open('peth.npy')).toBeUndefined();
  });

  it('tells its progress, and leaves an earlier recording as it was when it is stopped', async () => {
    const store = new MemoryStore();
    const plan = simulateRecording(small);
    const seen: [number, number][] = [];
    await writeSimulation(store, plan, { progress: (...p) => seen.push(p) });
    expect(seen.map(([done]) => done)).toEqual(Array.from({ length: 2 * plan.units }, (_, i) => i + 1));
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([2 * plan.units]));

    const before = await filesOf(store);
    const controller = new AbortController();
    const other = simulateRecording({ ...small, seed: 2 });
    const stopped = writeSimulation(store, other, {
      progress: (done, total) => done === total - 1 && controller.abort(),
      signal: controller.signal,
    });
    await expect(stopped).rejects.toThrow(StoppedError);
    expect(await filesOf(store)).toEqual(before);
  });
});
