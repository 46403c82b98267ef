/** What is compared between engines. */
import type { Kernels, RunContext, TrackingResult } from 'dant';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import type { SimulatedRecording } from '../../src/core/simulation/simulate.ts';

/** What a tracked recording comes to. */
export interface Outcome {
  readonly kernels: string;
  readonly threads: number;
  /** Everything that is counted or chosen. */
  readonly decisions: Readonly<Record<string, readonly (number | string)[]>>;
  /** Everything that is measured, but for matrices: motion (µm), weights, thresholds. */
  readonly measures: readonly number[];
  /** (units, units) weighted similarity. */
  readonly similarity: Float64Array;
}

export function outcomeOf(result: TrackingResult, { kernels }: RunContext): Outcome {
  const { clustering, curation, motion, rounds, warnings } = result;
  return {
    kernels: result.kernels,
    threads: kernels.threads,
    decisions: {
      labels: [...curation.labels],
      matchedPairs: [...curation.matchedPairs],
      curationPairs: [...curation.curationPairs],
      curationTypes: [...curation.curationTypes],
      labelsBeforeCuration: [...clustering.labels],
      leafOrder: [...clustering.leafOrder],
      matchesPerRound: rounds.map((round) => round.matches),
      warnings,
    },
    measures: [
      ...motion.constant,
      ...motion.linear,
      ...rounds.flatMap((round) => [...(round.motion?.constant ?? []), ...round.weights, round.threshold]),
      ...rounds.flatMap((round) => round.bands.flatMap((band) => [...band.lower, ...band.upper])),
      ...clustering.weights,
      clustering.threshold,
    ],
    similarity: allPairsOf(clustering.similarity).slice(),
  };
}

/** A small simulated recording in plain arrays. */
export interface Simulated {
  readonly sessions: readonly number[];
  readonly neurons: readonly number[];
  /** (units, channels, samples) µV. */
  readonly waveforms: Float32Array;
  /** Of the first unit, ms. */
  readonly spikeTimes: Float64Array;
}

export function simulatedOf(recording: SimulatedRecording): Simulated {
  return {
    sessions: [...recording.sessions],
    neurons: [...recording.neuronId],
    waveforms: recording.dataset.waveforms.data,
    spikeTimes: recording.simulateUnitSpikes(0),
  };
}

/** SHA-256 of what each kernel gives for input that is the same in every engine. */
export async function kernelDigests(kernels: Kernels): Promise<Record<string, string>> {
  const [units, channels, samples, neighbourCount] = [150, 40, 32, 12];
  // A linear congruential generator: whole numbers, exact in every engine.
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const waveforms = Float32Array.from({ length: units * channels * samples }, (_, i) => {
    const [unit, channel] = [Math.floor(i / (channels * samples)), Math.floor(i / samples) % channels];
    const distance = Math.abs(channel - (unit % 30));
    return ((i % samples) * (1 + (unit % 7))) / (1 + distance) + next();
  });
  const neighbours = Int32Array.from({ length: channels * neighbourCount }, (_, i) => {
    const channel = Math.floor(i / neighbourCount);
    return (channel + (i % neighbourCount)) % channels;
  });
  const rows = Float64Array.from({ length: units * samples }, next);
  const gaps = rows.map((value, i) => (i % 11 === 3 ? Number.NaN : value));
  const matrix = Float64Array.from({ length: channels ** 2 }, next);
  const all = Int32Array.from({ length: units }, (_, unit) => unit);

  const square = () => kernels.float64(units ** 2);
  const similarity = square().fill(Number.NEGATIVE_INFINITY);
  await kernels.correlateWaveforms(
    { waveforms, units, channels, samples, neighbours, neighbourCount },
    similarity,
  );
  const correlation = square();
  await kernels.correlateRows(rows, units, samples, correlation);
  const gapCorrelation = square();
  await kernels.correlateRowsWithGaps(gaps, units, samples, gapCorrelation);
  const kriged = kernels.float32(waveforms.length);
  await kernels.krige(waveforms, channels, samples, [{ matrix, units: all }], kriged);
  const sum = square();
  await kernels.weightedSum([similarity, correlation], Float64Array.of(0.3, 0.7), sum);
  return {
    correlateWaveforms: await digest(similarity),
    correlateRows: await digest(correlation),
    correlateRowsWithGaps: await digest(gapCorrelation),
    krige: await digest(kriged),
    weightedSum: await digest(sum),
  };
}

async function digest({ buffer, byteOffset, byteLength }: ArrayBufferView): Promise<string> {
  // A copy: SHA-256 does not take shared memory.
  const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
