/** Comparing result folders byte by byte, but for what tells the time and the place of a run. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openFile } from '../../src/io/node/file-store.ts';
import { openNpz } from '../../src/io/npz.ts';

const hash = (content: string | Uint8Array) => createHash('sha1').update(content).digest('hex');

/**
 * Hashes of every file, of `Output.npz` of every array. Times are left out, the folder among the settings, and the pickled copy
 * of all that.
 */
export async function contentOfResult(folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const file = path.join(folder, name);
    const base = path.basename(name);
    if (statSync(file).isDirectory() || base === 'RunTimeSec.npy') continue;
    if (base !== 'Output.npz') {
      content[name] = hash(readFileSync(file));
      continue;
    }
    const source = await openFile(file);
    if (!source) throw new Error(`${file} is missing`);
    const output = await openNpz(source);
    for (const member of output.names) {
      if (['RunTime', 'DateTime', 'arr_0'].includes(member)) continue;
      const { data } = await output.read(member);
      content[`${name}/${member}`] = hash(
        ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : JSON.stringify(data).replaceAll(folder, ''),
      );
    }
  }
  return content;
}
