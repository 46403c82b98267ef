/** The numbers behind the matrices of the overview. */
import { describe, expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { syntheticMultiShank, syntheticResult } from '../../test/support/tracking-results.ts';
import { neuronPresence } from './neuron-presence.ts';
import { recordingOf } from './recording.ts';
import { MAX_CELLS, similarityMap, unitOrder } from './similarity-matrix.ts';

describe('neuronPresence', () => {
  test('every tracked neuron has a row, the ones in more sessions first', () => {
    const { neurons, present } = neuronPresence(recordingOf(smallResult()));
    expect(neurons).toBe(2);
    expect([...present]).toEqual([1, 1, 1, 1, 0, 1]);
  });

  test('rows are sorted by the first session', () => {
    const { neurons, sessionCount, present } = neuronPresence(recordingOf(syntheticResult({ units: 300 })));
    const firsts = Array.from({ length: neurons }, (_, n) =>
      present.subarray(n * sessionCount, (n + 1) * sessionCount).indexOf(1),
    );
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
  });

  test('shanks follow each other', () => {
    const result = syntheticMultiShank([1, 4], { units: 60 });
    const { neurons, shankStarts } = neuronPresence(recordingOf(result));
    expect(neurons).toBe(result.clusterCount);
    expect(shankStarts).toEqual([result.shanks[0].result.curation.clusterCount]);
  });

  test('without matches there are no rows', () => {
    expect(neuronPresence(recordingOf(syntheticResult({ matches: 'none' }))).neurons).toBe(0);
  });
});

describe('the similarity matrix', () => {
  test('units stand by session and by depth without motion', () => {
    const result = smallResult();
    const locations = result.features.locations.slice();
    locations[1] = 200;
    const moved = { ...result, features: { ...result.features, locations } };
    const { positions, runs } = unitOrder(recordingOf(moved));
    expect([...positions[0]]).toEqual([1, 0, 2, 3, 4, 5]);
    expect(runs.map(({ session, start, end }) => [session, start, end])).toEqual([
      [1, 0, 2],
      [2, 2, 4],
      [3, 4, 6],
    ]);
  });

  test('a cell holds the similarity of its two units; a unit with itself has none', () => {
    const recording = recordingOf(smallResult());
    const { width, values } = similarityMap(recording, unitOrder(recording));
    expect(width).toBe(6);
    expect(values[0]).toBeNaN();
    expect([values[1], values[2], values[6 * 5 + 1]]).toEqual([0.6, 2.2, 2.2]);
  });

  test('more units than cells: a cell holds the largest similarity, so that no match is lost', () => {
    const units = 2 * MAX_CELLS;
    const small = syntheticResult({ units: 4, sessions: 2 });
    const similarity = new Float64Array(units * units).fill(0.5);
    similarity[3 * units + 900] = similarity[900 * units + 3] = 4;
    const sessions = new Int32Array(units).fill(1);
    const features = { ...small.features, units, locations: new Float64Array(3 * units) };
    const big = { ...small, sessions, features, clustering: { ...small.clustering, similarity } };
    const recording = recordingOf(big);
    const { width, values } = similarityMap(recording, unitOrder(recording));
    expect(width).toBe(MAX_CELLS);
    expect(values[1 * MAX_CELLS + 450]).toBe(4);
    expect(values[450 * MAX_CELLS + 1]).toBe(4);
    expect(values.filter((v) => v === 4)).toHaveLength(2);
  });

  test('between shanks there is nothing', () => {
    const recording = recordingOf(syntheticMultiShank([1, 2], { units: 10, sessions: 2 }));
    const { values } = similarityMap(recording, unitOrder(recording));
    expect(values[5 * 20 + 15]).toBeNaN();
    expect(values[5 * 20 + 6]).not.toBeNaN();
  });
});
