/** Paths of the units: what they are, and what was recorded of them. */
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { type UnitHistograms, unitAutoCorrs, unitIsis, unitPeths } from '../io/unit-histograms.ts';
import { channelsAround, largestChannel, readUnitWaveforms } from '../io/unit-waveforms.ts';
import { missing, once, pack } from './answers.ts';
import { unitColumns } from './overview.ts';
import { check } from './parameters.ts';
import type { Paths } from './paths.ts';
import type { PathName } from './protocol.ts';

export function addUnitPaths({ tracked, parameters, get }: Paths): void {
  const columns = once(() => unitColumns(tracked));

  get('units', async () => {
    const { arrays, meta } = await columns();
    return pack(arrays, meta);
  });
  get('waveforms', async (query) => {
    const { units, kind, channels: count } = check(parameters.waveforms, query);
    const file = kind === 'raw' ? tracked.rawWaveforms : tracked.correctedWaveforms;
    if (!file) return missing(`no ${kind} waveforms`);
    const { probe, peakChannels } = tracked;
    const peak = kind === 'raw' ? peakChannels[units[0]] : await largestChannel(file, units[0]);
    const channels = channelsAround(peak, count, file.shape[1], probe);
    const waveforms = await readUnitWaveforms(file, units, channels);
    const locations =
      probe &&
      Float32Array.from([...channels].flatMap((c) => [...probe.locations.subarray(2 * c, 2 * c + 2)]));
    return pack({ waveforms, channels, locations }, { samples: file.shape[2] });
  });
  const histogram = (
    name: PathName,
    read: (folder: TrackedFolder, units: readonly number[]) => Promise<UnitHistograms | undefined>,
  ) =>
    get(name, async (query) => {
      const found = await read(tracked, check(parameters.unitList, query).units);
      if (!found) return missing('no such histograms, and no recording to make them from');
      const { values, ...meta } = found;
      return pack({ values }, meta);
    });
  histogram('autocorrelograms', unitAutoCorrs);
  histogram('isiHistograms', unitIsis);
  histogram('peths', unitPeths);
  get('probe', async () => {
    const { probe } = tracked;
    return probe
      ? pack({ locations: Float32Array.from(probe.locations), shanks: probe.shanks })
      : missing('no positions of the channels without the recording');
  });
}
