/** Dividing a data folder by sessions. */
import { mkdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOf } from '../../src/core/ndarray.ts';
import { FileStore } from '../../src/io/node/file-store.ts';
import { readNpyAs } from '../../src/io/npy.ts';
import { npyChunks } from '../../src/io/npy-writer.ts';

/**
 * Writes the sessions first .. last of a simulated recording as a recording of its own, numbered from 1.
 * @param keeps whether a unit of them is to be in it
 */
export async function splitRecording(
  data: string,
  to: string,
  first: number,
  last: number,
  keeps: (unit: number) => boolean = () => true,
): Promise<void> {
  const from = new FileStore(data);
  const target = new FileStore(to);
  const read = async (name: string) => {
    const source = await from.open(name);
    return source && readNpyAs(source, 'float64');
  };
  const sessions = (await read('session_index.npy'))?.data ?? new Float64Array(0);
  const units = [...sessions.keys()].filter(
    (unit) => sessions[unit] >= first && sessions[unit] <= last && keeps(unit),
  );
  mkdirSync(join(to, 'spike_times'), { recursive: true });
  for (const name of ['waveform_all.npy', 'session_index.npy', 'peth.npy', 'neuron_id.npy']) {
    const array = await read(name);
    if (!array) continue;
    const columns = sizeOf(array.shape.slice(1));
    function* data() {
      for (const unit of units) {
        const row = array?.data.slice(unit * columns, (unit + 1) * columns) ?? new Float64Array(0);
        yield name === 'session_index.npy' ? row.map((session) => session - first + 1) : row;
      }
    }
    const dtype = name === 'waveform_all.npy' ? 'float32' : name === 'peth.npy' ? 'float64' : 'int64';
    await target.write(name, npyChunks({ dtype, shape: [units.length, ...array.shape.slice(1)], data }));
  }
  const motion = await read('true_motion.npy');
  if (motion) {
    const [, n] = motion.shape;
    const data = [0, 1].flatMap((row) => [...motion.data.subarray(row * n + first - 1, row * n + last)]);
    await target.write('true_motion.npy', npyChunks({ dtype: 'float64', shape: [2, data.length / 2], data }));
  }
  for (const name of ['channel_locations.npy', 'channel_shanks.npy']) {
    const source = await from.open(name);
    if (source) await target.write(name, await source.read(0, source.size));
  }
  for (const [i, unit] of units.entries()) {
    await cp(join(data, `spike_times/Unit${unit}.npy`), join(to, `spike_times/Unit${i}.npy`));
  }
}
