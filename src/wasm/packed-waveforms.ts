/** Waveforms of rows and columns of nearby units, packed in panels for the kernel `multiplyWaveforms`. */
import type { SimdKernels } from './bindings.ts';
import type { Region } from './scratch-memory.ts';
import { channelsAtOnce } from './waveform-plan.ts';
import { WindowReader, type WindowRuns, type WindowStatistics } from './window-reader.ts';

/** Rows that are packed at a time, at most. */
export const MAX_ROWS = 256;
/** Bytes of columns that are packed at a time, about: they are to stay in the cache while rows pass. */
const COLUMN_BYTES = 4 << 20;

/**
 * Rows are centred on the neighbourhood that the reader holds. What is constant over it in a column counts for nothing then: columns are
 * packed once, on all channels that any row of the task needs.
 */
export class PackedWaveforms {
  readonly reader: WindowReader;
  /** [chunk][panel][channel of the chunk][sample][4] float32 */
  readonly rows: Region;
  /** Bytes of a panel of columns. */
  panelBytes = 0;
  /** [panel][channel of the task][sample][8] float32 */
  private readonly columns: Region;
  private readonly samples: number;
  private readonly size: number;
  private readonly chunkChannels: number;
  private readonly lists: Region;
  private readonly staged: Region;
  private readonly stagedMeans: Region;
  private readonly rowMeans: Region;
  private readonly targets: Region;
  /** Channels that the rows of the task need, ascending, and the place of each among them. */
  private used = new Int32Array(0);
  private readonly placeOf: Int32Array;
  /** Runs of these channels in the window of an anchor. */
  private usedRuns = new Map<number, WindowRuns>();

  constructor(
    private readonly simd: SimdKernels,
    private readonly input: WindowStatistics,
  ) {
    const { neighbourCount, windows } = input;
    const { samples, channels } = windows;
    this.reader = new WindowReader(input);
    this.samples = samples;
    this.size = neighbourCount * samples;
    this.chunkChannels = channelsAtOnce(samples);
    const chunks = Math.ceil(neighbourCount / this.chunkChannels);
    const panels = Math.ceil(MAX_ROWS / 4);
    this.rows = simd.float32(panels * 4 * this.size);
    this.columns = simd.float32(Math.max(COLUMN_BYTES / 4, 8 * channels * samples));
    this.lists = simd.int32(panels * chunks * (2 + 2 * this.chunkChannels));
    this.staged = simd.float32(8 * channels * samples);
    this.stagedMeans = simd.float64(8 * channels);
    this.rowMeans = simd.float64(neighbourCount);
    this.targets = simd.int32(channels);
    this.placeOf = new Int32Array(channels);
  }

  /** @param peaks channels whose neighbourhoods are needed */
  holdChannels(peaks: Int32Array): void {
    const { neighbours, neighbourCount } = this.input;
    const found = new Set<number>();
    for (const peak of peaks)
      for (let n = 0; n < neighbourCount; n++) found.add(neighbours[peak * neighbourCount + n]);
    this.used = Int32Array.from(found).sort();
    this.used.forEach((channel, place) => {
      this.placeOf[channel] = place;
    });
    this.usedRuns = new Map();
    this.panelBytes = this.used.length * this.samples * 32;
  }

  /** Columns that are packed at a time. */
  columnsAtOnce(): number {
    return 8 * Math.max(1, Math.floor(COLUMN_BYTES / this.panelBytes));
  }

  columnsFrom(panel: number): Region {
    return this.columns.from(panel * this.panelBytes);
  }

  /** Packs columns on the held channels, less their mean: it counts for nothing, but would take digits. */
  packColumns(units: Int32Array): void {
    const { simd, samples, targets, staged, stagedMeans } = this;
    const count = this.used.length;
    targets.int32.set(this.used.map((_, c) => c * samples * 32));
    for (let first = 0; first < units.length; first += 8) {
      for (let lane = 0; lane < 8; lane++) {
        if (first + lane < units.length) this.stageColumn(units[first + lane], lane);
        else this.clearColumn(lane);
      }
      simd.packColumns(count, samples, staged, stagedMeans, targets, this.columnsFrom(first / 8));
    }
  }

  private stageColumn(unit: number, lane: number): void {
    const { reader, used } = this;
    const anchor = this.input.windows.anchors[unit];
    let runs = this.usedRuns.get(anchor);
    if (!runs) {
      runs = reader.runsIn(used, anchor);
      this.usedRuns.set(anchor, runs);
    }
    reader.stage(unit, runs, used.length, this.staged.float32, lane * used.length * this.samples);
    this.stageMean(reader.meanOfWindow(unit), lane);
  }

  private clearColumn(lane: number): void {
    const length = this.used.length * this.samples;
    this.staged.float32.fill(0, lane * length, (lane + 1) * length);
    this.stageMean(0, lane);
  }

  private stageMean(mean: number, lane: number): void {
    const means = this.stagedMeans.float64;
    const end = 8 * this.used.length;
    for (let at = lane; at < end; at += 8) means[at] = mean;
  }

  /** Packs rows on the held neighbourhood. @returns the lists of `multiplyWaveforms` for each chunk of channels */
  packRows(units: Int32Array): Region[] {
    const panels = Math.ceil(units.length / 4);
    this.rows.float32.fill(0, 0, panels * 4 * this.size);
    for (let row = 0; row < units.length; row++) this.packRow(units[row], row, panels);
    return this.listChannels(panels);
  }

  private packRow(unit: number, row: number, panels: number): void {
    const { simd, reader, samples, chunkChannels, targets, staged, rowMeans } = this;
    const { neighbourCount } = this.input;
    const mean = reader.mean(unit);
    const norm = reader.norm(unit, mean);
    if (norm === 0) return;
    reader.stageNear(unit, staged.float32);
    rowMeans.float64.fill(mean);
    const panel = row >> 2;
    const places = targets.int32;
    for (let first = 0; first < neighbourCount; first += chunkChannels) {
      const count = Math.min(chunkChannels, neighbourCount - first);
      const begin = first * panels + panel * count;
      for (let c = 0; c < count; c++) places[first + c] = (begin + c) * samples * 16;
    }
    simd.packRow(neighbourCount, samples, staged, rowMeans, 1 / norm, targets, row & 3, this.rows);
  }

  private listChannels(panels: number): Region[] {
    const { reader, samples, chunkChannels, lists } = this;
    const { neighbourCount } = this.input;
    const words = lists.int32;
    const found: Region[] = [];
    let word = 0;
    for (let first = 0; first < neighbourCount; first += chunkChannels) {
      const count = Math.min(chunkChannels, neighbourCount - first);
      found.push(lists.from(4 * word));
      const runs = this.placesOf(reader.near.subarray(first, first + count));
      for (let panel = 0; panel < panels; panel++) {
        words[word++] = runs.length / 2;
        words[word++] = (first * panels + panel * count) * samples * 16;
        for (let i = 0; i < runs.length; i += 2) {
          words[word++] = runs[i] * samples * 32;
          words[word++] = runs[i + 1];
        }
      }
    }
    return found;
  }

  /** Runs of channels that lie beside each other among those of the task: place and number of each. */
  private placesOf(wanted: Int32Array): number[] {
    const found: number[] = [];
    for (let i = 0; i < wanted.length; i++) {
      const place = this.placeOf[wanted[i]];
      const last = found.length - 2;
      if (last >= 0 && found[last] + found[last + 1] === place) found[last + 1]++;
      else found.push(place, 1);
    }
    return found;
  }
}
