/** Whether the process that keeps a file is still at work: it touches the file every now and then. */
import { stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface Owner {
  readonly host: string;
  readonly process: number;
}

/** How often a process gives a sign of life, and after how long without one it counts as gone, ms. */
const SIGN_OF_LIFE_MS = 20_000;
const SILENCE_MS = 180_000;

export const thisProcess = (): Owner => ({ host: hostname(), process: process.pid });

/** Gives signs of life by a file that this process keeps, until the function that comes back is called. */
export function keepAlive(file: string): () => void {
  const touch = () => void utimes(file, new Date(), new Date()).catch(() => {});
  const timer = setInterval(touch, SIGN_OF_LIFE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether another process that keeps a file is there. Its number alone does not tell: another one may have it by now. */
export async function isAlive(file: string, owner: Owner): Promise<boolean> {
  if (owner.host === hostname() && !processExists(owner.process)) return false;
  const { mtimeMs } = await stat(file);
  return Date.now() - mtimeMs < SILENCE_MS;
}

function processExists(id: number): boolean {
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
