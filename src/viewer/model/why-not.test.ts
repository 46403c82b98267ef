import { describe, expect, it } from 'vitest';
import { type JoinQuestion, whyNotJoined } from './why-not.ts';

/** Units 0 and 1 are neuron 1; 2 and 3 are asked about. */
const question = (
  changes: Partial<JoinQuestion> & { unit?: Record<string, number[]> } = {},
): JoinQuestion => {
  const columns = {
    session: [1, 2, 3, 3],
    shank: [1, 1, 1, 1],
    correctedY: [100, 102, 104, 104],
    clusterBeforeCuration: [1, 1, -1, -1],
    ...changes.unit,
  };
  const units = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Int32Array.from(values)]),
  );
  return {
    candidate: 2,
    members: [0, 1],
    nearest: 1,
    similarity: 2,
    labels: Int32Array.of(1, 1, -1, -1),
    threshold: 1.6,
    maxDistance: 100,
    units: units as unknown as JoinQuestion['units'],
    ...changes,
  };
};

describe('why a unit was not joined', () => {
  it('names the threshold, the session, the other neuron, the distance, the shank and curation', () => {
    expect(whyNotJoined(question({ similarity: 1.6 }))).toEqual(['below the threshold of 1.60']);
    expect(whyNotJoined(question({ similarity: Number.NaN }))).toEqual(['below the threshold of 1.60']);
    expect(whyNotJoined(question({ unit: { session: [1, 2, 2, 3] } }))).toEqual(['same session as unit 1']);
    expect(whyNotJoined(question({ labels: Int32Array.of(1, 1, 7, 7) }))).toEqual(['belongs to neuron 7']);
    expect(whyNotJoined(question({ unit: { correctedY: [100, 102, 250, 104] } }))).toEqual([
      '148 µm apart, more than 100 µm',
    ]);
    expect(whyNotJoined(question({ unit: { shank: [1, 1, 2, 1] } }))[0]).toContain('another shank');
    expect(whyNotJoined(question({ unit: { clusterBeforeCuration: [1, 1, 1, -1] } }))).toEqual([
      'was in its cluster, and cut off by curation',
    ]);
  });

  it('says so when nothing speaks against it', () => {
    expect(whyNotJoined(question())).toEqual(['left alone by the clustering']);
    expect(whyNotJoined(question({ threshold: null, similarity: -1 }))).toEqual([
      'left alone by the clustering',
    ]);
  });
});
