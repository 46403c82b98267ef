import { describe, expect, it } from 'vitest';
import { probeDoubt } from './probe-doubts.ts';
import { createProbe, PROBE_NAMES } from './simulation/probes.ts';

/** Channels in rows of `columns`, `pitch` µm apart. */
const grid = (rows: number, columns: number, pitch: number) =>
  Float64Array.from({ length: 2 * rows * columns }, (_, i) =>
    i % 2 === 0 ? pitch * ((i >> 1) % columns) : pitch * Math.floor((i >> 1) / columns),
  );

describe('positions of channels', () => {
  it.each(PROBE_NAMES)('of the probe %s are doubtful in mm and m alone', (name) => {
    const { locations, shanks } = createProbe(name);
    expect(probeDoubt(locations, shanks)).toBeUndefined();
    expect(
      probeDoubt(
        locations.map((y) => y / 1e3),
        shanks,
      ),
    ).toMatch(/extend over .* mm/);
    expect(
      probeDoubt(
        locations.map((y) => y / 1e6),
        shanks,
      ),
    ).toMatch(/extend over .* mm/);
  });

  it.each([
    ['a single channel', grid(1, 1, 0)],
    ['a tetrode at one place', grid(4, 1, 0)],
    ['a tetrode that is described by 0 and 1', grid(2, 2, 1)],
    ['numbers of channels in place of positions', grid(32, 1, 1)],
    ['the densest probes', grid(48, 8, 6)],
    ['a chip of 26,400 electrodes', grid(220, 120, 17.5)],
    ['a linear probe', grid(16, 1, 25)],
  ])('of %s are not doubted', (_name, locations) => {
    expect(probeDoubt(locations)).toBeUndefined();
  });

  it('at one place are doubtful, on one of several shanks too, but not those of tetrodes', () => {
    expect(probeDoubt(grid(32, 1, 0))).toMatch(/^all 32 channels are at one place/);
    const two = Float64Array.from([...grid(8, 1, 20), ...grid(8, 1, 0)]);
    const shanks = Int32Array.from({ length: 16 }, (_, c) => (c < 8 ? 1 : 5));
    expect(probeDoubt(two, shanks)).toMatch(/^all 8 channels of shank 5/);
    const tetrodes = Float64Array.from({ length: 32 }, (_, i) => 100 * Math.floor(i / 8));
    expect(
      probeDoubt(
        tetrodes,
        Int32Array.from({ length: 16 }, (_, c) => c >> 2),
      ),
    ).toBeUndefined();
  });
});
