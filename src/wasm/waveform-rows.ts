/** The waveforms of a group of units, packed as rows of the product, each on its own neighbourhood. */
import type { SimdKernels } from './bindings.ts';
import { runsOf } from './runs.ts';
import type { Region } from './scratch-memory.ts';
import { momentOf } from './waveform-moments-task.ts';
import { meanAndNorm } from './waveform-norm.ts';
import type { RowGroup } from './waveform-plan.ts';
import type { WaveformProductsInput } from './waveform-products-task.ts';

/**
 * Scratch for the rows: panels of four, which may differ in their peak channel. A panel is worked on with the channels of all its rows; a row
 * is 0 on those that are not its own. The channels of the group are summed in chunks, small enough that a column panel's share of a
 * chunk stays in the first-level cache for all rows.
 */
export function createRows(simd: SimdKernels, input: WaveformProductsInput) {
  const { waveforms, channels, samples, peakChannels, neighbours, neighbourCount, moments, plan } = input;
  const mostRows = Math.max(...plan.groups.map((group) => group.units.length));
  const mostPanels = Math.ceil(mostRows / 4);
  const mostChunks = Math.ceil(plan.slots / plan.chunkChannels);
  const channelBytes = samples * 16;
  /** [chunk][panel][channel of the panel and the chunk][sample][4] float32 */
  const packed = simd.allocate(mostPanels * plan.slots * channelBytes);
  const lists = simd.int32(mostPanels * 2 * (plan.slots + mostChunks));
  const staged = simd.float32(neighbourCount * samples);
  const stagedMeans = simd.float64(neighbourCount);
  const targets = simd.int32(neighbourCount);

  const neighboursOf = (unit: number) =>
    neighbours.subarray(peakChannels[unit] * neighbourCount, (peakChannels[unit] + 1) * neighbourCount);

  function packRow(unit: number, row: number, offsets: Int32Array): void {
    const near = neighboursOf(unit);
    const ascending = Int32Array.from(near).sort();
    const stage = staged.float32;
    const { norm } = meanAndNorm(moments, unit, near, channels, samples);
    const scale = norm === 0 ? 0 : 1 / norm;
    let position = 0;
    for (const [first, count] of runsOf(ascending)) {
      const start = (unit * channels + first) * samples;
      stage.set(waveforms.subarray(start, start + count * samples), position * samples);
      position += count;
    }
    const channelMeans = stagedMeans.float64;
    const starts = targets.int32;
    ascending.forEach((channel, n) => {
      channelMeans[n] = moments.means[momentOf(unit, channel, channels)];
      starts[n] = offsets[channel];
    });
    simd.packRow(neighbourCount, samples, staged, stagedMeans, scale, targets, row % 4, packed);
  }

  return {
    packed,
    /**
     * Packs a group. Returns for each chunk the lists of `multiplyWaveforms`.
     * @param slotOf (channels,) slot of each channel among the columns
     */
    pack(group: RowGroup, slotOf: Int32Array): Region[] {
      const panels = Math.ceil(group.units.length / 4);
      const uses = Array.from({ length: panels }, (_, panel) => {
        const members = group.units.subarray(4 * panel, 4 * panel + 4);
        return new Set([...members].flatMap((unit) => [...neighboursOf(unit)]));
      });
      /** Where each channel of each panel starts in `packed`, bytes. */
      const offsets = uses.map(() => new Int32Array(channels));
      const words = lists.int32;
      const chunks: Region[] = [];
      let word = 0;
      let byte = 0;
      for (let first = 0; first < group.channels.length; first += plan.chunkChannels) {
        const chunk = group.channels.subarray(first, first + plan.chunkChannels);
        chunks.push(lists.from(4 * word));
        uses.forEach((used, panel) => {
          const listed = chunk.filter((channel) => used.has(channel));
          const slotRuns = runsOf(listed.map((channel) => slotOf[channel]));
          words[word++] = slotRuns.length;
          words[word++] = byte;
          for (const [slot, count] of slotRuns) {
            words[word++] = slot * samples * 32;
            words[word++] = count;
          }
          for (const channel of listed) {
            offsets[panel][channel] = byte;
            byte += channelBytes;
          }
        });
      }
      packed.float32.fill(0, 0, byte / 4);
      group.units.forEach((unit, row) => {
        packRow(unit, row, offsets[row >> 2]);
      });
      return chunks;
    },
  };
}
