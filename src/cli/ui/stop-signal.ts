/** Ctrl-C: the first asks the work to end, and ends it after a second if it does not; the second ends at once. */
import { StoppedError } from '../../core/errors.ts';
import { EXIT } from './exit.ts';

/** How long the work may take to end by itself, ms. */
const PATIENCE_MS = 900;

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back its usual meaning. */
  dispose(): void;
}

/**
 * @param leave called before the process is ended from here: restores the terminal and says what was left behind
 * @param patience how long the work may take to end by itself, ms
 */
export function createStopSignal(leave: (error: StoppedError) => void, patience = PATIENCE_MS): StopSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const exit = () => {
    leave(new StoppedError());
    process.exit(EXIT.stopped);
  };
  const onSignal = () => {
    if (controller.signal.aborted) exit();
    timer = setTimeout(exit, patience);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose() {
      clearTimeout(timer);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
