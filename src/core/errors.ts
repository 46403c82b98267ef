/**
 * The errors a caller may want to tell apart. Everything else that is thrown is a fault of the program.
 */

/** What a person needs to mend an input: where, what was found, what was expected, what to do. */
export interface InputProblem {
  /** File, folder, setting or function argument that is wrong. */
  readonly where: string;
  /** What was found there. */
  readonly found: string;
  /** What was expected instead. */
  readonly expected: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Input or settings that cannot be used. The command line ends with exit code 2. */
export class InputError extends Error implements InputProblem {
  override readonly name: string = 'InputError';
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;

  constructor(problem: InputProblem, options?: ErrorOptions) {
    super(
      `${problem.where}: found ${problem.found}; expected ${problem.expected}. ${problem.remedy}`,
      options,
    );
    this.where = problem.where;
    this.found = problem.found;
    this.expected = problem.expected;
    this.remedy = problem.remedy;
  }
}

/** The work was stopped through its abort signal. The command line ends with exit code 130. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  constructor() {
    super('stopped before the end');
  }
}

/** Throws `StoppedError` when the signal has been aborted. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StoppedError();
}
