import { describe, expect, it } from 'vitest';
import { autoCorrFeature } from '../../src/core/features/autocorrelogram.ts';
import { isiFeature } from '../../src/core/features/isi-histogram.ts';
import { prepareSpikeTimes } from '../../src/core/features/prepare-spike-times.ts';
import { createLocator } from '../../src/core/features/spike-location.ts';
import { centerWaveform } from '../../src/core/features/waveform-centering.ts';
import { usedFeatures } from '../../src/core/preprocess.ts';
import {
  hasMultishankCase,
  largestDifference,
  loadCase,
  type ReferenceCase,
  SINGLE_SHANK_CASES,
} from '../support/reference.ts';

const CASES = [...SINGLE_SHANK_CASES, ...(hasMultishankCase ? ['multishank'] : [])];

function locateAll({ dataset, settings }: ReferenceCase) {
  const { data, units, channels, samples } = dataset.waveforms;
  const locate = createLocator(dataset.probe.locations, channels, samples, settings.spikeLocation);
  const size = channels * samples;
  return Array.from({ length: units }, (_, u) => locate(data.subarray(u * size, (u + 1) * size)));
}

/** Rows of a feature of every unit, one after the other. */
async function rowsOf(
  { dataset }: ReferenceCase,
  feature: (times: Float64Array) => Float64Array,
): Promise<number[]> {
  const rows: number[] = [];
  for (let unit = 0; unit < dataset.units; unit++) {
    rows.push(...feature(prepareSpikeTimes(await dataset.spikeTimes(unit))));
  }
  return rows;
}

describe.each(CASES)('golden case %s', (name) => {
  const golden = loadCase(name);

  it('locates every unit within 0.004 µm in x and y', () => {
    const expected = golden.expected('locations').data;
    locateAll(golden).forEach(({ x, y }, u) => {
      expect(Math.abs(x - expected[3 * u]), `x of unit ${u}`).toBeLessThan(0.004);
      expect(Math.abs(y - expected[3 * u + 1]), `y of unit ${u}`).toBeLessThan(0.004);
    });
  });

  it('agrees in distance and amplitude, which waveforms determine less well', () => {
    const expected = golden.expected('locations').data;
    const amplitude = golden.expected('amplitude').data;
    locateAll(golden).forEach(({ z, ptt }, u) => {
      expect(Math.abs(z - expected[3 * u + 2]), `z of unit ${u}`).toBeLessThan(0.03);
      expect(Math.abs(ptt / amplitude[u] - 1), `amplitude of unit ${u}`).toBeLessThan(1e-4);
    });
  });

  it('finds the peak channels', () => {
    const peaks = locateAll(golden).map(({ peakChannel }) => peakChannel);
    expect(peaks).toEqual([...golden.expected('peak_channels').data]);
  });

  it.runIf(usedFeatures(golden.settings).has('AutoCorr'))('has the same autocorrelograms', async () => {
    const rows = await rowsOf(golden, (times) => autoCorrFeature(times, golden.settings.autoCorr));
    expect(largestDifference(rows, golden.expected('auto_corr').data)).toBeLessThan(1e-9);
  });

  // The published results hold ISI histograms only where they are compared.
  it.runIf(golden.settings.clustering.features.includes('ISI'))('has the same ISI histograms', async () => {
    const rows = await rowsOf(golden, (times) => isiFeature(times, golden.settings.ISI));
    expect(largestDifference(rows, golden.expected('isi').data)).toBeLessThan(1e-9);
  });
});

it('centres the waveforms of the golden case centering', () => {
  const golden = loadCase('centering');
  const { data, channels, samples } = golden.dataset.waveforms;
  const peaks = golden.expected('peak_channels').data;
  const expected = golden.expected('waveforms_centered_first4').data;
  const size = channels * samples;
  for (let unit = 0; unit < 4; unit++) {
    const out = new Float64Array(size);
    centerWaveform(data.subarray(unit * size, (unit + 1) * size), channels, samples, peaks[unit], out);
    expect(out).toEqual(expected.slice(unit * size, (unit + 1) * size));
  }
});
