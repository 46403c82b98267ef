/** Which worker gets which task. */

/**
 * Shares of `0 .. count - 1`: every taker goes through a run of its own, since neighbouring tasks often share what they prepare; one that is
 * through takes from the end of the longest run that is left.
 */
export class WorkShares {
  private readonly next: number[];
  private readonly end: number[];

  constructor(count: number, takers: number) {
    const start = (taker: number) => Math.floor((taker * count) / takers);
    this.next = Array.from({ length: takers }, (_, taker) => start(taker));
    this.end = Array.from({ length: takers }, (_, taker) => start(taker + 1));
  }

  /** The next task of a taker; undefined when none is left. */
  take(taker: number): number | undefined {
    if (this.next[taker] < this.end[taker]) return this.next[taker]++;
    const left = this.next.map((next, other) => this.end[other] - next);
    const longest = left.indexOf(Math.max(...left));
    return left[longest] > 0 ? --this.end[longest] : undefined;
  }
}
