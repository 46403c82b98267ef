/** The page of a neuron as a picture, from a folder. */
import { type NeuronPage, neuronFigure } from '../figures/neuron.ts';
import { renderSvg } from '../figures/render.ts';
import { svgToPng } from '../figures/svg-to-png.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { unitAutoCorrs, unitIsis, unitPeths } from '../io/unit-histograms.ts';
import { channelsAround, readUnitWaveforms } from '../io/unit-waveforms.ts';

/** Channels around the peak that are drawn. */
const CHANNELS = 12;

/** Everything the page of a neuron shows, read from the folder. Units are put in the order of their sessions. */
export async function neuronPage(
  folder: TrackedFolder,
  someUnits: readonly number[],
  title: string,
): Promise<NeuronPage> {
  const { sessions, peakChannels, locations, correctedY, peakAmplitude, unitShanks, shanks } = folder;
  const units = [...someUnits].sort((a, b) => sessions[a] - sessions[b] || a - b);
  const motion = (shanks.find(({ shankId }) => shankId === unitShanks[units[0]]) ?? shanks[0]).motion;
  const depth = units.reduce((sum, unit) => sum + correctedY[unit], 0) / units.length;
  // The motion is a function of where a unit appears, y = depth + motion(y): linear, so it can be solved.
  const expected = (session: number) => {
    const constant = motion.getMotion(session);
    const slope = motion.linearScale * motion.linear[session - 1];
    return (depth + constant) / (1 - slope);
  };
  return {
    title,
    units,
    sessions: units.map((unit) => sessions[unit]),
    sessionCount: folder.sessionCount,
    waveforms: await waveformsOf(folder, units, peakChannels[units[0]]),
    autoCorr: await unitAutoCorrs(folder, units),
    isi: await unitIsis(folder, units),
    peth: await unitPeths(folder, units),
    y: units.map((unit) => locations[3 * unit + 1]),
    amplitude: units.map((unit) => peakAmplitude[unit]),
    expectedY: Array.from({ length: folder.sessionCount }, (_, s) => expected(s + 1)),
    similarity: await Promise.all(
      folder.measures.map(async (measure, m) => ({
        measure,
        values: await folder.similarity[m].block(units, units),
      })),
    ),
  };
}

async function waveformsOf(
  { rawWaveforms, correctedWaveforms, probe }: TrackedFolder,
  units: readonly number[],
  peak: number,
): Promise<NeuronPage['waveforms']> {
  const file = rawWaveforms ?? correctedWaveforms;
  if (!file) return undefined;
  const [, channelCount, samples] = file.shape;
  const channels = channelsAround(peak, CHANNELS, channelCount, probe);
  return {
    values: await readUnitWaveforms(file, units, channels),
    channels: channels.length,
    samples,
    locations:
      probe &&
      Float32Array.from([...channels].flatMap((c) => [probe.locations[2 * c], probe.locations[2 * c + 1]])),
    kind: rawWaveforms ? 'raw' : 'corrected',
  };
}

export interface PictureOptions {
  readonly format: 'svg' | 'png';
  readonly title?: string;
}

/** @param units of one neuron, or any that are to be seen together */
export async function neuronFigurePicture(
  folder: TrackedFolder,
  units: readonly number[],
  { format, title = `Units ${units.join(', ')}` }: PictureOptions,
): Promise<{ body: string | Uint8Array<ArrayBuffer>; type: string }> {
  const svg = await renderSvg(neuronFigure(await neuronPage(folder, units, title)));
  if (format === 'svg') return { body: svg, type: 'image/svg+xml' };
  return { body: await svgToPng(svg), type: 'image/png' };
}
