import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { StoppedError } from '../core/errors.ts';
import { moduleBytes } from '../wasm/detect.ts';
import type { TaskPool } from '../wasm/task-pool.ts';
import { nodePort } from './node.ts';
import type { FromWorker, ToWorker, WorkerPort } from './protocol.ts';
import { WorkShares } from './work-shares.ts';
import { createWorkerPool } from './worker-pool.ts';

const module = new WebAssembly.Module(moduleBytes('simd'));

/** A port that notes what it is sent; the test answers. */
function fakePort() {
  const sent: ToWorker[] = [];
  const state = { held: true, terminated: false };
  let answer: (message: FromWorker) => void = () => {};
  let break_: (error: Error) => void = () => {};
  const port: WorkerPort = {
    post: (message) => sent.push(message),
    onMessage: (listener) => {
      answer = listener;
    },
    onFailure: (listener) => {
      break_ = listener;
    },
    hold: (held) => {
      state.held = held;
    },
    terminate: async () => {
      state.terminated = true;
    },
  };
  return {
    port,
    state,
    tasks: () => sent.flatMap((message) => (message.kind === 'task' ? [message.index] : [])),
    kinds: () => sent.map((message) => message.kind),
    answer: (message: FromWorker) => answer(message),
    break: (error: Error) => break_(error),
  };
}

const input = { features: [], weights: new Float64Array(0), out: new Float64Array(0) };
const run = (pool: TaskPool, count: number, signal?: AbortSignal) =>
  pool.run('weightedSum', input, count, { signal });
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a worker pool', () => {
  it('keeps two tasks in hand of every worker and hands out each task once', async () => {
    const ports = [fakePort(), fakePort()];
    const pool = createWorkerPool(
      module,
      ports.map(({ port }) => port),
    );
    const running = run(pool, 7);
    await settled();
    expect(ports.map(({ tasks }) => tasks())).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(ports.every(({ state }) => state.held)).toBe(true);
    for (let turn = 0; turn < 4; turn++)
      ports[1].answer({ kind: 'done', index: ports[1].tasks()[turn], result: undefined });
    ports[1].answer({ kind: 'done', index: ports[1].tasks()[4], result: undefined });
    for (const index of ports[0].tasks()) ports[0].answer({ kind: 'done', index, result: undefined });
    await running;
    expect([...ports[0].tasks(), ...ports[1].tasks()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ports[0].kinds().at(-1)).toBe('end');
    expect(ports.some(({ state }) => state.held)).toBe(false);
  });

  it('waits for the tasks in hand when the signal is aborted', async () => {
    const fake = fakePort();
    const controller = new AbortController();
    let outcome: unknown;
    const running = run(createWorkerPool(module, [fake.port]), 9, controller.signal).catch((error) => {
      outcome = error;
    });
    await settled();
    controller.abort();
    fake.answer({ kind: 'done', index: 0, result: undefined });
    await settled();
    expect(outcome).toBeUndefined();
    fake.answer({ kind: 'done', index: 1, result: undefined });
    await running;
    expect(outcome).toBeInstanceOf(StoppedError);
    expect(fake.tasks()).toEqual([0, 1]);
  });

  it('rejects with the error of a task, its name and its stack, and can be used again', async () => {
    const fake = fakePort();
    const pool = createWorkerPool(module, [fake.port]);
    const running = run(pool, 1);
    await settled();
    const error = { name: 'RangeError', message: 'too far', stack: 'RangeError: too far\n    at there' };
    fake.answer({ kind: 'failed', index: 0, error });
    await expect(running).rejects.toMatchObject(error);
    const again = run(pool, 1);
    await settled();
    fake.answer({ kind: 'done', index: 0, result: undefined });
    await again;
  });

  it('rejects with the stack of a worker that crashes, ends the others and stays broken', async () => {
    const ports = [fakePort(), fakePort()];
    const pool = createWorkerPool(
      module,
      ports.map(({ port }) => port),
    );
    const running = run(pool, 9);
    await settled();
    const crash = new Error('out of memory');
    ports[0].break(crash);
    await expect(running).rejects.toBe(crash);
    expect(ports[1].state.terminated).toBe(true);
    await expect(run(pool, 1)).rejects.toBe(crash);
  });

  it('rejects what is running when it is closed', async () => {
    const fake = fakePort();
    const pool = createWorkerPool(module, [fake.port]);
    const running = run(pool, 1);
    await settled();
    await Promise.all([expect(running).rejects.toThrow('closed'), pool.close()]);
    expect(fake.state.terminated).toBe(true);
  });

  it('runs one request after the other', async () => {
    const fake = fakePort();
    const pool = createWorkerPool(module, [fake.port]);
    const running = [run(pool, 1), run(pool, 1)];
    await settled();
    expect(fake.tasks()).toEqual([0]);
    fake.answer({ kind: 'done', index: 0, result: undefined });
    await settled();
    expect(fake.tasks()).toEqual([0, 0]);
    fake.answer({ kind: 'done', index: 0, result: undefined });
    await Promise.all(running);
  });
});

