/** Union-find. */

/** Disjoint sets of the numbers 0 .. size-1, every one alone at first. */
export class DisjointSets {
  private readonly parent: Int32Array;

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  /** The root of the set that i is in. */
  find(i: number): number {
    const { parent } = this;
    let node = i;
    while (parent[node] !== node) {
      parent[node] = parent[parent[node]];
      node = parent[node];
    }
    return node;
  }

  /** Puts the set of one root under another root. */
  attach(root: number, under: number): void {
    this.parent[root] = under;
  }

  /**
   * Joins the sets of a and b; when sets are joined in no other way, the root of a set is its lowest member.
   * @returns whether they were apart
   */
  join(a: number, b: number): boolean {
    const rootA = this.find(a);
    const rootB = this.find(b);
    this.attach(Math.max(rootA, rootB), Math.min(rootA, rootB));
    return rootA !== rootB;
  }
}
