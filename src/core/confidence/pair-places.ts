/** Where a pair of units stands in a list of millions of pairs. */

/** In memory of eight bytes for each pair; a `Map` takes ten times as much. */
export class PairPlaces {
  /** (units + 1,) where the pairs of each unit with later ones begin. */
  private readonly start: Int32Array;
  /** (M,) the later unit of every pair, ascending for each earlier one, and the place of the pair in the list. */
  private readonly later: Int32Array;
  private readonly place: Int32Array;

  /** @param pairs (M, 2) units below `units`, no pair twice; found fastest where those of an earlier unit come in the order of the later ones */
  constructor(units: number, pairs: Int32Array) {
    const count = pairs.length / 2;
    this.start = new Int32Array(units + 1);
    this.later = new Int32Array(count);
    this.place = new Int32Array(count);
    for (let m = 0; m < count; m++) this.start[Math.min(pairs[2 * m], pairs[2 * m + 1]) + 1]++;
    for (let unit = 0; unit < units; unit++) this.start[unit + 1] += this.start[unit];
    const next = this.start.slice();
    for (let m = 0; m < count; m++) {
      const [a, b] = [pairs[2 * m], pairs[2 * m + 1]];
      const earlier = Math.min(a, b);
      this.insert(this.start[earlier], next[earlier]++, Math.max(a, b), m);
    }
  }

  /** Puts a pair behind those of its earlier unit whose later unit comes before: at the end, as a rule. */
  private insert(first: number, end: number, later: number, place: number): void {
    let at = end;
    for (; at > first && this.later[at - 1] > later; at--) {
      this.later[at] = this.later[at - 1];
      this.place[at] = this.place[at - 1];
    }
    this.later[at] = later;
    this.place[at] = place;
  }

  /** The place of a pair, whichever unit comes first; -1 where it is not in the list. */
  of(a: number, b: number): number {
    const [earlier, later] = a < b ? [a, b] : [b, a];
    let low = this.start[earlier];
    let high = this.start[earlier + 1] - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.later[middle] === later) return this.place[middle];
      if (this.later[middle] < later) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
