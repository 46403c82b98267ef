/** What the coordinating thread and its workers say to each other. */
import type { TaskInputs, TaskName, TaskPayloads, TaskResults } from '../wasm/tasks.ts';

export type ToWorker =
  /** First of all: the kernels to work with. */
  | { readonly kind: 'load'; readonly module: WebAssembly.Module }
  /** What the tasks that follow share. */
  | { readonly kind: 'begin'; readonly name: TaskName; readonly input: TaskInputs[TaskName] }
  | { readonly kind: 'task'; readonly index: number; readonly payload: TaskPayloads[TaskName] | undefined }
  /** The input is not needed any more. */
  | { readonly kind: 'end' };

export type FromWorker =
  | { readonly kind: 'done'; readonly index: number; readonly result: TaskResults[TaskName] }
  | { readonly kind: 'failed'; readonly index: number; readonly error: ErrorText };

export type FromWebWorker =
  | FromWorker
  /** Something failed outside a task. */
  | { readonly kind: 'crashed'; readonly error: ErrorText };

export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** The worker as the coordinating thread sees it. */
export interface WorkerPort {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** The worker broke down or ended unasked. */
  onFailure(listener: (error: Error) => void): void;
  /** Whether the worker keeps the process alive. */
  hold(held: boolean): void;
  terminate(): Promise<void>;
}

export function errorText(error: unknown): ErrorText {
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack };
  return { name: 'Error', message: String(error) };
}

/** An error of a worker, with the stack it had there. */
export function errorOf({ name, message, stack }: ErrorText): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
