/** NumPy, where the machine has it, as the judge of what is read and written for it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether python3 with numpy is on this machine; tests that need it are skipped elsewhere. */
export const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

/** Whether python3 with these modules is on this machine. */
export const hasPython = (...modules: string[]): boolean =>
  spawnSync('python3', ['-c', `import ${modules.join(', ')}`]).status === 0;

/** Runs a Python script, warnings as errors; its output. @throws Error with what Python says when it fails */
export function runPython(script: string, ...args: string[]): string {
  const run = spawnSync('python3', ['-W', 'error', '-c', script, ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`python3: ${run.stderr}`);
  return run.stdout;
}

/** Calls `work` with a new folder that is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dant-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
