import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { probabilityInLink } from './shared-neurons.ts';

/** Sessions of 40 units; unit i of one and unit i of another are one neuron where the sessions share their neurons. */
function recording(sessionCount: number, share: (s: number, t: number) => boolean) {
  const random = createRandom(5);
  const perSession = 40;
  const units = sessionCount * perSession;
  const sessions = Int32Array.from({ length: units }, (_, u) => Math.floor(u / perSession) + 1);
  const group = (s: number) =>
    Array.from({ length: s }, (_, t) => t + 1).find((t) => t === s || share(s, t))!;
  const labels = Int32Array.from(
    sessions,
    (session, u) => (group(session) - 1) * perSession + (u % perSession),
  );
  const list: number[] = [];
  const similarity: number[] = [];
  for (let b = 0; b < units; b++) {
    for (let a = 0; a < b; a++) {
      if (Math.abs((a % perSession) - (b % perSession)) > 8) continue;
      list.push(a, b);
      const same = labels[a] === labels[b];
      similarity.push((same ? 0.5 : -0.8) + 0.25 * random.normal());
    }
  }
  return {
    units,
    sessionCount,
    sessions,
    labels,
    pairs: { count: similarity.length, units: Int32Array.from(list) },
    similarity: Float64Array.from(similarity),
  };
}

describe('probabilityInLink', () => {
  it('keeps probabilities where sessions share their neurons', () => {
    const inLink = probabilityInLink(recording(3, () => true));
    for (const p of [0.1, 0.5, 0.95]) expect(inLink(p, 1, 3)).toBeCloseTo(p, 1);
    expect(inLink(1, 1, 2)).toBe(1);
    expect(inLink(0, 1, 2)).toBe(0);
  });

  it('lowers them between sessions that share none', () => {
    const inLink = probabilityInLink(recording(4, (s, t) => s <= 3 && t <= 3));
    expect(inLink(0.95, 1, 2)).toBeGreaterThan(0.9);
    expect(inLink(0.95, 1, 4)).toBeLessThan(0.2);
    expect(inLink(0.95, 4, 1)).toBe(inLink(0.95, 1, 4));
  });

  it('keeps them where no neuron tells what the others look like', () => {
    const { labels, ...rest } = recording(2, () => true);
    const inLink = probabilityInLink({ ...rest, labels: labels.map(() => -1) });
    expect(inLink(0.7, 1, 2)).toBe(0.7);
  });
});
