/** Running `dant` in a process of its own: what befalls one recording befalls no other, and its memory is given back. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FailureDocument } from '../ui/exit.ts';
import type { Problem } from './inspect.ts';

export type ChildOutcome =
  | { readonly state: 'done'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly state: 'failed'; readonly error: Problem }
  | { readonly state: 'stopped' };

const children = new Set<ChildProcess>();
// Whatever ends this process, what it started is asked to end too.
process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});

/**
 * Runs `dant ARGS --json` to its end.
 *
 * @param options.log file for what it tells
 * @param options.onLine called with every line it tells
 * @param options.onProblem called when the log cannot be written; the work goes on
 */
export async function runDant(
  args: readonly string[],
  options: {
    readonly log: string;
    readonly onLine?: (line: string) => void;
    readonly onProblem?: (text: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<ChildOutcome> {
  const { signal } = options;
  await mkdir(path.dirname(options.log), { recursive: true });
  if (signal?.aborted) return { state: 'stopped' };
  const log = createWriteStream(options.log);
  log.on('error', ({ message }) => options.onProblem?.(`The log cannot be written: ${message}`));
  const main = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    // Through the channel the child learns when this process is no more.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches the child through us alone: a second signal would end it at once.
    detached: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  children.add(child);
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  child.stderr.pipe(log);
  createInterface({ input: child.stderr }).on('line', (line) => options.onLine?.(line));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  try {
    const ended = await new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, by) => resolve({ code, by }));
    });
    return outcomeOf(stdout, ended, signal?.aborted === true, options.log);
  } finally {
    children.delete(child);
    signal?.removeEventListener('abort', stop);
    log.end();
  }
}

function outcomeOf(
  stdout: string,
  { code, by }: { code: number | null; by: NodeJS.Signals | null },
  aborted: boolean,
  log: string,
): ChildOutcome {
  let document: { ok: true; result: Readonly<Record<string, unknown>> } | FailureDocument | undefined;
  try {
    document = JSON.parse(stdout);
  } catch {
    // It ended before it could tell how.
  }
  if (document?.ok === true && code === 0) return { state: 'done', result: document.result };
  if (aborted || (document?.ok === false && document.error.kind === 'stopped')) return { state: 'stopped' };
  if (document?.ok === false) return { state: 'failed', error: document.error };
  const how = by === null ? `ended with code ${code}` : `was ended by ${by}`;
  const why = by === 'SIGKILL' ? ', perhaps because memory ran out' : '';
  return {
    state: 'failed',
    error: { kind: 'fault', message: `The process ${how}${why}; its log is ${log}.` },
  };
}
