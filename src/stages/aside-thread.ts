/** A thread that is started before there is work for it. */
import { MessageChannel, type MessagePort, parentPort, Worker } from 'node:worker_threads';
import { StoppedError, throwIfStopped } from '../core/errors.ts';

/** Whether there are threads that share memory. The TypeScript sources cannot be started as a worker. */
export const HAS_THREADS = import.meta.url.endsWith('.js') && typeof SharedArrayBuffer !== 'undefined';

/** It does not live long: with more room for what is new, little of it is ever moved. */
const YOUNG_MB = 64;

interface Letter<In> {
  readonly message: In;
  /** Where the answer is waited for. */
  readonly port?: MessagePort;
}

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
    const program = new URL(`../stages/${this.program}`, import.meta.url);
    const worker = new Worker(program, {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.unref();
    this.failure = new Promise((_, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => {
        const ended = new Error(`The thread that ${this.work} ended with code ${code}.`);
        reject(this.worker === worker ? ended : new StoppedError());
      });
    });
    // Told to whoever asks for an answer.
    this.failure.catch(() => {});
    this.worker = worker;
  }

  /** Tells it something that it does not answer. */
  tell(message: In): void {
    this.start();
    this.send({ message });
  }

  /**
   * Gives it work.
   * @returns its answer; rejects with StoppedError soon after the signal is aborted or it is closed, with the thread's error when it
   *   fails. Nothing of it runs any more then
   */
  async ask(message: In, signal?: AbortSignal): Promise<Out> {
    throwIfStopped(signal);
    this.start();
    const { port1: own, port2: port } = new MessageChannel();
    const answer = new Promise<Out>((resolve) => own.once('message', resolve));
    const stop = () => void this.close();
    signal?.addEventListener('abort', stop, { once: true });
    this.send({ message, port });
    try {
      return await Promise.race([answer, this.failure as Promise<never>]);
    } finally {
      signal?.removeEventListener('abort', stop);
      own.close();
    }
  }

  private send(letter: Letter<In>): void {
    this.worker?.postMessage(letter, letter.port ? [letter.port] : []);
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

/** What the program of such a thread does with what it is told and asked. */
export function answerAside<In, Out>(handle: (message: In) => Out | Promise<Out>): void {
  parentPort?.on('message', async ({ message, port }: Letter<In>) => {
    port?.postMessage(await handle(message));
  });
}
