import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSortedSession } from '../node/sorted-session.ts';
import { IMPORT_DEFAULTS } from './import-sessions.ts';

const golden = join(import.meta.dirname, '../../../test/golden/spikeinterface');
const truth = JSON.parse(readFileSync(join(golden, 'truth.json'), 'utf8')) as {
  templates: number[][][];
  spikes: Record<string, number[]>;
};

describe.each(['folder', 'analyzer.zarr'])('a SortingAnalyzer of SpikeInterface saved as %s', (name) => {
  it('has its units with labels, its probe, and their spikes', async () => {
    const session = await openSortedSession(join(golden, name));
    expect(session.format).toBe('SpikeInterface analyzer 0.105.3');
    expect(session.units.map(({ id, label }) => [id, label])).toEqual([
      ['0', 'good'],
      ['1', 'mua'],
      ['2', 'good'],
      ['3', 'good'],
    ]);
    expect(session.sites.count).toBe(8);
    for (let u = 0; u < 4; u++) {
      const samples = Array.from(await session.spikeTimes(u), (ms) => Math.round(ms * 30));
      expect(samples).toEqual(truth.spikes[u]);
    }
  });

  it('gives its mean waveforms on all channels', async () => {
    const session = await openSortedSession(join(golden, name));
    const { data, samples, source } = await session.waveforms([2, 0], IMPORT_DEFAULTS, {});
    expect({ source, samples, length: data.length }).toEqual({
      source: 'mean',
      samples: 90,
      length: 2 * 8 * 90,
    });
    for (const [i, unit] of [2, 0].entries())
      for (let c = 0; c < 8; c++)
        for (let t = 0; t < 90; t++)
          expect(data[(i * 8 + c) * 90 + t]).toBeCloseTo(truth.templates[unit][t][c], 3);
  });

  it('refuses sources that an analyzer does not have', async () => {
    const session = await openSortedSession(join(golden, name));
    await expect(session.waveforms([0], { ...IMPORT_DEFAULTS, source: 'raw' }, {})).rejects.toThrow(
      '--waveforms mean or auto',
    );
  });
});
