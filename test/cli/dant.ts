/** Runs the built command line, as a person would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** Resolves once the text has appeared on standard error. */
  saysOnStderr(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `dant ARGS`. */
export function startDant(args: readonly string[], { cwd, env }: Options = {}): Running {
  if (!existsSync(MAIN))
    throw new Error(`${path.relative('.', MAIN)} is missing: run \`npm run build\` first`);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    saysOnStderr: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stderr.includes(text)) resolve();
        };
        child.stderr.on('data', look);
        child.on('close', () => reject(new Error(`ended without saying "${text}": ${stderr}`)));
        look();
      }),
  };
}

/** Runs `dant ARGS` to its end. */
export const dant = (args: readonly string[], options?: Options): Promise<Ended> =>
  startDant(args, options).ended;
