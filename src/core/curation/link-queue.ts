/** A priority queue of groups that may join. */

/** Two groups of units, a < b. */
export interface Link {
  readonly a: number;
  readonly b: number;
  /** How much the two belong together. */
  readonly score: number;
}

/** Gives out links by falling score; the lower a, then the lower b first where it is equal. A binary heap. */
export class LinkQueue {
  private readonly heap: Link[] = [];

  push(link: Link): void {
    const { heap } = this;
    let hole = heap.length;
    heap.push(link);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!comesFirst(link, heap[parent])) break;
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = link;
  }

  pop(): Link | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return last;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child + 1 < heap.length && comesFirst(heap[child + 1], heap[child])) child++;
      if (child >= heap.length || !comesFirst(heap[child], last)) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
    return top;
  }
}

function comesFirst(x: Link, y: Link): boolean {
  return (y.score - x.score || x.a - y.a || x.b - y.b) < 0;
}
