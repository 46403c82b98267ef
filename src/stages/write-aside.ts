/** Writing files of a grown result on a thread of its own, while the rest of it is computed. */
import { InputError, type InputProblem } from '../core/errors.ts';
import type { NearbySimilarities } from '../core/result.ts';
import type { FeatureName } from '../core/settings.ts';
import { FileStore } from '../io/node/file-store.ts';
import { type JoinedPart, joinRecordings } from '../io/node/join-recordings.ts';
import { npzChunks } from '../io/npz.ts';
import { oneBlock } from '../io/result-blocks.ts';
import { sparseSimilarityFiles } from '../io/write-clustering.ts';
import { AsideThread, HAS_THREADS } from './aside-thread.ts';

/** The recording of all sessions, as `joinRecordings` takes it. */
interface Joining {
  readonly kind: 'join';
  readonly parts: readonly [JoinedPart, JoinedPart];
  readonly target: string;
  readonly final: string;
}

/** The sparse files of the similarities of all units. */
interface SparseWriting extends NearbySimilarities {
  readonly kind: 'sparse';
  readonly features: readonly FeatureName[];
  readonly folder: string;
}

/** What the thread is asked. */
export type FileWork = Joining | SparseWriting;

/** What it answers: nothing, or why the files cannot be written. */
export type FilesWritten = InputProblem | undefined;

const sparseFilesOf = (clustering: Omit<SparseWriting, 'kind' | 'folder'>) =>
  sparseSimilarityFiles(oneBlock(clustering.similarity.layout.units, { clustering }), clustering.features);

/** @throws InputError when they cannot be written; StoppedError */
export async function writeHere(work: FileWork, signal?: AbortSignal): Promise<void> {
  if (work.kind === 'join') return joinRecordings(work.parts, work.target, work.final, signal);
  const store = new FileStore(work.folder);
  for (const { name, members } of sparseFilesOf(work)) await store.write(`${name}.npz`, npzChunks(members()));
}

/** A thread that is started before there is anything to write. */
export class FilesThread {
  private readonly thread = new AsideThread<FileWork, FilesWritten>('files-worker.js', 'writes files');
  private readonly isAside: boolean;
  /** Names of the files of the result that it writes. */
  readonly files = new Set<string>();

  /** @param threads that may be used */
  constructor(threads: number) {
    this.isAside = HAS_THREADS && threads > 1;
  }

  /** Begins to put the recording of all sessions together, aside where there are threads. @throws as `joinRecordings` */
  join(joining: Omit<Joining, 'kind'>, signal?: AbortSignal): Promise<void> {
    return this.write({ kind: 'join', ...joining }, signal);
  }

  /** Whether it can write similarities aside without copying them: they lie in shared memory. */
  canWrite({ similarity, featureSimilarity }: NearbySimilarities): boolean {
    const pieces = [similarity, ...featureSimilarity].flatMap((matrix) => matrix.pieces);
    return this.isAside && pieces.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  }

  /** Writes similarities that it can write. @throws InputError when the folder cannot be written; StoppedError */
  async writeSparse(
    {
      features,
      featureSimilarity,
      similarity,
      pairs,
      pairSimilarities,
    }: Omit<SparseWriting, 'kind' | 'folder'>,
    folder: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const clustering = { features, featureSimilarity, similarity, pairs, pairSimilarities };
    for (const { name } of sparseFilesOf(clustering)) this.files.add(`${name}.npz`);
    await this.write({ kind: 'sparse', folder, ...clustering }, signal);
  }

  private async write(work: FileWork, signal?: AbortSignal): Promise<void> {
    if (!this.isAside) return writeHere(work, signal);
    const problem = await this.thread.ask(work, signal);
    if (problem) throw new InputError(problem);
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.thread.close();
  }
}
