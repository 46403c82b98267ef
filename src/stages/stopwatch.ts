/** Seconds per stage, from the events of a run. */
import type { RunEvent, Stage } from '../core/context.ts';

export interface Stopwatch {
  /** To be told of every event. */
  readonly onEvent: (event: RunEvent) => void;
  /** Seconds per stage so far; stages that run several times (one per shank) add up. */
  readonly seconds: Readonly<Partial<Record<Stage, number>>>;
  /** Seconds since the stopwatch was made. */
  total(): number;
}

export function startStopwatch(): Stopwatch {
  const start = performance.now();
  const begun = new Map<Stage, number>();
  const seconds: Partial<Record<Stage, number>> = {};
  return {
    seconds,
    total: () => (performance.now() - start) / 1000,
    onEvent(event) {
      if (event.kind !== 'stage') return;
      const now = performance.now();
      if (event.state === 'begin') begun.set(event.stage, now);
      else
        seconds[event.stage] = (seconds[event.stage] ?? 0) + (now - (begun.get(event.stage) ?? now)) / 1000;
    },
  };
}
