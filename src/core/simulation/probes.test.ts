import { describe, expect, it } from 'vitest';
import { createProbe, PROBE_NAMES, type ProbeName, shankExtent } from './probes.ts';

const site = (name: ProbeName, c: number) => [...createProbe(name).locations.slice(2 * c, 2 * c + 2)];

describe('createProbe', () => {
  it('lays Neuropixels 1.0 out as a checkerboard of four columns, 20 µm between rows', () => {
    const probe = createProbe('np1');
    expect(probe.channels).toBe(384);
    expect([0, 1, 2, 3, 4].map((c) => site('np1', c))).toEqual([
      [43, 20],
      [11, 20],
      [59, 40],
      [27, 40],
      [43, 60],
    ]);
    expect(site('np1', 383)).toEqual([27, 3840]);
  });

  it('lays Neuropixels 2.0 out as two columns, 15 µm between rows', () => {
    expect([0, 1, 2].map((c) => site('np2', c))).toEqual([
      [0, 0],
      [32, 0],
      [0, 15],
    ]);
    expect(createProbe('np2').channels).toBe(384);
  });

  it('gives four shanks 96 sites each, 250 µm apart', () => {
    const probe = createProbe('np2-four-shank');
    expect(probe.hasShanks).toBe(true);
    for (const shank of [1, 2, 3, 4]) {
      expect(probe.shanks.filter((s) => s === shank)).toHaveLength(96);
      const left = 250 * (shank - 1);
      expect(shankExtent(probe, shank)).toEqual({ left, right: left + 32, bottom: 0, top: 705 });
    }
  });

  it.each(PROBE_NAMES)('puts no two sites of %s in one place', (name) => {
    const { channels } = createProbe(name);
    const places = new Set(Array.from({ length: channels }, (_, c) => site(name, c).join()));
    expect(places.size).toBe(channels);
  });

  it('keeps the first channels when asked to', () => {
    const probe = createProbe('np1', 283);
    expect(probe.channels).toBe(283);
    expect(probe.shanks).toHaveLength(283);
    expect(probe.locations).toEqual(createProbe('np1').locations.slice(0, 2 * 283));
  });

  it.each([0, 385, 1.5, Number.NaN])('refuses %d channels', (channels) => {
    expect(() => createProbe('np1', channels)).toThrow(/got .* channels, expected 1 to 384/);
  });
});
