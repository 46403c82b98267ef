import { beforeAll, describe, expect, it } from 'vitest';
import {
  importAndTrack,
  LENGTH,
  plan,
  simulatedF1,
  trackedF1,
  type WrittenSession,
} from '../../../test/support/imported.ts';
import { writeAnalyzer, writeNwb, writeSpikeInfo } from '../../../test/support/other-formats.ts';
import { GAIN } from '../../../test/support/raw-recording.ts';
import { writeSortedFolder } from '../../../test/support/sorted-folders.ts';
import { type ByteSource, subStore } from '../byte-source.ts';
import { readDataset } from '../dataset.ts';
import { openHdf5 } from '../hdf5.ts';
import { MemoryStore } from '../memory-store.ts';
import { writeRecording } from '../recording.ts';
import { readSpikeInfo } from '../spike-info-mat.ts';
import type { ImportOptions } from './import-sessions.ts';
import { openNwb } from './nwb.ts';
import { openSession } from './recognise.ts';

let reference: number;
beforeAll(async () => {
  reference = await simulatedF1();
});

const open = (folder: MemoryStore) =>
  openSession((inner) => {
    const at = inner === '' ? folder : subStore(folder, inner);
    return { folder: at, open: (name) => at.open(name) };
  });

const analyzer = (as: 'binary_folder' | 'zarr') => async (s: number) => {
  const store = new MemoryStore(`day${s}`);
  const units = await writeAnalyzer(store, plan, s, LENGTH, as);
  return { session: await open(store), units };
};

const nwb = (ragged: boolean) => async (s: number) => {
  const store = new MemoryStore(`day${s}`);
  const units = await writeNwb(store, 'units.nwb', plan, s, LENGTH, ragged);
  return { session: openNwb(await openHdf5((await store.open('units.nwb')) as ByteSource)), units };
};

/** What UnitMatch is given: spikes, positions, labels, params.py and RawWaveforms, nothing of the sorter's own. */
const unitMatch = async (s: number) => {
  const store = new MemoryStore(`day${s}`);
  const { units } = await writeSortedFolder(store, plan, s, { version: 'ks4', mean: 'bombcell', ...LENGTH });
  const kept = /^(spike_times|spike_clusters|channel_|cluster_group|params|RawWaveforms)/;
  for (const name of store.files.keys()) if (!kept.test(name)) store.files.delete(name);
  return { session: await open(store), units };
};

describe('importing what other programs saved', () => {
  it.each<[string, (session: number) => Promise<WrittenSession>, Partial<ImportOptions>]>([
    ['a SpikeInterface analyzer folder', analyzer('binary_folder'), {}],
    ['a SpikeInterface analyzer in zarr', analyzer('zarr'), {}],
    ['NWB units', nwb(false), {}],
    ['NWB units with ragged waveforms', nwb(true), {}],
    ['a UnitMatch folder', unitMatch, { gain: GAIN }],
  ])('tracks the same neurons from %s', async (_, write, options) => {
    const sessions: WrittenSession[] = [];
    for (let s = 1; s <= plan.sessionCount; s++) sessions.push(await write(s));
    const imported = await importAndTrack(sessions, options);
    for (const { session } of sessions) session.close?.();
    expect(imported.report.sessions.map(({ source }) => source)).toEqual(['mean', 'mean', 'mean']);
    expect(new Set(imported.source)).toEqual(new Set(plan.sessions.keys()));
    expect(imported.source.length).toBe(plan.units);
    expect(Math.abs(imported.f1 - reference)).toBeLessThanOrEqual(0.01);
  });

  it('tracks the same neurons from spikeInfo.mat', async () => {
    const store = new MemoryStore();
    await writeSpikeInfo(store, 'spikeInfo.mat', plan);
    const file = await openHdf5((await store.open('spikeInfo.mat')) as ByteSource);
    await writeRecording(store, readSpikeInfo(file));
    file.close();
    const dataset = await readDataset(store);
    expect(dataset.sessions).toEqual(plan.sessions);
    expect(Math.abs((await trackedF1(dataset, [...plan.sessions.keys()])) - reference)).toBeLessThanOrEqual(
      0.01,
    );
  });
});
