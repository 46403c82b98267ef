/** The distance of two units from their weighted similarity: `1 / (1 + tanh S)`. */
export function distanceOf(similarity: number): number {
  return 1 / (1 + Math.tanh(similarity));
}
