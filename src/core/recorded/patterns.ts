/** Sessions that recorded the same channels. */
import type { Probe } from '../dataset.ts';

/** A set of channels, and the sessions that recorded it. */
export interface RecordedPattern {
  /** Ascending. */
  readonly channels: Int32Array;
  /** (channels of the pattern, 2) µm. */
  readonly locations: Float64Array;
  /** Session numbers, from 1. */
  readonly sessions: ReadonlySet<number>;
}

/** The patterns of a recording, in the order in which sessions show them first. */
export function recordedPatterns({ recorded, channels, locations }: Probe): RecordedPattern[] {
  if (!recorded) throw new RangeError('recordedPatterns: got a probe of which every session recorded all');
  const patterns = new Map<string, { channels: Int32Array; sessions: Set<number> }>();
  for (let s = 0; s < recorded.length / channels; s++) {
    const row = recorded.subarray(s * channels, (s + 1) * channels);
    const key = row.join('');
    const known = patterns.get(key);
    if (known) known.sessions.add(s + 1);
    else {
      const present = Array.from(row.keys()).filter((c) => row[c]);
      patterns.set(key, { channels: Int32Array.from(present), sessions: new Set([s + 1]) });
    }
  }
  return [...patterns.values()].map((pattern) => ({
    ...pattern,
    locations: Float64Array.from(
      { length: 2 * pattern.channels.length },
      (_, i) => locations[2 * pattern.channels[i >> 1] + (i % 2)],
    ),
  }));
}

/** Indices of the units of some sessions, ascending. */
export function unitsOfSessions(sessions: Int32Array, which: ReadonlySet<number>): Int32Array {
  const units: number[] = [];
  sessions.forEach((session, unit) => {
    if (which.has(session)) units.push(unit);
  });
  return Int32Array.from(units);
}
