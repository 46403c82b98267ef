/** Units that stand next to each other and are of one session. */

/**
 * Where runs of one session lie among units that stand side by side, and which session it is: at most `most` of them, evenly left out.
 * @param divided place where a new run begins in any case
 */
export function sessionRunTicks(
  sessions: readonly number[],
  divided?: number,
  most = 9,
): { at: number; text: string }[] {
  const runs: { session: number; from: number; to: number }[] = [];
  sessions.forEach((session, i) => {
    const run = runs[runs.length - 1];
    if (run && run.session === session && i !== divided) run.to = i + 1;
    else runs.push({ session, from: i, to: i + 1 });
  });
  const every = Math.ceil(runs.length / most);
  return runs
    .filter((_, i) => i % every === 0)
    .map(({ session, from, to }) => ({ at: (from + to) / 2, text: String(session) }));
}
