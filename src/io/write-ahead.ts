/** Writing the large parts of a result while the rest of it is computed. */
import type { ResultPart } from '../core/result.ts';
import { type Store, stoppable } from './byte-source.ts';
import { npyChunks } from './npy-writer.ts';
import { oneBlock } from './result-blocks.ts';
import { clusteringArchive, similarityFiles } from './write-clustering.ts';
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
    for (const [file, chunks] of filesOf(part)) {
      this.files.add(file);
      const stoppableChunks = () => stoppable(stoppable(chunks(), this.signal), this.stop.signal);
      this.last = this.last.then(() => this.store.write(file, stoppableChunks()));
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

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Files that hold a part, each made when it is written. */
function filesOf(part: ResultPart): [string, () => Chunks][] {
  const arrays = (named: NamedArrays) =>
    Object.entries(named).map(([name, array]): [string, () => Chunks] => [
      `${name}.npy`,
      () => npyChunks(array),
    ]);
  switch (part.kind) {
    case 'corrected':
      return arrays({ waveforms_corrected: correctedWaveforms(oneBlock(part.corrected.units, part)) });
    case 'similarities':
      return arrays(similarityFiles(oneBlock(Math.sqrt(part.similarity.length), { clustering: part })));
    case 'moved':
    case 'nearbySimilarities':
    case 'drawable':
      return [];
    case 'clustering': {
      const { settings, leafOrder } = part;
      const clustering = { ...part.clustering, leafOrder };
      const { units, blocks } = oneBlock(clustering.labels.length, { clustering });
      const whole = { settings, units, blocks: [{ ...blocks[0], firstCluster: 0 }] };
      return [['ClusteringResults.npz', () => clusteringArchive(whole)]];
    }
  }
}
