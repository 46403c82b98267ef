/** When finished steps of a run are kept, and where. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder within the output folder. */
export const CHECKPOINT_FOLDER = '.dant-checkpoint';

/**
 * `auto`: once a run has lasted 30 s, and never so that keeping takes more than 2 % of its time; `always`: after every step;
 * `never`.
 */
export type CheckpointMode = 'auto' | 'always' | 'never';
export const CHECKPOINT_MODES: readonly CheckpointMode[] = ['auto', 'always', 'never'];

/** Whether a stopped run has left something in the output folder that `--resume` can use. */
export const hasCheckpoint = (outputFolder = '.') => existsSync(join(outputFolder, CHECKPOINT_FOLDER));
