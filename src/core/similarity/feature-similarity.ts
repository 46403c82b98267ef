/** Similarities of all features, each computed once for as long as what it is computed from stays the same. */
import type { RunContext, Stage } from '../context.ts';
import type { Probe } from '../dataset.ts';
import { InputError } from '../errors.ts';
import { recordedWaveformSimilarity } from '../recorded/waveform-similarity.ts';
import type { CorrectedWaveforms, Histogram, UnitFeatures } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { nearestChannelsOnShank, waveformSimilarity } from './waveform-similarity.ts';

/**
 * Gives the (units, units) similarity matrices of features. Those of autocorrelogram, ISI and PETH do not depend on the
 * waveforms and are kept; those of waveforms are kept per corrected waveforms, the latest two: older ones must not be
 * used any more. The final clustering leaves only its own.
 */
export class FeatureSimilarities {
  private readonly histograms = new Map<FeatureName, Float64Array>();
  private readonly waveforms: { of: CorrectedWaveforms; similarity: Float64Array }[] = [];

  private neighbours: Int32Array | undefined;

  /** @param nearestChannels channels around the peak channel on which waveforms are compared */
  constructor(
    private readonly features: UnitFeatures,
    private readonly probe: Probe,
    private readonly nearestChannels: number,
    private readonly context: RunContext,
  ) {}

  /** Similarity matrices in the order of `names`. */
  async of(
    names: readonly FeatureName[],
    corrected: CorrectedWaveforms,
    stage: Stage,
  ): Promise<Float64Array[]> {
    const matrices: Float64Array[] = [];
    for (const name of names) {
      const report = (done: number, total: number) =>
        this.context.onEvent?.({ kind: 'progress', stage, step: `${name} similarity`, done, total });
      matrices.push(
        name === 'Waveform'
          ? await this.ofWaveforms(corrected, report)
          : await this.ofHistograms(name, report),
      );
    }
    if (stage === 'clustering') this.keepOnly(new Set(matrices));
    return matrices;
  }

  /** The final clustering compares for the last time: what it does not need is memory for what follows. */
  private keepOnly(needed: ReadonlySet<Float64Array>): void {
    const all = [...this.histograms.values(), ...this.waveforms.map(({ similarity }) => similarity)];
    this.context.kernels.release(...all.filter((matrix) => !needed.has(matrix)));
    for (const [name, matrix] of this.histograms) if (!needed.has(matrix)) this.histograms.delete(name);
    this.waveforms.splice(
      0,
      this.waveforms.length,
      ...this.waveforms.filter((w) => needed.has(w.similarity)),
    );
  }

  private async ofWaveforms(
    corrected: CorrectedWaveforms,
    report: (done: number, total: number) => void,
  ): Promise<Float64Array> {
    const known = this.waveforms.find((entry) => entry.of === corrected);
    if (known) return known.similarity;
    this.neighbours ??= nearestChannelsOnShank(this.probe, this.nearestChannels);
    const compare = this.probe.recorded ? recordedWaveformSimilarity : waveformSimilarity;
    const similarity = await compare(corrected, this.neighbours, this.context, report);
    const [oldest] = this.waveforms.splice(0, this.waveforms.length - 1);
    if (oldest) this.context.kernels.release(oldest.similarity);
    this.waveforms.push({ of: corrected, similarity });
    return similarity;
  }

  private async ofHistograms(
    name: Exclude<FeatureName, 'Waveform'>,
    report: (done: number, total: number) => void,
  ): Promise<Float64Array> {
    const known = this.histograms.get(name);
    if (known) return known;
    const { units } = this.features;
    const { data, bins } = histogramOf(this.features, name);
    const { kernels, signal } = this.context;
    const out = kernels.float64(units * units);
    const job = { signal, progress: report };
    if (name === 'PETH') {
      const disjoint = await kernels.correlateRowsWithGaps(data, units, bins, out, job);
      if (disjoint) throw noCommonBin(disjoint);
    } else {
      await kernels.correlateRows(data, units, bins, out, job);
    }
    this.histograms.set(name, out);
    return out;
  }
}

/** The histograms of a feature. @throws InputError when the units have none */
export function histogramOf(
  { autoCorr, isi, peth }: UnitFeatures,
  name: Exclude<FeatureName, 'Waveform'>,
): Histogram {
  const histogram = { AutoCorr: autoCorr, ISI: isi, PETH: peth }[name];
  if (histogram) return histogram;
  throw new InputError({
    where: name === 'PETH' ? 'peth.npy' : `feature ${name}`,
    found: 'nothing',
    expected: `the ${name} of every unit, since ${name} is among the features`,
    remedy: `Provide it, or take ${name} out of motionEstimation.features and clustering.features.`,
  });
}

/** Two units that have no bin in common, undefined when every two have one. @param histogram NaN marks a missing bin */
export function unitsWithoutCommonBin({ data, bins }: Histogram): readonly [number, number] | undefined {
  /** Units by which bins they have: in a session all have the same, as a rule. */
  const kinds = new Map<string, { readonly units: number[]; readonly bins: readonly number[] }>();
  for (let unit = 0; unit < data.length / bins; unit++) {
    const row = data.subarray(unit * bins, (unit + 1) * bins);
    const there = [...row.keys()].filter((bin) => !Number.isNaN(row[bin]));
    const kind = kinds.get(there.join());
    if (kind) kind.units.push(unit);
    else kinds.set(there.join(), { units: [unit], bins: there });
  }
  const all = [...kinds.values()];
  for (const [i, a] of all.entries()) {
    if (a.bins.length === 0 && a.units.length > 1) return [a.units[0], a.units[1]];
    const other = all.slice(i + 1).find((b) => !a.bins.some((bin) => b.bins.includes(bin)));
    if (other) return [a.units[0], other.units[0]];
  }
  return undefined;
}

export const noCommonBin = ([a, b]: readonly [number, number], where = 'peth.npy') =>
  new InputError({
    where,
    found: `no bin that is valid (not NaN) for both unit ${a} and unit ${b}`,
    expected: 'at least one common bin for every two units',
    remedy: 'Fill the missing bins or take PETH out of the features.',
  });
