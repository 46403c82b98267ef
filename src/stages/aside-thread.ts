/** A thread that is started before there is work for it, and ends with that work. */
import { Worker } from 'node:worker_threads';
import { StoppedError } from '../core/errors.ts';

/** Whether there are threads that share memory. The TypeScript sources cannot be started as a worker. */
export const HAS_THREADS = import.meta.url.endsWith('.js') && typeof SharedArrayBuffer !== 'undefined';

export class AsideThread<In, Out> {
  private worker?: Worker;
  private failure?: Promise<never>;

  /**
   * @param program name of its file in `stages/`
   * @param work what it does, as a message has it
   */
  constructor(
    private readonly program: string,
    private readonly work: string,
  ) {}

  /** Starts it, where there are threads. */
  start(): void {
    if (this.worker || !HAS_THREADS) return;
    const worker = new Worker(new URL(`../stages/${this.program}`, import.meta.url), { execArgv: [] });
    worker.unref();
    this.failure = new Promise((_, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`The thread that ${this.work} ended with code ${code}.`)));
    });
    // Told to whoever asks for its answer.
    this.failure.catch(() => {});
    this.worker = worker;
  }

  /** Tells it something ahead of the work. */
  tell(message: In): void {
    this.start();
    this.worker?.postMessage(message);
  }

  /**
   * Gives it its work; it ends with that.
   * @returns its answer; rejects with StoppedError soon after the signal is aborted, with the thread's error when it fails. Nothing of
   *   it runs any more then
   */
  ask(message: In, signal?: AbortSignal): Promise<Out> {
    this.start();
    const worker = this.worker as Worker;
    worker.ref();
    const answer = new Promise<Out>((resolve) => worker.once('message', resolve));
    const stopped = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(new StoppedError()), { once: true }),
    );
    worker.postMessage(message);
    return Promise.race([answer, this.failure as Promise<never>, stopped]).finally(() => this.close());
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}
