/** The motion of the probe: per session, linear in depth plus a constant. */

/** Factor of `linear`, so that its values are of the size of µm per mm. */
export const LINEAR_SCALE = 0.001;

/** The values of a motion. */
export interface PlainMotion {
  readonly linearScale: number;
  readonly linear: Float64Array;
  readonly constant: Float64Array;
}

/**
 * At depth y in session s the motion is `linearScale · linear[s] · y + constant[s]`, in µm. A positive motion means that
 * units appear at larger y. Sessions are named by their numbers, 1..N.
 */
export class Motion {
  readonly linearScale: number;
  /** (sessions,) */
  readonly linear: Float64Array;
  /** (sessions,) µm */
  readonly constant: Float64Array;

  /** No motion in `sessionCount` sessions, unless values are given. */
  constructor(
    sessionCount = 0,
    values: { linear?: ArrayLike<number>; constant?: ArrayLike<number>; linearScale?: number } = {},
  ) {
    this.linearScale = values.linearScale ?? LINEAR_SCALE;
    this.linear = Float64Array.from(values.linear ?? new Float64Array(sessionCount));
    this.constant = Float64Array.from(values.constant ?? new Float64Array(sessionCount));
    for (const [name, array] of [['linear', this.linear] as const, ['constant', this.constant] as const]) {
      if (array.length !== sessionCount) {
        throw new RangeError(
          `Motion: got ${array.length} values of ${name}, expected one for each of ${sessionCount} sessions`,
        );
      }
    }
  }

  /** Its values without the class, as messages and files carry them; `Motion.of` makes a motion of them again. */
  get plain(): PlainMotion {
    const { linearScale, linear, constant } = this;
    return { linearScale, linear, constant };
  }

  static of(plain: PlainMotion): Motion {
    return new Motion(plain.constant.length, plain);
  }

  get sessionCount(): number {
    return this.constant.length;
  }

  /**
   * Motion of a session at a depth, µm.
   * @param session session number, 1..N
   * @param depth y, µm; without it only the constant part is returned
   * @throws RangeError when there is no such session
   */
  getMotion(session: number, depth?: number): number {
    const i = session - 1;
    if (!(i >= 0 && i < this.constant.length)) {
      throw new RangeError(`Motion.getMotion: got session ${session}, expected 1 to ${this.constant.length}`);
    }
    return depth === undefined
      ? this.constant[i]
      : this.linearScale * this.linear[i] * depth + this.constant[i];
  }

  /** Whether the motion changes with depth in any session. */
  get isLinear(): boolean {
    return this.linear.some((slope) => slope !== 0);
  }

  equals(other: Motion): boolean {
    return (
      this.linearScale === other.linearScale &&
      this.sessionCount === other.sessionCount &&
      this.linear.every((v, i) => v === other.linear[i]) &&
      this.constant.every((v, i) => v === other.constant[i])
    );
  }
}

/** Depths of the lowest and of the highest channel, µm. */
export function depthRange(channelLocations: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < channelLocations.length; i += 2) {
    low = Math.min(low, channelLocations[i]);
    high = Math.max(high, channelLocations[i]);
  }
  return [low, high];
}

/** Smallest and largest motion over sessions, at the lowest and at the highest channel, µm. */
export function motionRange(motion: Motion, channelLocations: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const depth of depthRange(channelLocations)) {
    for (let session = 1; session <= motion.sessionCount; session++) {
      const value = motion.getMotion(session, depth);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

/** Largest difference of two motions over sessions, at the lowest and the highest channel, µm. */
export function largestChange(a: Motion, b: Motion, channelLocations: Float64Array): number {
  let largest = 0;
  for (const depth of depthRange(channelLocations)) {
    for (let session = 1; session <= a.sessionCount; session++) {
      const change = Math.abs(a.getMotion(session, depth) - b.getMotion(session, depth));
      largest = Math.max(largest, change);
    }
  }
  return largest;
}
