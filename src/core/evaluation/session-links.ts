/** How well the sessions of a recording fit each other. */

export interface SessionLinks {
  readonly sessionCount: number;
  /** (sessions,) units of each session. */
  readonly units: Int32Array;
  /** (sessions, sessions) expected number of true matches between two sessions; 0 on the diagonal. */
  readonly matches: Float64Array;
}

/**
 * Sums up the probabilities of the matched pairs by sessions.
 * @param sessions (units,) 1..N
 * @param matchedPairs (M, 2)
 * @param probability (M,)
 */
export function sessionLinks(
  sessionCount: number,
  sessions: Int32Array,
  matchedPairs: Int32Array,
  probability: Float64Array,
): SessionLinks {
  const units = new Int32Array(sessionCount);
  for (const session of sessions) units[session - 1]++;
  const matches = new Float64Array(sessionCount * sessionCount);
  for (let m = 0; m < probability.length; m++) {
    const i = sessions[matchedPairs[2 * m]] - 1;
    const j = sessions[matchedPairs[2 * m + 1]] - 1;
    if (i === j) continue;
    matches[i * sessionCount + j] += probability[m];
    matches[j * sessionCount + i] += probability[m];
  }
  return { sessionCount, units, matches };
}

/** (sessions, sessions) expected matches over the units of the smaller session: 0 to 1, 0 on the diagonal. */
function linkStrengths({ sessionCount: n, units, matches }: SessionLinks): Float64Array {
  return matches.map((value, cell) => {
    const smaller = Math.min(units[Math.floor(cell / n)], units[cell % n]);
    return smaller > 0 ? value / smaller : 0;
  });
}

/** Units of the smaller of every two sessions: as many pairs as there would be if each of them had a match in the other. */
export function possiblePairs(sessionCount: number, sessions: Int32Array): number {
  const units = new Int32Array(sessionCount);
  for (const session of sessions) units[session - 1]++;
  // The k-th smallest is the smaller one beside all those after it.
  return units.sort().reduce((sum, count, k) => sum + count * (sessionCount - 1 - k), 0);
}

/** Two sessions hang together when their link is at least this part of the typical best link of a session. */
const LEAST_LINK = 0.25;
/** Sessions with fewer units say too little. */
const LEAST_UNITS = 8;

/**
 * Groups of sessions that fit none of the sessions outside: all but the largest group of those that hang together, each ascending,
 * numbered from 1. Neurons may turn over in a long recording: every session need only fit some of the others.
 */
export function unfittingSessions(links: SessionLinks): number[][] {
  const { sessionCount: n, units } = links;
  const strength = linkStrengths(links);
  const best = Array.from({ length: n }, (_, s) => Math.max(0, ...strength.subarray(s * n, (s + 1) * n)));
  const judged = best.map((_, s) => s).filter((s) => units[s] >= LEAST_UNITS);
  if (judged.length < 2) return [];
  // The mean link of what is linked: sessions that fit no other hardly count.
  const sum = (of: (s: number) => number) => judged.reduce((all, s) => all + of(s), 0);
  const typical = sum((s) => best[s] ** 2) / sum((s) => best[s]);
  if (!(typical > 0)) return [];
  const group = new Int32Array(n).fill(-1);
  const groups: number[][] = [];
  for (const first of judged) {
    if (group[first] >= 0) continue;
    const members = [first];
    group[first] = groups.length;
    for (let at = 0; at < members.length; at++) {
      for (const other of judged) {
        if (group[other] >= 0 || strength[members[at] * n + other] < LEAST_LINK * typical) continue;
        group[other] = groups.length;
        members.push(other);
      }
    }
    groups.push(members);
  }
  const largest = groups.reduce((best, members) => (members.length > best.length ? members : best));
  return groups
    .filter((members) => members !== largest)
    .map((members) => members.map((s) => s + 1).sort((a, b) => a - b));
}

/**
 * How many more pairs of one neuron there would be if the groups of sessions that fit no other fitted as well as sessions usually do: a
 * jump of the probe hides them, another animal has none.
 */
export function hiddenPairs(links: SessionLinks): number {
  const { sessionCount: n, units, matches } = links;
  const groupOf = new Int32Array(n);
  unfittingSessions(links).forEach((group, g) => {
    for (const session of group) groupOf[session - 1] = g + 1;
  });
  const strength = linkStrengths(links);
  const within: number[] = [];
  const across: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (units[i] >= LEAST_UNITS && units[j] >= LEAST_UNITS) {
        (groupOf[i] === groupOf[j] ? within : across).push(i * n + j);
      }
    }
  }
  if (within.length === 0) return 0;
  const usual = within.map((cell) => strength[cell]).sort((a, b) => a - b)[within.length >> 1];
  const smaller = (cell: number) => Math.min(units[Math.floor(cell / n)], units[cell % n]);
  return across.reduce((sum, cell) => sum + Math.max(0, usual * smaller(cell) - matches[cell]), 0);
}
