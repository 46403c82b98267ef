/** The ends of an ordered group of units. */

/** Order in which the inner ends of an `Ends` are tried. */
export interface RisingOrder {
  /** (outerCount, innerCount) inner ends, lowest cost first, but only as far as `reach` tells costs apart. */
  readonly order: Int32Array;
  /** (outerCount, innerCount) their costs, in that order. */
  readonly cost: Float32Array;
  /** (outerCount,) how far a cost can lie below one that comes before it. */
  readonly reach: Float64Array;
}

/** A group seen from its outer end: what it costs to go from there to each unit that its inner end can be. */
export class Ends {
  /** (outerCount,) lowest cost of each outer end. */
  readonly lowest: Float32Array;
  /** Largest cost of all. */
  readonly largest: number;
  private sorted?: RisingOrder;

  /**
   * @param outer position in the group of the first unit that can be the outer end; the others follow it
   * @param outerCount how many there are
   * @param inner the same for the inner end
   * @param cost (outerCount, innerCount) cost of the best order between two ends
   */
  constructor(
    readonly outer: number,
    readonly outerCount: number,
    readonly inner: number,
    readonly innerCount: number,
    readonly cost: Float32Array,
  ) {
    this.lowest = new Float32Array(outerCount);
    let largest = 0;
    for (let u = 0; u < outerCount; u++) {
      let lowest = cost[u * innerCount];
      for (let m = 0; m < innerCount; m++) {
        const value = cost[u * innerCount + m];
        if (value < lowest) lowest = value;
        if (value > largest) largest = value;
      }
      this.lowest[u] = lowest;
    }
    this.largest = largest;
  }

  /** A single unit is both of its ends. */
  static readonly ofUnit: readonly Ends[] = [new Ends(0, 1, 0, 1, new Float32Array(1))];

  /**
   * A group of two parts: the outer end lies in the first and the inner end in the second, or the other way round.
   * @param cost (first, second) cost of the best order from a unit of the first part to one of the second
   * @param first units of the first part
   */
  static ofGroup(cost: Float32Array, first: number): readonly Ends[] {
    const second = cost.length / first;
    const transposed = new Float32Array(cost.length);
    for (let i = 0; i < first; i++) {
      for (let j = 0; j < second; j++) transposed[j * first + i] = cost[i * second + j];
    }
    return [new Ends(0, first, first, second, cost), new Ends(first, second, 0, first, transposed)];
  }

  get rising(): RisingOrder {
    this.sorted ??= bucketSort(this);
    return this.sorted;
  }
}

/** Sorts every row into buckets of equal width; full sorting would cost more than it saves. */
function bucketSort({ cost, outerCount, innerCount, lowest }: Ends): RisingOrder {
  const buckets = Math.min(256, 4 * innerCount);
  const order = new Int32Array(cost.length);
  const inOrder = new Float32Array(cost.length);
  const reach = new Float64Array(outerCount);
  const next = new Int32Array(buckets + 1);
  const bucketOf = new Uint8Array(innerCount);
  for (let u = 0; u < outerCount; u++) {
    const row = u * innerCount;
    let highest = lowest[u];
    for (let m = 0; m < innerCount; m++) if (cost[row + m] > highest) highest = cost[row + m];
    const range = highest - lowest[u];
    const scale = range > 0 ? (buckets - 0.5) / range : 0;
    reach[u] = range / (buckets - 1);
    next.fill(0);
    for (let m = 0; m < innerCount; m++) {
      bucketOf[m] = (cost[row + m] - lowest[u]) * scale;
      next[bucketOf[m] + 1]++;
    }
    for (let bucket = 1; bucket < buckets; bucket++) next[bucket] += next[bucket - 1];
    for (let m = 0; m < innerCount; m++) {
      const place = row + next[bucketOf[m]]++;
      order[place] = m;
      inOrder[place] = cost[row + m];
    }
  }
  return { order, cost: inOrder, reach };
}
