/** Bytes and times of all files of a folder, to see whether anything was touched. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Path → time of the last change and hash of the content of every file below `folder`; "folder" for folders. */
export function snapshotOfFolder(folder: string): Record<string, string> {
  const snapshot: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const file = path.join(folder, name);
    const stats = statSync(file, { bigint: true });
    snapshot[name] = stats.isDirectory()
      ? 'folder'
      : `${stats.mtimeNs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
  }
  return snapshot;
}
