/** The motion as files: `motion_linear_scale.npy`, `motion_linear.npy`, `motion_constant.npy`, `motion.npy`. */
import { InputError } from '../core/errors.ts';
import { motionFromArray } from '../core/motion/given-motion.ts';
import { LINEAR_SCALE, Motion } from '../core/motion/motion.ts';
import { type ByteSource, pathIn, type Store } from './byte-source.ts';
import { readNpyAs } from './npy.ts';
import { type NpyOutput, npyChunks } from './npy-writer.ts';

/** The arrays of a motion by file name, without `.npy`. */
function motionArrays(motion: Motion): Record<string, NpyOutput> {
  const { linearScale, linear, constant, sessionCount } = motion;
  return {
    motion_linear_scale: { dtype: 'float64', shape: [], data: [linearScale] },
    motion_linear: { dtype: 'float64', shape: [sessionCount], data: linear },
    motion_constant: { dtype: 'float64', shape: [sessionCount], data: constant },
    motion: { dtype: 'float64', shape: [2, sessionCount], data: givenArray(motion) },
  };
}

/**
 * The motion as it can be given back (`path_to_motion`): (2, sessions), Linear, then Constant. A 2 × 2 array is read as one
 * row per session, so with two sessions it is written like that.
 */
export function givenArray({ linearScale, linear, constant }: Motion): Float64Array {
  const slopes = linear.map((slope) => slope * (linearScale / LINEAR_SCALE));
  return constant.length === 2
    ? Float64Array.of(slopes[0], constant[0], slopes[1], constant[1])
    : Float64Array.of(...slopes, ...constant);
}

/** Writes a motion into an output folder. */
export async function writeMotion(store: Store, motion: Motion): Promise<void> {
  for (const [name, array] of Object.entries(motionArrays(motion))) {
    await store.write(`${name}.npy`, npyChunks(array));
  }
}

/**
 * Reads the motion of an output folder of one shank.
 * @throws InputError when a file is missing, damaged, or of another shape
 */
export async function readMotion(store: Store): Promise<Motion> {
  const read = async (name: string) => {
    const source = await store.open(`${name}.npy`);
    if (source) return { source, ...(await readNpyAs(source, 'float64')) };
    throw new InputError({
      where: pathIn(store, `${name}.npy`),
      found: 'no such file',
      expected: 'the motion of a finished run',
      remedy: 'Check the folder; `dant run` writes it.',
    });
  };
  const constant = await read('motion_constant');
  const linear = await read('motion_linear');
  const scale = await read('motion_linear_scale');
  const check = ({ source, shape }: typeof scale, expected: readonly number[]) => {
    if (shape.join() === expected.join()) return;
    throw new InputError({
      where: source.name,
      found: `an array of shape (${shape.join(', ')})`,
      expected: `(${expected.join(', ')})`,
      remedy: 'Folders of several shanks hold one motion for each: read those of Shank<ID>.',
    });
  };
  check(constant, [constant.data.length]);
  check(linear, constant.shape);
  check(scale, []);
  return new Motion(constant.data.length, {
    linear: linear.data,
    constant: constant.data,
    linearScale: scale.data[0],
  });
}

/**
 * Reads a motion that is known from elsewhere, as `path_to_motion` names it.
 * @throws InputError when the file is no .npy file of numbers, or its shape does not fit the number of sessions
 */
export async function readGivenMotion(source: ByteSource, sessionCount: number): Promise<Motion> {
  return motionFromArray(await readNpyAs(source, 'float64'), sessionCount, source.name);
}
