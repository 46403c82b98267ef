/** Worker thread that writes the sparse files of the similarities that it is sent. */
import { InputError } from '../core/errors.ts';
import { answerAside } from './aside-thread.ts';
import { type FilesWritten, type SparseWriting, writeSparseFiles } from './write-aside.ts';

answerAside(async (work: SparseWriting): Promise<FilesWritten> => {
  try {
    await writeSparseFiles(work);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, found, expected, remedy } = error;
    return { where, found, expected, remedy };
  }
});
