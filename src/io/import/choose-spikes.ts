/** Which spikes a mean waveform is taken over, among all spikes of the chosen clusters. */
import { createRandom } from '../../core/random.ts';
import type { SessionSpikes } from '../../core/signal/overlapping-spikes.ts';
import type { KilosortFolder } from './kilosort.ts';
import type { SnippetList } from './raw-binary.ts';

/**
 * All spikes of the chosen clusters. Of each cluster up to `maxSpikes` are marked, chosen at random among those whose snippet lies in one file; the
 * choice is seeded, with a different stream for every cluster.
 *
 * @param options.before samples of a snippet before the spike
 * @param options.length samples of a snippet
 * @param options.files samples of each file
 */
export function chooseSpikes(
  { times, groups }: KilosortFolder,
  chosen: readonly number[],
  options: {
    readonly before: number;
    readonly length: number;
    readonly files: readonly number[];
    readonly maxSpikes: number;
    readonly seed: number;
  },
): SessionSpikes {
  const fits = inOneFile(options);
  const unitOf = new Int32Array(times.length).fill(-1);
  const marked = new Uint8Array(times.length);
  for (const [unit, k] of chosen.entries()) {
    const whole: number[] = [];
    for (const spike of groups.spikesOf(k)) {
      unitOf[spike] = unit;
      if (fits(times[spike])) whole.push(spike);
    }
    const random = createRandom((options.seed + Math.imul(groups.ids[k] + 1, 0x9e3779b1)) | 0);
    const count = Math.min(options.maxSpikes, whole.length);
    for (let i = 0; i < count; i++) {
      if (count < whole.length) {
        const j = i + random.integer(whole.length - i);
        [whole[i], whole[j]] = [whole[j], whole[i]];
      }
      marked[whole[i]] = 1;
    }
  }
  const order = Int32Array.from(unitOf.keys()).filter((spike) => unitOf[spike] >= 0);
  order.sort((a, b) => times[a] - times[b] || unitOf[a] - unitOf[b] || a - b);
  return {
    times: Float64Array.from(order, (spike) => times[spike]),
    units: Int32Array.from(order, (spike) => unitOf[spike]),
    averaged: Uint8Array.from(order, (spike) => marked[spike]),
    duration: options.files.reduce((a, b) => a + b, 0),
  };
}

function inOneFile({
  before,
  length,
  files,
}: {
  before: number;
  length: number;
  files: readonly number[];
}): (time: number) => boolean {
  let end = 0;
  const ends = files.map((samples) => (end += samples));
  return (time) => {
    const start = time - before;
    const file = ends.findIndex((fileEnd) => time < fileEnd);
    return file >= 0 && start >= ends[file] - files[file] && start + length <= ends[file];
  };
}

/** Snippets of the marked spikes, `before` samples before each. */
export function snippetsOf({ times, units, averaged }: SessionSpikes, before: number): SnippetList {
  return {
    starts: times.filter((_, s) => averaged[s] === 1).map((time) => time - before),
    units: units.filter((_, s) => averaged[s] === 1),
  };
}
