/** A priority queue of units by their distance. */

/** Gives out the nearest unit, the lower one among equally near. Distances only fall. A binary heap with places. */
export class UnitQueue {
  private readonly heap: Int32Array;
  /** Place of each unit in the heap; -1 for one that is not in it. */
  private readonly place: Int32Array;
  private readonly distances: Float64Array;
  private size = 0;

  constructor(units: number) {
    this.heap = new Int32Array(units);
    this.place = new Int32Array(units).fill(-1);
    this.distances = new Float64Array(units).fill(Number.POSITIVE_INFINITY);
  }

  /** Notes that a unit is this near, unless it is known to be nearer or is infinitely far. */
  offer(unit: number, distance: number): void {
    if (!(distance < this.distances[unit])) return;
    this.distances[unit] = distance;
    if (this.place[unit] < 0) this.place[unit] = this.size++;
    this.rise(unit, this.place[unit]);
  }

  /** The nearest unit; -1 when there is none. */
  first(): number {
    return this.size > 0 ? this.heap[0] : -1;
  }

  distance(unit: number): number {
    return this.distances[unit];
  }

  /** Takes a unit out, if it is there. */
  remove(unit: number): void {
    const hole = this.place[unit];
    if (hole < 0) return;
    this.place[unit] = -1;
    const last = this.heap[--this.size];
    if (last === unit) return;
    this.rise(last, hole);
    this.sink(last, this.place[last]);
  }

  private rise(unit: number, from: number): void {
    const { heap, place } = this;
    let hole = from;
    while (hole > 0) {
      const parent = heap[(hole - 1) >> 1];
      if (!this.isBefore(unit, parent)) break;
      heap[hole] = parent;
      place[parent] = hole;
      hole = (hole - 1) >> 1;
    }
    heap[hole] = unit;
    place[unit] = hole;
  }

  private sink(unit: number, from: number): void {
    const { heap, place } = this;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child + 1 < this.size && this.isBefore(heap[child + 1], heap[child])) child++;
      if (child >= this.size || !this.isBefore(heap[child], unit)) break;
      heap[hole] = heap[child];
      place[heap[hole]] = hole;
      hole = child;
    }
    heap[hole] = unit;
    place[unit] = hole;
  }

  private isBefore(a: number, b: number): boolean {
    const difference = this.distances[a] - this.distances[b];
    return difference < 0 || (difference === 0 && a < b);
  }
}
