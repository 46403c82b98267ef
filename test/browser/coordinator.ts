/** The coordinator worker: runs the engine, which has workers of its own where memory can be shared. */
import { type RunContext, resolveSettings, simulateRecording, track } from 'dant';
import { type ClosableKernels, createKernels } from 'dant/web';
import type { BadWorker, FromCoordinator, ToCoordinator, Work } from './messages.ts';
import { kernelDigests, outcomeOf, simulatedOf } from './outcome.ts';
import { fetchRecording } from './recording-files.ts';

const tell = (message: FromCoordinator) => self.postMessage(message);
let stopping = new AbortController();

self.addEventListener('message', async ({ data }: MessageEvent<ToCoordinator>) => {
  if (data.kind === 'stop') return stopping.abort();
  stopping = new AbortController();
  try {
    tell({ kind: 'done', value: await perform(data.work) });
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    tell({ kind: 'failed', error: { name, message, stack } });
  }
});

async function perform(work: Work) {
  switch (work.kind) {
    case 'simulate':
      return simulatedOf(simulateRecording(work.options));
    case 'digest kernels':
      return withKernels(work.threads, kernelDigests);
    case 'track':
      return trackRecording(work.threads, work.rounds);
    case 'fail':
      return useBadWorkers(work.worker);
  }
}

async function withKernels<T>(threads: number, work: (kernels: ClosableKernels) => Promise<T>): Promise<T> {
  const kernels = await createKernels({ threads });
  try {
    return await work(kernels);
  } finally {
    await kernels.close();
  }
}

let recording: ReturnType<typeof fetchRecording> | undefined;

async function trackRecording(threads: number, rounds: number | undefined) {
  recording ??= fetchRecording('/recording');
  const dataset = await recording;
  const { settings } = resolveSettings(
    { motionEstimation: { max_iter: rounds } },
    { hasPeth: dataset.peth !== undefined, fromFile: false },
  );
  return withKernels(threads, async (kernels) => {
    const context: RunContext = {
      kernels,
      signal: stopping.signal,
      onEvent(event) {
        if (event.kind === 'progress') tell({ kind: 'reached', stage: event.stage, step: event.step });
        if (event.kind === 'stage') tell({ kind: 'reached', stage: event.stage, step: event.state });
      },
    };
    return outcomeOf(await track(dataset, settings, context), context);
  });
}

/** Does not close the kernels: a pool with a failed worker ends the others by itself. */
async function useBadWorkers(worker: BadWorker): Promise<never> {
  let started = 0;
  const kernels = await createKernels({ threads: 2 }, () => startBadWorker(worker, ++started));
  await kernels.correlateRows(Float64Array.of(1, 2, 3, 4, 6, 5), 2, 3, kernels.float64(4));
  throw new Error('nothing failed');
}

function startBadWorker(kind: BadWorker, which: number): Worker {
  switch (kind) {
    case 'throws':
      return new Worker(new URL('./throwing-worker.ts', import.meta.url), { type: 'module' });
    case 'cannot load': {
      const worker = startRealWorker();
      worker.postMessage({ kind: 'load', module: null });
      return worker;
    }
    case 'has no script':
      return new Worker('/nowhere.js', { type: 'module' });
    case 'is one too many':
      if (which === 2) throw new Error('no more workers');
      return startRealWorker();
  }
}

function startRealWorker(): Worker {
  return new Worker(new URL('../../dist/workers/web-worker.js', import.meta.url), { type: 'module' });
}
