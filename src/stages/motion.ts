/** `Motion` that knows how to live in an output folder. */
import { Motion as PureMotion } from '../core/motion/motion.ts';
import { readMotion, writeMotion } from '../io/motion-files.ts';
import { FileStore } from '../io/node/file-store.ts';

/**
 * Motion of the probe, with saving and loading. In an output folder it is `motion_linear_scale.npy`,
 * `motion_linear.npy` and `motion_constant.npy`, and `motion.npy` (2, N), which can be given back as `path_to_motion`.
 */
export class Motion extends PureMotion {
  /**
   * @param outputFolder a folder with saved motion
   * @throws InputError when a file is missing or wrong
   */
  static async load(outputFolder: string): Promise<Motion> {
    const motion = await readMotion(new FileStore(outputFolder));
    return new Motion(motion.sessionCount, motion);
  }

  /** Writes the motion; the folder is made when it is missing. */
  async save(outputFolder: string): Promise<void> {
    await writeMotion(new FileStore(outputFolder), this);
  }
}
