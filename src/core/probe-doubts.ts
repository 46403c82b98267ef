/** Positions of channels that no probe has: they ruin a result without any error. */

/** As many channels may be at one place: tetrodes are often described like that. */
const TETRODE = 4;

/**
 * What is doubtful about the positions of channels, or undefined. Channels of a real probe are some micrometres apart or more, so that
 * `n` of them extend over √n µm at least, wherever they are.
 *
 * @param locations (channels, 2) µm
 * @param shanks (channels,) when they are known
 */
export function probeDoubt(locations: Float64Array, shanks?: Int32Array): string | undefined {
  const channels = locations.length / 2;
  const all = Array.from({ length: channels }, (_, c) => c);
  const members = new Map<number, number[]>();
  for (const c of all) {
    const id = shanks?.[c] ?? 1;
    if (!members.has(id)) members.set(id, []);
    members.get(id)?.push(c);
  }
  for (const [id, own] of members) {
    if (own.length > TETRODE && extentOf(locations, own) === 0) {
      const which = members.size > 1 ? ` of shank ${id}` : '';
      return `all ${own.length} channels${which} are at one place, so that no unit can be told from others by where it is`;
    }
  }
  const extent = extentOf(locations, all);
  if (channels > TETRODE && extent < Math.sqrt(channels))
    return `the ${channels} channels extend over ${Number(extent.toPrecision(3))} µm, which no probe does: are they in mm or m instead of µm?`;
  return undefined;
}

/** Diagonal of the rectangle that holds some channels; NaN when a position is not a number. */
function extentOf(locations: Float64Array, channels: readonly number[]): number {
  const range = (axis: 0 | 1) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const c of channels) {
      low = Math.min(low, locations[2 * c + axis]);
      high = Math.max(high, locations[2 * c + axis]);
    }
    return high - low;
  };
  return Math.hypot(range(0), range(1));
}
