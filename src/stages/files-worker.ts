/** Worker thread that writes the files that it is told to. */
import { InputError } from '../core/errors.ts';
import { answerAside } from './aside-thread.ts';
import { type FilesWritten, type FileWork, writeHere } from './write-aside.ts';

answerAside(async (work: FileWork): Promise<FilesWritten> => {
  try {
    await writeHere(work);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, found, expected, remedy } = error;
    return { where, found, expected, remedy };
  }
});