describe('a Node worker thread', () => {
  const pool = (source: string) => {
    const worker = new Worker(source, { eval: true });
    return { worker, pool: createWorkerPool(module, [nodePort(worker)]) };
  };

  it('that throws makes the run fail with its stack', async () => {
    const source =
      "require('node:worker_threads').parentPort.on('message', (m) => { if (m.kind === 'task') (function broken() { throw new TypeError('no such thing'); })(); });";
    const error = await run(pool(source).pool, 3).catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: 'TypeError', message: 'no such thing' });
    expect((error as Error).stack).toContain('broken');
  });

  it('that ends makes the run fail', async () => {
    const source =
      "require('node:worker_threads').parentPort.on('message', (m) => { if (m.kind === 'task') process.exit(3); });";
    await expect(run(pool(source).pool, 3)).rejects.toThrow('code 3');
  });

  it('that cannot start makes the run fail', async () => {
    await expect(run(pool("throw new Error('bad start')").pool, 3)).rejects.toThrow('bad start');
  });

  it('is gone once the kernels are closed', async () => {
    const { worker, pool: closing } = pool(
      "require('node:worker_threads').parentPort.on('message', () => {})",
    );
    const gone = new Promise((resolve) => worker.on('exit', resolve));
    await closing.close();
    await gone;
    expect(worker.threadId).toBe(-1);
  });
});

describe('open kernels', () => {
  it('do not keep the process alive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dant-'));
    try {
      const build = await rolldown({
        input: [join(import.meta.dirname, 'node.ts'), join(import.meta.dirname, 'node-worker.ts')],
        platform: 'node',
      });
      await build.write({
        dir: folder,
        format: 'esm',
        entryFileNames: 'workers/[name].js',
        chunkFileNames: 'workers/[name].js',
      });
      await build.close();
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const script = `
        import { createKernels } from './workers/node.js';
        const kernels = await createKernels({ threads: 2 });
        const out = kernels.float64(9);
        await kernels.correlateRows(Float64Array.of(1, 2, 3, 1, 2, 4, 5, 3, 1), 3, 3, out);
        console.log(kernels.threads, out[0]);`;
      writeFileSync(join(folder, 'script.js'), script);
      const { stdout, status } = spawnSync(process.execPath, ['script.js'], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 20_000,
      });
      expect({ stdout, status }).toEqual({ stdout: '2 6\n', status: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the shares of the work', () => {
  it('give every task once, in runs of neighbours', () => {
    const shares = new WorkShares(10, 3);
    expect([0, 1, 2, 0].map((taker) => shares.take(taker))).toEqual([0, 3, 6, 1]);
    const rest = Array.from({ length: 7 }, () => shares.take(0));
    expect(rest).toEqual([2, 9, 5, 8, 4, 7, undefined]);
  });

  it('give nothing where there is nothing', () => {
    expect(new WorkShares(0, 2).take(1)).toBeUndefined();
    expect(new WorkShares(1, 2).take(0)).toBe(0);
  });
});
