/** Descriptions of units whose sessions recorded different channels: each from the channels that were. */
import type { Probe } from '../dataset.ts';
import { emptyDescriptions, type UnitDescriptions } from '../features/unit-description.ts';
import type { Job, Kernels, UnitDescriptionInput } from '../kernels/kernels.ts';
import { recordedPatterns, unitsOfSessions } from './patterns.ts';

/**
 * `kernels.describeUnits` for every set of channels apart. Peak channels are those of the whole probe.
 * @param sessions (units,) session numbers, 1..N
 */
export async function describeRecordedUnits(
  kernels: Kernels,
  input: UnitDescriptionInput,
  sessions: Int32Array,
  probe: Probe,
  job: Job = {},
): Promise<UnitDescriptions> {
  const { units, channels, samples, waveforms } = input;
  const all = emptyDescriptions(units, input, (length) => new Float64Array(length));
  let done = 0;
  for (const pattern of recordedPatterns(probe)) {
    const members = unitsOfSessions(sessions, pattern.sessions);
    const size = pattern.channels.length * samples;
    const data = kernels.float32(members.length * size);
    members.forEach((unit, i) => {
      pattern.channels.forEach((channel, c) => {
        const from = (unit * channels + channel) * samples;
        data.set(waveforms.subarray(from, from + samples), i * size + c * samples);
      });
    });
    const part = await kernels.describeUnits(
      {
        ...input,
        waveforms: data,
        units: members.length,
        channels: pattern.channels.length,
        channelLocations: pattern.locations,
        spikeTimes: (unit) => input.spikeTimes(members[unit]),
      },
      { signal: job.signal, progress: (own) => job.progress?.(done + own, units) },
    );
    kernels.release(data);
    done += members.length;
    for (const key of Object.keys(all) as (keyof UnitDescriptions)[]) {
      const columns = all[key].length / units;
      members.forEach((unit, i) => {
        all[key].set(part[key].subarray(i * columns, (i + 1) * columns), unit * columns);
      });
    }
    for (const unit of members) all.peakChannels[unit] = pattern.channels[all.peakChannels[unit]];
  }
  return all;
}
