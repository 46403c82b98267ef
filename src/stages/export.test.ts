import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotOfFolder } from '../../test/cli/snapshot-of-folder.ts';
import { exampleStore } from '../../test/example-export.ts';
import { inTemporaryFolder } from '../../test/numpy.ts';
import { curateFolder } from '../../test/support/curate-folder.ts';
import type { RunEvent } from '../core/context.ts';
import { replay } from '../core/curation/replay.ts';
import { StoppedError } from '../core/errors.ts';
import type { ExportFormat } from '../io/export/formats.ts';
import { resultFingerprint } from '../io/fingerprint.ts';
import { FileStore } from '../io/node/file-store.ts';
import { encodeNpy } from '../io/npy-writer.ts';
import { SavedResult } from '../io/read-result.ts';
import { writeCurated } from '../io/write-curated.ts';
import { applyCuration } from './curate.ts';
import { exportResult } from './export.ts';

const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

/** Calls `work` with the output folder of a small result. */
const withResult = (
  work: (out: string, folder: string) => Promise<void>,
  ...args: Parameters<typeof exampleStore>
) =>
  inTemporaryFolder(async (folder) => {
    const out = join(folder, 'out');
    for (const [name, bytes] of (await exampleStore(...args)).files) write(join(out, name), bytes);
    await work(out, folder);
  });

const CURATED = [1, 1, ...new Array<number>(11).fill(-1)];
const curated = (labels: readonly number[]) =>
  encodeNpy({ dtype: 'int64', shape: [labels.length], data: labels });

