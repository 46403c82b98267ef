/** Comparing a result folder with the truth of a simulated recording. */
import { InputError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import { shankIds, unitsOfShank } from '../core/shanks.ts';
import { type MotionError, scoreTracking, type TrackingScore } from '../core/simulation/score.ts';
import { pathIn } from '../io/byte-source.ts';
import { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { openNpz } from '../io/npz.ts';

/**
 * Scores a result folder: precision, recall and F1 of the matched pairs, adjusted Rand index, motion error.
 *
 * @param outputFolder what a run wrote
 * @param options.dataFolder the input folder with `neuron_id.npy` and, for the motion error, `true_motion.npy`; default: the
 *   one the run read, as recorded in `Output.npz`
 * @throws InputError when a file is missing or does not fit
 */
export async function scoreFolder(
  outputFolder: string,
  options: { readonly dataFolder?: string } = {},
): Promise<TrackingScore> {
  const output = new FileStore(outputFolder);
  const data = new FileStore(options.dataFolder ?? (await trackedFolder(output)));
  const labels = (await read(output, 'IdxCluster')).data;
  const locations = (await read(output, 'locations')).data;
  const unitShanks = Int32Array.from((await read(output, 'unit_shanks')).data);
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
  const errors = (await readMotions(output)).map((motion, shank, all) => {
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
    expected:
      name === 'neuron_id' ? 'the true neuron of every unit' : 'a finished result and the data it came from',
    remedy:
      name === 'neuron_id'
        ? 'Only simulated recordings (`dant simulate`) can be scored; give their folder with --data.'
        : 'Check the folders.',
  });
}

/** (2, sessions) Linear, Constant; (2, 2) likewise, as `dant simulate` writes it. */
function toMotion(data: Float64Array): Motion {
  const sessions = data.length / 2;
  return new Motion(sessions, { linear: data.slice(0, sessions), constant: data.slice(sessions) });
}

/** The motion of every shank; one for a result of one shank. */
async function readMotions(output: FileStore): Promise<Motion[]> {
  const linear = await read(output, 'motion_linear');
  const constant = await read(output, 'motion_constant');
  const scale = await read(output, 'motion_linear_scale');
  const sessions = constant.shape[constant.shape.length - 1];
  return Array.from({ length: constant.data.length / sessions }, (_, shank) => {
    const row = (values: Float64Array) => values.slice(shank * sessions, (shank + 1) * sessions);
    return new Motion(sessions, {
      linear: row(linear.data),
      constant: row(constant.data),
      linearScale: scale.data[shank],
    });
  });
}

async function trackedFolder(output: FileStore): Promise<string> {
  const source = await output.open('Output.npz');
  if (!source) {
    throw new InputError({
      where: pathIn(output, 'Output.npz'),
      found: 'no such file',
      expected: 'the result of a finished run',
      remedy: 'Check the folder; a run writes Output.npz last.',
    });
  }
  const { data } = await (await openNpz(source)).read('Params');
  const settings = JSON.parse(String(data[0])) as { path_to_data?: string };
  return settings.path_to_data ?? '.';
}
