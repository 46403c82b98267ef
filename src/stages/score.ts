/** Comparing a result folder with the truth of a simulated recording. */
import { InputError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import type { Settings } from '../core/settings.ts';
import { shankIds, unitsOfShank } from '../core/shanks.ts';
import { type MotionError, scoreTracking, type TrackingScore } from '../core/simulation/score.ts';
import { pathIn } from '../io/byte-source.ts';
import { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { type LabelOptions, labelsOf } from './curated-labels.ts';

/**
 * Scores a result folder: precision, recall and F1 of the matched pairs, adjusted Rand index, motion error.
 *
 * @param outputFolder what a run wrote
 * @param options.dataFolder the input folder with `neuron_id.npy` and, for the motion error, `true_motion.npy`; default: the
 *   one the run read, as recorded in `Output.npz`
 * @param options.curated whether to score the neurons that were curated by hand; default false: the automatic ones
 * @throws InputError when a file is missing or does not fit
 */
export async function scoreFolder(
  outputFolder: string,
  options: LabelOptions & { readonly dataFolder?: string } = {},
): Promise<TrackingScore> {
  const saved = await SavedResult.open(new FileStore(outputFolder));
  const data = new FileStore(options.dataFolder ?? (await trackedFolder(saved)));
  const labels = await labelsOf(outputFolder, options);
  const locations = await saved.locations();
  const unitShanks = await saved.unitShanks();
  const sessions = Int32Array.from((await read(data, 'session_index')).data);
  const neuronId = (await read(data, 'neuron_id')).data;
  if (neuronId.length !== labels.length) {
    throw new InputError({
      where: pathIn(data, 'neuron_id.npy'),
      found: `the neurons of ${neuronId.length} units`,
      expected: `those of the ${labels.length} units of ${outputFolder}`,
      remedy: 'Give the data folder that was tracked with --data.',
    });
  }
  const score = scoreTracking({ labels, neuronId, sessions });
  if (!(await data.open('true_motion.npy'))) return score;
  const trueMotion = toMotion((await read(data, 'true_motion')).data);
  const errors = (await saved.motions()).map((motion, shank, all) => {
    const ofShank = all.length > 1 ? unitsOfShank(unitShanks, shankIds(unitShanks)[shank]) : undefined;
    const pick = (from: Float64Array | Int32Array, columns = 1) =>
      ofShank
        ? Array.from(ofShank).flatMap((u) => [...from.subarray(columns * u, columns * (u + 1))])
        : Array.from(from);
    const units = ofShank?.length ?? labels.length;
    const { motionError } = scoreTracking({
      labels: pick(labels),
      neuronId: pick(neuronId),
      sessions: pick(sessions),
      locations: pick(locations, 3),
      motion,
      trueMotion,
    });
    return { units, error: motionError as MotionError };
  });
  return { ...score, motionError: pooled(errors) };
}

/** The error over all units of several shanks. */
function pooled(parts: readonly { units: number; error: MotionError }[]): MotionError {
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const squares = parts.reduce((sum, { units: n, error }) => sum + n * error.rms ** 2, 0);
  return { rms: Math.sqrt(squares / units), max: Math.max(...parts.map(({ error }) => error.max)) };
}

async function read(store: FileStore, name: string) {
  const source = await store.open(`${name}.npy`);
  if (source) return readNpyAs(source, 'float64');
  throw new InputError({
    where: pathIn(store, `${name}.npy`),
    found: 'no such file',
    expected: 'a simulated recording with its truth',
    remedy: 'Only simulated recordings (`dant simulate`) can be scored; give their folder with --data.',
  });
}

/** (2, sessions) Linear, Constant; (2, 2) likewise, as `dant simulate` writes it. */
function toMotion(data: Float64Array): Motion {
  const sessions = data.length / 2;
  return new Motion(sessions, { linear: data.slice(0, sessions), constant: data.slice(sessions) });
}

/** The input folder that a run recorded. */
async function trackedFolder(saved: SavedResult): Promise<string> {
  const run = await saved.run();
  if (run) return (run.params as Partial<Settings>).path_to_data ?? '.';
  throw new InputError({
    where: pathIn(saved.store, 'Output.npz'),
    found: 'no such file',
    expected: 'the result of a finished run',
    remedy: 'Name the data folder with --data, or run dant again.',
  });
}
