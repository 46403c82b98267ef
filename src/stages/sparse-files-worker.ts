/** Worker thread that writes the sparse files of the similarities that it is sent. */
import { parentPort } from 'node:worker_threads';
import { InputError } from '../core/errors.ts';
import { FileStore } from '../io/node/file-store.ts';
import { npzChunks } from '../io/npz.ts';
import { type SparseWriting, type SparseWritten, sparseFilesOf } from './write-aside.ts';

parentPort?.once('message', async ({ folder, ...similarities }: SparseWriting) => {
  const store = new FileStore(folder);
  let problem: SparseWritten;
  try {
    for (const { name, members } of sparseFilesOf(similarities))
      await store.write(`${name}.npz`, npzChunks(members()));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, found, expected, remedy } = error;
    problem = { where, found, expected, remedy };
  }
  parentPort?.postMessage(problem);
});
