/** The sites of several sessions on one probe, matched by where they are. */
import type { SessionSites } from './sorted-session.ts';

export interface UnionSites {
  readonly count: number;
  /** (count, 2) µm, ordered by shank, then y, then x. */
  readonly locations: Float64Array;
  /** (count,) shank ids; undefined when no session names any. */
  readonly shanks?: Int32Array;
  /** For each session: (its sites,) place among all. */
  readonly places: readonly Int32Array[];
  /** (sessions, count) 1 where a session recorded a site; undefined when all recorded all. */
  readonly recorded?: Uint8Array;
}

/** Sites nearer than this are one, µm: files round positions. */
const TOLERANCE_UM = 1;

/**
 * Puts the sites of all sessions together. Sites of two sessions are one when they are on one shank and within 1 µm; sites of one
 * session never are, so stacked sites stay apart. Shanks tell sites apart only when every session names them.
 */
export function uniteSites(sessions: readonly SessionSites[]): UnionSites {
  const withShanks = sessions.every(({ shanks }) => shanks !== undefined);
  interface Site {
    readonly x: number;
    readonly y: number;
    readonly shank: number;
    readonly of: Map<number, number>;
  }
  const cells = new Map<string, Site[]>();
  const all: Site[] = [];
  const cellOf = (shank: number, x: number, y: number) => `${shank} ${x} ${y}`;
  for (const [s, { count, locations, shanks }] of sessions.entries()) {
    for (let c = 0; c < count; c++) {
      const [x, y] = [locations[2 * c], locations[2 * c + 1]];
      const shank = withShanks ? (shanks as Int32Array)[c] : 0;
      const [cx, cy] = [Math.floor(x), Math.floor(y)];
      let best: Site | undefined;
      let nearest = TOLERANCE_UM;
      for (const dx of [-1, 0, 1]) {
        for (const dy of [-1, 0, 1]) {
          for (const site of cells.get(cellOf(shank, cx + dx, cy + dy)) ?? []) {
            const distance = Math.hypot(site.x - x, site.y - y);
            if (site.of.has(s) || distance > nearest) continue;
            if (best && distance === nearest) continue;
            best = site;
            nearest = distance;
          }
        }
      }
      if (!best) {
        best = { x, y, shank, of: new Map() };
        const cell = cellOf(shank, cx, cy);
        const members = cells.get(cell);
        if (members) members.push(best);
        else cells.set(cell, [best]);
        all.push(best);
      }
      best.of.set(s, c);
    }
  }
  // Sorting is stable: sites at one position keep the order of their session.
  const sameOrder = sessions.every(
    ({ count }, s) => count === all.length && all.every((site, i) => site.of.get(s) === i),
  );
  if (!sameOrder) all.sort((a, b) => a.shank - b.shank || a.y - b.y || a.x - b.x);
  const places = sessions.map(({ count }) => new Int32Array(count));
  const recorded = new Uint8Array(sessions.length * all.length);
  all.forEach(({ of }, i) => {
    for (const [s, c] of of) {
      places[s][c] = i;
      recorded[s * all.length + i] = 1;
    }
  });
  return {
    count: all.length,
    locations: Float64Array.from(all.flatMap(({ x, y }) => [x, y])),
    shanks: withShanks ? Int32Array.from(all, ({ shank }) => shank) : undefined,
    places,
    recorded: recorded.includes(0) ? recorded : undefined,
  };
}

/** Sites that two sessions share, as part of the smaller of the two. */
export function sharedSites(union: UnionSites, a: number, b: number): { shared: number; part: number } {
  const { recorded, count, places } = union;
  const smaller = Math.min(places[a].length, places[b].length);
  if (!recorded) return { shared: count, part: 1 };
  let shared = 0;
  for (let i = 0; i < count; i++) shared += recorded[a * count + i] & recorded[b * count + i];
  return { shared, part: shared / smaller };
}
