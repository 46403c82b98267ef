/** Writing the large parts of a result while the rest of it is computed. */
import type { ResultPart } from '../core/result.ts';
import { type Store, stoppable } from './byte-source.ts';
import { npyChunks } from './npy-writer.ts';
import { oneBlock } from './result-blocks.ts';
import { similarityFiles } from './write-clustering.ts';
import { correctedWaveforms, type NamedArrays } from './write-features.ts';

/** Writes parts one after the other, in the order in which they come. */
export class WriteAhead {
  /** Files that are written or about to be. */
  readonly files = new Set<string>();
  private last: Promise<void> = Promise.resolve();
  private readonly stop = new AbortController();

  /** @param signal stops the writing with StoppedError */
  constructor(
    private readonly store: Store,
    private readonly signal?: AbortSignal,
  ) {}

  readonly add = (part: ResultPart): void => {
    for (const [name, array] of Object.entries(arraysOf(part))) {
      const file = `${name}.npy`;
      this.files.add(file);
      const chunks = () => stoppable(stoppable(npyChunks(array), this.signal), this.stop.signal);
      this.last = this.last.then(() => this.store.write(file, chunks()));
    }
    // A failure is met in `finished`.
    this.last.catch(() => {});
  };

  /** Resolves when everything is written. @throws InputError when it cannot be; StoppedError */
  finished(): Promise<void> {
    return this.last;
  }

  /** Leaves the rest; resolves when nothing is being written any more. */
  async abandon(): Promise<void> {
    this.stop.abort();
    await this.last.catch(() => {});
  }
}

function arraysOf(part: ResultPart): NamedArrays {
  if (part.kind === 'corrected') {
    return { waveforms_corrected: correctedWaveforms(oneBlock(part.corrected.units, part)) };
  }
  const units = Math.sqrt(part.similarity.length);
  return similarityFiles(oneBlock(units, { clustering: part }));
}
