/** What all commands share: progress, stopping, standard output and the exit code. */
import type { RunEvent } from '../core/context.ts';
import { describeFailure, EXIT, type ExitCode } from './ui/exit.ts';
import { createReporter } from './ui/progress.ts';
import { createStopSignal } from './ui/stop-signal.ts';

/** Options that every command that works on data has. */
export interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a command hands to the functions it calls. */
export interface CommandContext {
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  /** Sets what is said from now on when the command is stopped; a function is asked then. */
  ifStopped(text: string | (() => string)): void;
}

/** What a command brings back. */
export interface Outcome {
  /** For `--json`. */
  readonly result: unknown;
  /** For people. */
  readonly text: string;
  /** Default 0; anything else when the command did its work and part of it failed. */
  readonly exitCode?: ExitCode;
}

/**
 * Runs the work of a command: prints its outcome or its error, and sets the exit code. Never throws.
 *
 * @param options.patience how long the work may take to end when it is stopped, ms
 */
export async function execute(
  command: string,
  options: CommonOptions,
  work: (context: CommandContext) => Promise<Outcome>,
  { patience }: { readonly patience?: number } = {},
): Promise<void> {
  const reporter = createReporter(process.stderr, options.quiet === true);
  let stoppedText: string | (() => string) = 'Stopped. Nothing was changed.';
  const fail = (error: unknown) => {
    const text = typeof stoppedText === 'string' ? stoppedText : stoppedText();
    reportFailure(error, text, options.json === true);
  };
  const stop = createStopSignal((error) => {
    reporter.stop();
    fail(error);
  }, patience);
  try {
    const {
      result,
      text,
      exitCode = EXIT.success,
    } = await work({
      onEvent: (event) => reporter.onEvent(event),
      signal: stop.signal,
      ifStopped(text) {
        stoppedText = text;
      },
    });
    reporter.stop();
    process.exitCode = exitCode;
    if (options.json) printDocument({ ok: exitCode === EXIT.success, command, result });
    else if (!options.quiet) {
      if (reporter.stage !== undefined) process.stderr.write('\n');
      process.stdout.write(`${text.trimEnd()}\n`);
    }
  } catch (error) {
    reporter.stop();
    fail(error);
  } finally {
    stop.dispose();
  }
}

/** Tells an error to people on standard error and, with `--json`, to machines on standard output; sets the exit code. */
export function reportFailure(error: unknown, stoppedText: string, json: boolean): void {
  const failure = describeFailure(error, stoppedText, isDebug());
  process.exitCode = failure.exitCode;
  if (json) printDocument(failure.document);
  process.stderr.write(`${failure.text}\n`);
}

/** Tells people of a fault after which the command goes on. */
export function tellFault(error: unknown): void {
  process.stderr.write(`${describeFailure(error, '', isDebug()).text}\n`);
}

const isDebug = () => (process.env.DANT_DEBUG ?? '0') !== '0';

/** JSON has no infinities: they become the text "Infinity" and "-Infinity". */
function printDocument(document: unknown): void {
  const text = JSON.stringify(
    document,
    (_key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  );
  process.stdout.write(`${text}\n`);
}
