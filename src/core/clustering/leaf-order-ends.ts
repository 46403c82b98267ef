/** The ends of an ordered group of units. */

/** Order in which the inner ends of an `Ends` are tried. */
export interface RisingOrder {
  /** (outerCount, innerCount) inner ends, lowest cost first, but only as far as `reach` tells costs apart. */
  readonly order: Int32Array;
  /** (outerCount,) how far a cost can lie below one that comes before it. */
  readonly reach: Float64Array;
}

/** A group seen from its outer end: what it costs to go from there to each unit that its inner end can be. */
export class Ends {
  private sorted?: RisingOrder;

  /**
   * @param outer position in the group of the first unit that can be the outer end; the others follow it
   * @param outerCount how many there are
   * @param inner the same for the inner end
   * @param cost (outerCount, innerCount) cost of the best order between two ends
   * @param largest largest cost
   */
  constructor(
    readonly outer: number,
    readonly outerCount: number,
    readonly inner: number,
    readonly innerCount: number,
    readonly cost: Float32Array,
    readonly largest: number,
  ) {}

  /** A single unit is both of its ends. */
  static readonly ofUnit: readonly Ends[] = [new Ends(0, 1, 0, 1, new Float32Array(1), 0)];

  /**
   * A group of two parts: the outer end lies in the first and the inner end in the second, or the other way round.
   * @param cost (first, second) cost of the best order from a unit of the first part to one of the second
   * @param first units of the first part
   */
  static ofGroup(cost: Float32Array, first: number): readonly Ends[] {
    const second = cost.length / first;
    const transposed = new Float32Array(cost.length);
    let largest = 0;
    for (let i = 0; i < first; i++) {
      for (let j = 0; j < second; j++) {
        const value = cost[i * second + j];
        transposed[j * first + i] = value;
        if (value > largest) largest = value;
      }
    }
    return [
      new Ends(0, first, first, second, cost, largest),
      new Ends(first, second, 0, first, transposed, largest),
    ];
  }

  get rising(): RisingOrder {
    this.sorted ??= bucketSort(this.cost, this.outerCount, this.innerCount);
    return this.sorted;
  }
}

/** Sorts every row into buckets of equal width; full sorting would cost more than it saves. */
function bucketSort(cost: Float32Array, rows: number, columns: number): RisingOrder {
  const buckets = Math.min(256, 4 * columns);
  const order = new Int32Array(cost.length);
  const reach = new Float64Array(rows);
  const next = new Int32Array(buckets + 1);
  const bucketOf = new Uint8Array(columns);
  for (let r = 0; r < rows; r++) {
    const row = r * columns;
    let lowest = cost[row];
    let highest = lowest;
    for (let c = 1; c < columns; c++) {
      const value = cost[row + c];
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    const range = highest - lowest;
    reach[r] = range / (buckets - 1);
    const scale = range > 0 ? (buckets - 0.5) / range : 0;
    next.fill(0);
    for (let c = 0; c < columns; c++) {
      bucketOf[c] = (cost[row + c] - lowest) * scale;
      next[bucketOf[c] + 1]++;
    }
    for (let bucket = 1; bucket < buckets; bucket++) next[bucket] += next[bucket - 1];
    for (let c = 0; c < columns; c++) order[row + next[bucketOf[c]]++] = c;
  }
  return { order, reach };
}
