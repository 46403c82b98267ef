/** How a command ends: exit codes, and what is said about an error. */
import { CommanderError } from 'commander';
import { InputError, StoppedError } from '../../core/errors.ts';

export const EXIT = { success: 0, fault: 1, badInput: 2, stopped: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error, as it is told to people (`text`) and to machines (`document`). */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly text: string;
  readonly document: FailureDocument;
}

/** The JSON document on standard output when a command with `--json` fails. */
export interface FailureDocument {
  readonly ok: false;
  readonly exitCode: ExitCode;
  readonly error: {
    readonly kind: 'input' | 'usage' | 'fault' | 'stopped';
    readonly message: string;
    /** The four parts of the message of bad input. */
    readonly where?: string;
    readonly found?: string;
    readonly expected?: string;
    readonly remedy?: string;
  };
}

/**
 * Turns whatever was thrown into an exit code and a message.
 *
 * @param stoppedText what stopping left behind, for people
 * @param debug whether to show where in the program the error arose
 */
export function describeFailure(error: unknown, stoppedText: string, debug: boolean): Failure {
  const stack = debug && error instanceof Error ? `\n${describeStack(error)}` : '';
  if (error instanceof StoppedError) {
    return failure(EXIT.stopped, stoppedText, { kind: 'stopped', message: stoppedText });
  }
  if (error instanceof InputError) {
    const { where, found, expected, remedy, message } = error;
    const text = `Error in ${where}\n  found:    ${found}\n  expected: ${expected}\n  to do:    ${remedy}`;
    return failure(EXIT.badInput, text + stack, { kind: 'input', message, where, found, expected, remedy });
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    const text = `Error: ${message}\n  to do:    See \`dant --help\` or \`dant COMMAND --help\`.`;
    return failure(EXIT.badInput, text, { kind: 'usage', message });
  }
  const message = error instanceof Error ? error.message : String(error);
  const text = `Error: ${message}\n  to do:    ${hintFor(error, debug)}`;
  return failure(EXIT.fault, text + stack, { kind: 'fault', message });
}

/** What is thrown when standard output takes no more. */
export function cannotPrint(cause: NodeJS.ErrnoException): InputError {
  return new InputError(
    {
      where: 'standard output',
      found: cause.code === 'ENOSPC' ? 'a full disk' : cause.message,
      expected: 'room for what is printed',
      remedy: 'Make room or print to another place; files of the command are as they would be otherwise.',
    },
    { cause },
  );
}

function failure(exitCode: ExitCode, text: string, error: FailureDocument['error']): Failure {
  return { exitCode, text, document: { ok: false, exitCode, error } };
}

/** What to do about an error that is not one of the input. */
function hintFor(error: unknown, debug: boolean): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC') return 'The disk is full: make room and run again.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return 'Allow access to that path, or choose another one.';
  }
  if (code === 'EMFILE' || code === 'ENFILE') return 'Too many files are open: raise `ulimit -n`.';
  const message = error instanceof Error ? error.message : '';
  if (error instanceof RangeError && /allocation|array (buffer )?length/i.test(message)) {
    return 'The memory does not suffice: close other programs, or use a machine with more.';
  }
  return debug
    ? 'This is a fault of dant: report it with the lines below.'
    : 'This is a fault of dant: run again with DANT_DEBUG=1 to see where, and report it.';
}

function describeStack(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${describeStack(error.cause)}` : stack;
}
