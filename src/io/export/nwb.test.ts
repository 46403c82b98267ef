import { afterEach, describe, expect, it, vi } from 'vitest';
import { exampleData, exampleSource, exported } from '../../../test/example-export.ts';
import { exampleTracking } from '../../../test/example-result.ts';
import { hasPython, inTemporaryFolder, runPython } from '../../../test/numpy.ts';
import { openHdf5 } from '../hdf5.ts';
import { memorySource } from '../memory-store.ts';
import { FileStore } from '../node/file-store.ts';
import { nwbFiles } from './nwb.ts';

const RESULT = exampleTracking(13);
const write = async () => {
  const source = await exampleSource(RESULT);
  return { source, files: await exported(nwbFiles(source, await exampleData(RESULT))) };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('NWB files', () => {
  it('hold the units of one session each, with neurons, spikes in s and waveforms in V', async () => {
    const { source, files } = await write();
    expect([...files.keys()]).toEqual(['session_1.nwb', 'session_2.nwb', 'session_3.nwb']);
    const file = await openHdf5(memorySource('s', files.get('session_2.nwb')!));
    const numbers = (name: string) => Array.from(file.numbers(`/units/${name}`)!.data, Number);
    const units = source.units.filter(({ session }) => session === 2);
    expect(numbers('id')).toEqual(units.map(({ unit }) => unit));
    expect(numbers('neuron_id')).toEqual(units.map(({ neuron }) => neuron));
    // Units 1, 4, 7 and 10 have 2, 5, 8 and 11 spikes.
    expect(numbers('spike_times_index')).toEqual([2, 7, 15, 26]);
    expect(numbers('spike_times').slice(0, 4)).toEqual([0.1, 0.101, 0.4, 0.401]);
    const { shape, data } = file.numbers('/units/waveform_mean')!;
    expect(shape).toEqual([4, 4]);
    expect(data[4]).toBeCloseTo((4 + units[1].peakChannel / 8) * 1e-6, 12);
    file.close();
  });

  it('are the same bytes for the same result', async () => {
    const one = await write();
    // The clock of the library that writes the file.
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 5000);
    const other = await write();
    for (const [name, bytes] of one.files)
      expect(Buffer.compare(bytes, other.files.get(name)!), name).toBe(0);
  });

  it('are not made from another recording', async () => {
    const source = await exampleSource(RESULT);
    const other = await exampleData(exampleTracking(12));
    await expect(exported(nwbFiles(source, other))).rejects.toThrow(
      /session_index\.npy: found 12 units .* Give the data folder that was tracked with --data/,
    );
  });

  it.skipIf(!hasPython('pynwb'))('are valid for PyNWB, and read by it', async () => {
    const { source, files } = await write();
    await inTemporaryFolder(async (folder) => {
      const store = new FileStore(folder);
      for (const [name, bytes] of files) await store.write(name, bytes);
      const said = runPython(
        `
import sys, warnings
warnings.simplefilter('ignore')
from pynwb import NWBHDF5IO, validate
for k in (1, 2):
    path = f'{sys.argv[1]}/session_{k}.nwb'
    with NWBHDF5IO(path, 'r') as io:
        f = io.read()
        u = f.units.to_dataframe()
        print(u.index.tolist(), u.neuron_id.tolist(), u.cluster_id.tolist(), [len(t) for t in u.spike_times], f.session_start_time.date())
    errors = validate(path=path)
    print(errors if not isinstance(errors, tuple) else errors[0])
`,
        folder,
      );
      const list = (values: readonly unknown[]) => `[${values.join(', ')}]`;
      const line = (session: number, date: string) => {
        const units = source.units.filter((unit) => unit.session === session);
        const ids = list(units.map(({ clusterId }) => `'${clusterId}'`));
        const spikes = list(units.map(({ unit }) => unit + 1));
        return `${list(units.map(({ unit }) => unit))} ${list(units.map(({ neuron }) => neuron))} ${ids} ${spikes} ${date}`;
      };
      expect(said.trim().split('\n')).toEqual([line(1, '2026-01-01'), '[]', line(2, '1970-01-01'), '[]']);
    });
  });
});
