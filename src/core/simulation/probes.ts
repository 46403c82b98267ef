/** Site layouts of the probes that recordings are simulated on. */
import type { Probe } from '../dataset.ts';

/**
 * The layouts: Neuropixels 1.0 (384 sites as a checkerboard of four columns, Jun et al. 2017), Neuropixels 2.0 with one
 * shank (384 sites) and with four (96 sites on each, Steinmetz et al. 2021), and a small one of 64 sites.
 */
export const PROBE_NAMES = ['np1', 'np2', 'np2-four-shank', 'small'] as const;
export type ProbeName = (typeof PROBE_NAMES)[number];

/** Distance between the shanks of a four-shank probe, µm. */
const SHANK_PITCH_UM = 250;

/**
 * A probe with its sites in channel order, from the tip upwards.
 *
 * @param name layout
 * @param channels how many sites to keep, the first ones; all by default
 * @throws RangeError when there is no such layout or the layout has fewer sites
 */
export function createProbe(name: ProbeName, channels?: number): Probe {
  const sites = siteLayout(name);
  const kept = channels ?? sites.length;
  if (!(Number.isInteger(kept) && kept >= 1 && kept <= sites.length)) {
    throw new RangeError(`createProbe: got ${kept} channels, expected 1 to ${sites.length} for "${name}"`);
  }
  return {
    channels: kept,
    locations: Float64Array.from(sites.slice(0, kept).flatMap(({ x, y }) => [x, y])),
    shanks: Int32Array.from(sites.slice(0, kept), ({ shank }) => shank),
    hasShanks: name === 'np2-four-shank',
  };
}

/** Extent of the sites of one shank, µm. */
export interface ShankExtent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Extent of the sites of the shank with this id. */
export function shankExtent(probe: Probe, shank: number): ShankExtent {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let c = 0; c < probe.channels; c++) {
    if (probe.shanks[c] !== shank) continue;
    xs.push(probe.locations[2 * c]);
    ys.push(probe.locations[2 * c + 1]);
  }
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}

interface Site {
  readonly x: number;
  readonly y: number;
  readonly shank: number;
}

function siteLayout(name: ProbeName): readonly Site[] {
  switch (name) {
    case 'np1':
      return rows(192, (row) => ({ columns: row % 2 === 0 ? [43, 11] : [59, 27], y: 20 * (row + 1) }));
    case 'np2':
      return rows(192, (row) => ({ columns: [0, 32], y: 15 * row }));
    case 'np2-four-shank':
      return [0, 1, 2, 3].flatMap((shank) =>
        rows(48, (row) => ({
          columns: [SHANK_PITCH_UM * shank, SHANK_PITCH_UM * shank + 32],
          y: 15 * row,
          shank: shank + 1,
        })),
      );
    case 'small':
      return rows(32, (row) => ({ columns: [0, 32], y: 20 * row }));
    default:
      throw new RangeError(`createProbe: got probe "${name}", expected one of ${PROBE_NAMES.join(', ')}`);
  }
}

function rows(
  count: number,
  row: (index: number) => { columns: readonly number[]; y: number; shank?: number },
): Site[] {
  return Array.from({ length: count }, (_, index) => row(index)).flatMap(({ columns, y, shank = 1 }) =>
    columns.map((x) => ({ x, y, shank })),
  );
}
