import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runScheduled, shareThreads } from './schedule.ts';

interface Job {
  readonly id: number;
  readonly memory: number;
  /** How many turns of the event loop it takes. */
  readonly turns: number;
  readonly after: readonly Job[];
}

const anyJobs = fc
  .array(
    fc.record({ memory: fc.nat(100), turns: fc.nat(4), after: fc.array(fc.nat(20), { maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((drafts) => {
    const jobs: Job[] = [];
    drafts.forEach(({ memory, turns, after }, id) => {
      jobs.push({ id, memory, turns, after: id === 0 ? [] : after.map((i) => jobs[i % id]) });
    });
    return jobs;
  });

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs jobs and notes what was under way at every beginning. */
async function record(
  jobs: readonly Job[],
  options: { parallel: number; threads: number; memoryLimit: number; signal?: AbortSignal },
  onBegin: (job: Job) => void = () => {},
) {
  const running = new Map<Job, number>();
  const ended = new Set<Job>();
  const begun: Job[] = [];
  const moments: { running: Job[]; threads: number; early: boolean }[] = [];
  await runScheduled(jobs, {
    ...options,
    memoryOf: (job) => job.memory,
    afterOf: (job) => job.after,
    async run(job, threads) {
      running.set(job, threads);
      begun.push(job);
      moments.push({
        running: [...running.keys()],
        threads: [...running.values()].reduce((a, b) => a + b),
        early: job.after.some((other) => !ended.has(other)),
      });
      onBegin(job);
      for (let i = 0; i < job.turns; i++) await turn();
      running.delete(job);
      ended.add(job);
    },
  });
  return { begun, ended, moments, left: running.size };
}

it('every job runs once, after those it waits for, within threads, memory and number at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyJobs,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(250),
      async (jobs, parallel, threads, memoryLimit) => {
        const { begun, ended, moments, left } = await record(jobs, { parallel, threads, memoryLimit });
        expect(left).toBe(0);
        expect(begun).toHaveLength(jobs.length);
        expect(ended.size).toBe(jobs.length);
        for (const { running, threads: used, early } of moments) {
          expect(early).toBe(false);
          expect(running.length).toBeLessThanOrEqual(parallel);
          expect(used).toBeLessThanOrEqual(Math.max(threads, running.length));
          const memory = running.reduce((sum, job) => sum + job.memory, 0);
          if (running.length > 1) expect(memory).toBeLessThanOrEqual(memoryLimit);
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('after an abort no job begins, and those under way are waited for', async () => {
  const jobs = Array.from({ length: 6 }, (_, id) => ({ id, memory: 0, turns: 3, after: [] }));
  const controller = new AbortController();
  const { begun, ended } = await record(
    jobs,
    { parallel: 2, threads: 2, memoryLimit: 0, signal: controller.signal },
    (job) => {
      if (job.id === 1) controller.abort();
    },
  );
  expect(begun.map(({ id }) => id)).toEqual([0, 1]);
  expect(ended.size).toBe(2);
});

it('threads are shared as evenly as they can be, one each at least', () => {
  expect(shareThreads(8, 3)).toEqual([3, 3, 2]);
  expect(shareThreads(2, 4)).toEqual([1, 1, 1, 1]);
});
