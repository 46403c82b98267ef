import { describe, expect, it } from 'vitest';
import { createKernels } from '../../workers/node.ts';
import { resolveSettings } from '../settings.ts';
import { pairValues } from '../similarity/pair-list.ts';
import { simulateRecording } from '../simulation/simulate.ts';
import { track } from '../track.ts';
import { calibrationError, reliability } from './calibration-error.ts';
import { confidenceOfMatches, matchConfidence, pairProbabilities } from './match-confidence.ts';

describe('matchConfidence', () => {
  it('is calibrated on a simulated recording, and low where matches are wrong', async () => {
    const recording = simulateRecording({ sessions: 8, neuronsPerSession: 40, presence: 0.5, seed: 12 });
    const { dataset, neuronId } = recording;
    const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
    const kernels = await createKernels({ kernels: 'simd', threads: 1 });
    const result = await track(dataset, settings, { kernels });
    await kernels.close();
    const { clustering, curation, confidence } = result;
    const isOne = (pairs: Int32Array) =>
      Uint8Array.from({ length: pairs.length / 2 }, (_, p) =>
        neuronId[pairs[2 * p]] === neuronId[pairs[2 * p + 1]] ? 1 : 0,
      );
    const truth = isOne(curation.matchedPairs);
    expect(calibrationError(reliability(confidence.matchProbability, truth))).toBeLessThan(0.05);

    const { probability, decoys } = pairProbabilities({
      ...clustering,
      units: dataset.units,
      sessionCount: dataset.sessionCount,
      sessions: dataset.sessions,
      labels: curation.labels,
      pairSimilarity: pairValues(clustering.similarity, dataset.units, clustering.pairs),
    });
    expect(decoys).toBeGreaterThan(500);
    expect(calibrationError(reliability(probability, isOne(clustering.pairs.units)))).toBeLessThan(0.02);

    // A neuron that another one is swapped into.
    const wrong = curation.labels.slice();
    const unit = wrong.findIndex((label) => label >= 0);
    const other = wrong.findIndex(
      (label, u) => label >= 0 && label !== wrong[unit] && dataset.sessions[u] === dataset.sessions[unit],
    );
    [wrong[unit], wrong[other]] = [wrong[other], wrong[unit]];
    const pairs: number[] = [];
    wrong.forEach((label, b) => {
      for (let a = 0; a < b; a++) if (label >= 0 && wrong[a] === label) pairs.push(a, b);
    });
    const swapped = matchConfidence(
      {
        ...clustering,
        units: dataset.units,
        sessionCount: dataset.sessionCount,
        sessions: dataset.sessions,
        labels: wrong,
        pairSimilarity: pairValues(clustering.similarity, dataset.units, clustering.pairs),
      },
      Int32Array.from(pairs),
    );
    expect(confidence.unitConfidence[unit]).toBeGreaterThan(0.9);
    expect(swapped.unitConfidence[unit]).toBeLessThan(0.1);
  });

  it('rests on the prior when sessions have one unit each, and tells likely from unlikely', () => {
    const pairs = { count: 3, units: Int32Array.of(0, 1, 0, 2, 1, 2) };
    const input = {
      units: 3,
      sessionCount: 3,
      sessions: Int32Array.of(1, 2, 3),
      labels: Int32Array.of(0, 0, -1),
      pairs,
      pairSimilarity: Float64Array.of(2.5, 0.1, 0.2),
      threshold: 1.5,
    };
    const { probability, decoys } = pairProbabilities(input);
    expect(decoys).toBe(0);
    expect(probability[0]).toBeGreaterThan(0.95);
    expect(probability[1]).toBeLessThan(0.05);
    const { matchProbability, unitConfidence } = matchConfidence(input, Int32Array.of(0, 1));
    expect([...matchProbability]).toEqual([probability[0]]);
    expect([...unitConfidence]).toEqual([probability[0], probability[0], Number.NaN]);
  });

  it('is 0 for a matched pair that is no candidate', () => {
    const pairs = { count: 1, units: Int32Array.of(0, 1) };
    const { matchProbability, unitConfidence } = confidenceOfMatches(
      { units: 3, pairs },
      Float64Array.of(0.8),
      Int32Array.of(0, 1, 0, 2),
    );
    expect([...matchProbability]).toEqual([0.8, 0]);
    expect([...unitConfidence]).toEqual([0.4, 0.8, 0]);
  });

  it('gives nothing for no candidates', () => {
    const none = matchConfidence(
      {
        units: 2,
        sessionCount: 2,
        sessions: Int32Array.of(1, 2),
        labels: Int32Array.of(-1, -1),
        pairs: { count: 0, units: new Int32Array(0) },
        pairSimilarity: new Float64Array(0),
        threshold: Number.POSITIVE_INFINITY,
      },
      new Int32Array(0),
    );
    expect(none.matchProbability).toHaveLength(0);
    expect([...none.unitConfidence]).toEqual([Number.NaN, Number.NaN]);
  });
});