describe('exportResult', () => {
  it('uses neurons curated by hand when there are some, unless told not to', async () => {
    await withResult(async (out) => {
      const neurons = async (automatic?: boolean) => {
        const summary = await exportResult(out, { to: 'csv', automatic });
        const [, ...lines] = readFileSync(join(summary.folder, 'neurons.csv'), 'utf8').trim().split('\n');
        return { curated: summary.curated, said: summary.neurons, rows: lines.length };
      };
      const automatic = await neurons();
      expect(automatic.curated).toBe(false);
      write(join(out, 'IdxCluster_curated.npy'), curated(CURATED));
      expect(await neurons()).toEqual({ curated: true, said: 1, rows: 1 });
      expect(await neurons(true)).toEqual(automatic);
    });
  });

  it('takes what was curated and applied, until the recording is tracked again', async () => {
    await withResult(async (out) => {
      const store = new FileStore(out);
      const saved = await SavedResult.open(store);
      const automatic = (await saved.labels()).map((label) => (label < 0 ? -1 : label + 1));
      await writeCurated(store, {
        state: { ...replay(automatic, []).state, labels: Int32Array.from(CURATED) },
        version: 1,
        fingerprint: await resultFingerprint(automatic, await saved.peakChannels()),
        automatic,
        sessions: (await saved.run())!.sessions,
        sparse: false,
      });
      expect(await exportResult(out, { to: 'csv' })).toMatchObject({ curated: true, neurons: 1 });
      write(join(out, 'IdxCluster.npy'), curated(new Array(13).fill(1)));
      await expect(exportResult(out, { to: 'csv' })).rejects.toThrow(/curated in another result/);
      expect(await exportResult(out, { to: 'csv', automatic: true })).toMatchObject({ curated: false });
    });
  });

  it('takes what the log of the curation says now, and tells of curated files that are older', async () => {
    await withResult(async (out) => {
      const saved = await SavedResult.open(new FileStore(out));
      const labels = (await saved.labels()).map((label) => (label < 0 ? -1 : label + 1));
      const exported = async (options: { automatic?: boolean } = {}) => {
        const warnings: string[] = [];
        const onEvent = (event: RunEvent) => event.kind === 'warning' && warnings.push(event.text);
        const { curated, neurons } = await exportResult(out, { to: 'csv', onEvent, ...options });
        return { curated, neurons, warnings };
      };
      const automatic = await exported();
      const unitOf = (neuron: number) => labels.indexOf(neuron);
      await curateFolder(out, { operation: 'merge', units: [unitOf(1), unitOf(2)] });
      const merged = { curated: true, neurons: automatic.neurons - 1, warnings: [] };
      expect(await exported()).toEqual(merged);
      expect(await exported({ automatic: true })).toEqual(automatic);
      await applyCuration(out);
      const third = [...labels.keys()].filter((unit) => labels[unit] === 3);
      await curateFolder(out, { operation: 'remove', units: third });
      const { warnings, ...now } = await exported();
      expect(now).toEqual({ curated: true, neurons: automatic.neurons - 2 });
      expect(warnings).toEqual([
        expect.stringMatching(/hold version 1 .* version 2.*dant curate OUT --apply/),
      ]);
      await curateFolder(out, { operation: 'undo' }, { operation: 'undo' });
      expect(await exported()).toEqual(automatic);
    });
  });

  it('writes into a folder of its own, or the one given, and removes what an earlier export left', async () => {
    await withResult(async (out, folder) => {
      const summary = await exportResult(out, { to: 'spikeinterface' });
      expect(summary.folder).toBe(join(out, 'export', 'spikeinterface'));
      const target = join(folder, 'there');
      write(join(target, 'Session9/curation.json'), 'of more sessions');
      write(join(target, 'notes.txt'), 'mine');
      const { files } = await exportResult(out, { to: 'spikeinterface', output: target });
      const folders = ['Session1', 'Session2', 'Session3'];
      expect(Object.keys(snapshotOfFolder(target)).sort()).toEqual(
        [...files, ...folders, 'notes.txt'].sort(),
      );
    });
  });

  it.each<[what: string, to: ExportFormat, spoil: (out: string) => void, message: RegExp]>([
    [
      'an unfinished run',
      'csv',
      (out) => rmSync(join(out, 'Output.npz')),
      /Output\.npz: found no such file: the run did not end.*Run dant again/,
    ],
    [
      'a folder without a result',
      'csv',
      (out) => rmSync(join(out, 'IdxCluster.npy')),
      /IdxCluster\.npy: found no such file/,
    ],
    [
      'a missing units.csv',
      'phy',
      (out) => rmSync(join(out, 'units.csv')),
      /found no cluster_id for unit 0.*dant import/,
    ],
    ["sorters' folders that are gone", 'phy', () => {}, /^\/sorted\/1: found no cluster_\*\.tsv/],
    ['a data folder that is gone', 'nwb', () => {}, /waveform_all\.npy: found no such file/],
    [
      'curated labels of another result',
      'mat',
      (out) => write(join(out, 'IdxCluster_curated.npy'), curated([1, 1])),
      /IdxCluster_curated\.npy: found neurons curated in another result.*--automatic/,
    ],
    ['a damaged Output.npz', 'mat', (out) => writeFileSync(join(out, 'Output.npz'), 'PK'), /Output\.npz/],
    [
      'a damaged units.csv',
      'csv',
      (out) => writeFileSync(join(out, 'units.csv'), 'unit,session\n0,1\n'),
      /units\.csv: found 1 units/,
    ],
  ])('tells %s, and leaves an earlier export as it was', async (_, to, spoil, message) => {
    await withResult(async (out) => {
      write(join(out, 'export', to, 'Session1/cluster_group.tsv'), 'earlier');
      write(join(out, 'export', to, 'Output.mat'), 'earlier');
      spoil(out);
      const before = snapshotOfFolder(out);
      await expect(exportResult(out, { to })).rejects.toThrow(message);
      expect(snapshotOfFolder(out)).toEqual(before);
    });
  });

  it('tells a target that cannot be written, and one that holds what is to be copied', async () => {
    await withResult(async (out, folder) => {
      const file = join(folder, 'file');
      write(file, 'a file');
      await expect(exportResult(out, { to: 'csv', output: file })).rejects.toThrow(/found a file at/);
      const units = join(out, 'units.csv');
      writeFileSync(units, readFileSync(units, 'utf8').replaceAll('/sorted/', `${folder}/Session`));
      write(join(folder, 'Session1/cluster_group.tsv'), 'cluster_id\tgroup\n');
      const before = snapshotOfFolder(folder);
      await expect(exportResult(out, { to: 'phy', output: folder })).rejects.toThrow(
        /Session1; expected a folder for copies/,
      );
      expect(snapshotOfFolder(folder)).toEqual(before);
    });
  });

  it('refuses an unknown format', async () => {
    await expect(exportResult('out', { to: 'xls' as ExportFormat })).rejects.toThrow(
      /got xls, expected csv, parquet/,
    );
  });

  it('changes nothing when it is stopped', async () => {
    await withResult(async (out) => {
      const before = snapshotOfFolder(out);
      await expect(exportResult(out, { to: 'mat', signal: AbortSignal.abort() })).rejects.toThrow(
        StoppedError,
      );
      expect(snapshotOfFolder(out)).toEqual(before);
    });
  });
});
