/** First number and length of each. */
export type Runs = readonly (readonly [first: number, count: number])[];

/** Runs of numbers in a list of which each is one more than the one before. */
export function runsOf(numbers: Int32Array): Runs {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === number) last[1]++;
    else runs.push([number, 1]);
  }
  return runs;
}
