/** The waveforms of a block of units, packed as columns of the product, on as many channels as one task needs. */
import type { SimdKernels } from './bindings.ts';
import { runsOf } from './runs.ts';
import type { WaveformProductsInput } from './waveform-products-task.ts';

/**
 * Scratch for the columns: panels of eight units, a slot for each channel. Neighbouring tasks share most channels, so a slot keeps its
 * channel until another one needs the place.
 */
export function createColumns(simd: SimdKernels, input: WaveformProductsInput) {
  const { waveforms, units, channels, samples, moments, plan } = input;
  const blockPanels = plan.blockColumns / 8;
  const slotBytes = samples * 32;
  const panelBytes = plan.slots * slotBytes;
  /** [panel][slot][sample][8] float32 */
  const packed = simd.allocate(blockPanels * panelBytes);
  /** [panel][channel][8] */
  const means = simd.float64(plan.blockColumns * channels);
  const squares = simd.float64(plan.blockColumns * channels);
  /** (8, channels of a run, samples) */
  const staged = simd.float32(8 * plan.slots * samples);
  const targets = simd.int32(plan.slots);

  const slotOf = new Int32Array(channels).fill(-1);
  const channelOf = new Int32Array(plan.slots).fill(-1);
  let held = -1;

  /** Packs the channels `first .. first + count - 1` of all units of the block into their slots. */
  function packChannels(firstColumn: number, first: number, count: number): void {
    const stage = staged.float32;
    const size = count * samples;
    targets.int32.set(slotOf.subarray(first, first + count).map((slot) => slot * slotBytes));
    const panels = Math.ceil(Math.min(plan.blockColumns, units - firstColumn) / 8);
    for (let panel = 0; panel < panels; panel++) {
      for (let lane = 0; lane < 8; lane++) {
        const unit = firstColumn + 8 * panel + lane;
        const start = (unit * channels + first) * samples;
        if (unit < units) stage.set(waveforms.subarray(start, start + size), lane * size);
        else stage.fill(0, lane * size, (lane + 1) * size);
      }
      const panelMeans = means.from((panel * channels + first) * 64);
      simd.packColumns(count, samples, staged, panelMeans, targets, packed.from(panel * panelBytes));
    }
  }

  return {
    packed,
    means,
    squares,
    /** (channels,) slot of each channel, -1 for those that are not held. */
    slotOf,
    /** Sees to it that some channels (ascending, at most `plan.slots`) of a block of units are held. */
    hold(block: number, wanted: Int32Array): void {
      const firstColumn = block * plan.blockColumns;
      if (block !== held) {
        held = block;
        slotOf.fill(-1);
        channelOf.fill(-1);
        const [from, to] = [firstColumn * channels, (firstColumn + plan.blockColumns) * channels];
        means.float64.set(moments.means.subarray(from, to));
        squares.float64.set(moments.squares.subarray(from, to));
      }
      const isWanted = new Set(wanted);
      const missing = wanted.filter((channel) => slotOf[channel] < 0);
      let slot = 0;
      for (const channel of missing) {
        while (isWanted.has(channelOf[slot])) slot++;
        if (channelOf[slot] >= 0) slotOf[channelOf[slot]] = -1;
        channelOf[slot] = channel;
        slotOf[channel] = slot;
      }
      for (const [first, count] of runsOf(missing)) packChannels(firstColumn, first, count);
    },
  };
}
