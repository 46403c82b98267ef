/** Which job begins when: several at once, within the memory and the threads of the machine. */

export interface ScheduleOptions<J> {
  /** Most jobs at once. */
  readonly parallel: number;
  /** Threads that they share. */
  readonly threads: number;
  /** Bytes that they share. */
  readonly memoryLimit: number;
  /** Bytes that a job takes. */
  readonly memoryOf: (job: J) => number;
  /** Jobs that must have ended before this one begins, however they ended. */
  readonly afterOf: (job: J) => readonly J[];
  /** Runs a job to its end; must not throw. */
  readonly run: (job: J, threads: number) => Promise<void>;
  /** No job begins once it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs in their order. A job waits while those under way leave too little memory for it; alone, it always begins. Resolves
 * when all have ended, or, after an abort, those that had begun.
 */
export async function runScheduled<J>(jobs: readonly J[], options: ScheduleOptions<J>): Promise<void> {
  const { memoryLimit, memoryOf, afterOf, run, signal } = options;
  const waiting = [...jobs];
  const pending = new Set<J>(jobs);
  const running = new Set<Promise<void>>();
  const free = shareThreads(options.threads, Math.min(options.parallel, jobs.length));
  let memory = 0;
  const begin = (job: J) => {
    const threads = free.shift() as number;
    memory += memoryOf(job);
    const ended = run(job, threads).then(() => {
      memory -= memoryOf(job);
      free.unshift(threads);
      free.sort((a, b) => b - a);
      pending.delete(job);
      running.delete(ended);
    });
    running.add(ended);
  };
  for (;;) {
    while (free.length > 0 && signal?.aborted !== true) {
      const next = waiting.findIndex((job) => !afterOf(job).some((other) => pending.has(other)));
      if (next < 0) break;
      if (running.size > 0 && memory + memoryOf(waiting[next]) > memoryLimit) break;
      begin(waiting.splice(next, 1)[0]);
    }
    if (running.size === 0) return;
    await Promise.race(running);
  }
}

/** Threads of each of `count` jobs at once, largest share first: at least one each. */
export function shareThreads(threads: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    Math.max(1, Math.floor(threads / count) + (i < threads % count ? 1 : 0)),
  );
}
