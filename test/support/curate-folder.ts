/** Curation of a result folder, as `dant view` would write it. */
import type { Operation } from '../../src/core/curation/operations.ts';
import { CurationLogFile } from '../../src/io/node/curation-log-file.ts';
import { openTracked } from '../../src/stages/open-tracked.ts';

/** Appends operations to the log of a folder; nothing is applied. */
export async function curateFolder(folder: string, ...operations: Operation[]): Promise<void> {
  const log = new CurationLogFile(folder, await openTracked(folder));
  for (const operation of operations) {
    const { version } = (await log.current()).replayed;
    const options = { after: version, id: `id${version}`, time: '2026-01-05T12:00:00.000Z' };
    const { outcome } = await log.append(operation, options);
    if (outcome !== 'appended') throw new Error(`${operation.operation}: ${outcome}`);
  }
}
