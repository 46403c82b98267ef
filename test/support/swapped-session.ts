/** A recording one of whose sessions is from another animal. */
import type { Dataset } from '../../src/core/dataset.ts';

/** The first recording, with one session taken from the second; both have the same probe, samples and bins. */
export function swapSession(first: Dataset, second: Dataset, session: number): Dataset {
  const of = (dataset: Dataset, wanted: (s: number) => boolean) =>
    Array.from(dataset.sessions.keys())
      .filter((unit) => wanted(dataset.sessions[unit]))
      .map((unit) => ({ dataset, unit, session: dataset.sessions[unit] }));
  const all = [...of(first, (s) => s !== session), ...of(second, (s) => s === session)].sort(
    (a, b) => a.session - b.session,
  );
  const { channels, samples } = first.waveforms;
  const size = channels * samples;
  const data = new Float32Array(all.length * size);
  const bins = first.peth?.bins ?? 0;
  const peth = new Float64Array(all.length * bins);
  all.forEach(({ dataset, unit }, i) => {
    data.set(dataset.waveforms.data.subarray(unit * size, (unit + 1) * size), i * size);
    if (dataset.peth) peth.set(dataset.peth.data.subarray(unit * bins, (unit + 1) * bins), i * bins);
  });
  return {
    ...first,
    units: all.length,
    sessions: Int32Array.from(all, (unit) => unit.session),
    waveforms: { data, units: all.length, channels, samples },
    peth: first.peth && { data: peth, bins },
    spikeTimes: (i) => all[i].dataset.spikeTimes(all[i].unit),
  };
}
