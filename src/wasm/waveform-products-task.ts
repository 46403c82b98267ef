/**
 * Correlations of the waveforms of all units (columns) with those of some units (rows), each on the neighbourhood of the row's peak channel.
 *
 * With m_c the mean of channel c, m the mean over the neighbourhood, d = w - m_c:
 * r·‖a‖·‖b‖ = Σ_c Σ_t d_a·d_b + samples·Σ_c (m_ac - m_a)·(m_bc - m_b). Both sums are float32 products of packed panels of what was centred in
 * float64: an offset costs no precision, nothing is z-scored once per neighbourhood, and the columns are packed once.
 */
import type { SimdKernels } from './bindings.ts';
import { createColumns } from './waveform-columns.ts';
import type { WaveformMoments } from './waveform-moments-task.ts';
import type { WaveformPlan } from './waveform-plan.ts';
import { createRowMeans } from './waveform-row-means.ts';
import { createRows } from './waveform-rows.ts';

export interface WaveformProductsInput {
  readonly waveforms: Float32Array;
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  readonly peakChannels: Int32Array;
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
  readonly moments: WaveformMoments;
  readonly plan: WaveformPlan;
  /** (units, units) r of row and column on the neighbourhood of the row. */
  readonly directed: Float32Array;
}

/** Task t correlates one group of rows with one block of columns. */
export function waveformProductsTasks(simd: SimdKernels, input: WaveformProductsInput) {
  const { units, channels, samples, neighbourCount, plan, directed } = input;
  const columns = createColumns(simd, input);
  const rows = createRows(simd, input);
  const rowMeans = createRowMeans(simd, input);
  const mostRows = 4 * Math.ceil(Math.max(...plan.groups.map((group) => group.units.length)) / 4);
  const products = simd.float32(mostRows * plan.blockColumns);
  const correlations = simd.float32(mostRows * plan.blockColumns);
  const scratch = simd.float32(8 * (neighbourCount + 5));
  const panelBytes = plan.slots * samples * 32;

  return (task: number): void => {
    const group = plan.groups[task % plan.groups.length];
    const block = Math.floor(task / plan.groups.length);
    const firstColumn = block * plan.blockColumns;
    const columnCount = Math.min(plan.blockColumns, units - firstColumn);
    const panels = Math.ceil(columnCount / 8);
    const rowPanels = Math.ceil(group.units.length / 4);
    columns.hold(block, group.channels);
    rows.pack(group, columns.slotOf).forEach((lists, chunk) => {
      simd.multiplyWaveforms(
        rowPanels,
        panels,
        samples,
        lists,
        rows.packed,
        columns.packed,
        panelBytes,
        products,
        chunk > 0,
      );
    });
    simd.correlationsOfRows(
      rowMeans.pack(group),
      neighbourCount,
      panels,
      samples,
      rowMeans.pieces,
      rowMeans.means,
      columns.means,
      columns.squares,
      channels * 64,
      products,
      rowPanels * 4,
      scratch,
      correlations,
    );
    const r = correlations.float32;
    group.units.forEach((unit, row) => {
      const from = row * panels * 8;
      directed.set(r.subarray(from, from + columnCount), unit * units + firstColumn);
    });
  };
}
