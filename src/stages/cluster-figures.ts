/** `Figures/Clusters/Cluster<k>.png`: the page of every neuron as a file of the output folder. */
import { throwIfStopped } from '../core/errors.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import { FileStore } from '../io/node/file-store.ts';
import { CLUSTER_FIGURES, clusterFigure } from '../io/result-folder.ts';
import { neuronsOf } from '../io/write-curated.ts';
import { neuronFigurePicture } from './neuron-figures.ts';
import { openTracked } from './open-tracked.ts';
import { chooseNeurons } from './report.ts';

export interface ClusterFiguresOptions {
  /** Ids of neurons, of the curated result when there is a curation; or all of them. */
  readonly clusters: readonly number[] | 'all';
  /** The recording; default: the one that the result names, if it is still there. */
  readonly dataFolder?: string;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what does not count in the log of the curation. */
  readonly warn?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Draws pages of neurons. Stopped, it leaves the figures that are finished.
 * @returns the files, by their paths in the output folder
 * @throws InputError when there is no result, a neuron is not there, or a file cannot be written; StoppedError
 */
export async function writeClusterFigures(
  folder: string,
  { clusters, dataFolder, onProgress, warn, signal }: ClusterFiguresOptions,
): Promise<string[]> {
  const tracked = await openTracked(folder, dataFolder);
  const { log, replayed } = await new CurationLogFile(folder, tracked).current();
  for (const text of log.warnings) warn?.(text);
  const all = neuronsOf(replayed.state.labels);
  const chosen = chooseNeurons(all, clusters === 'all' ? [...all.keys()] : clusters, folder);
  const store = new FileStore(folder);
  const files: string[] = [];
  for (const [id, units] of chosen) {
    throwIfStopped(signal);
    onProgress?.(files.length, chosen.length);
    const path = `${CLUSTER_FIGURES}/${clusterFigure(id)}`;
    const { body } = await neuronFigurePicture(tracked, units, { format: 'png', title: `Neuron ${id}` });
    await store.write(path, body as Uint8Array);
    files.push(path);
  }
  onProgress?.(files.length, chosen.length);
  return files;
}
