/**
 * Importing and tracking against tracking what was simulated: eight recordings of 5 sessions of about 28 units on 64 sites, a minute of raw
 * recording at 30 kHz each (1.2 GB a recording), with the edits of phy. Prints the F1 of pairs of each source of waveforms beside that of the
 * simulator's own input, the mean and each recording. Several, since other noise alone moves the F1 of one recording by up to 0.015.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../src/core/dataset.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { scoreTracking } from '../src/core/simulation/score.ts';
import { planRecording, simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { readDataset } from '../src/io/dataset.ts';
import { IMPORT_DEFAULTS, importSessions } from '../src/io/import/import-sessions.ts';
import { FileStore } from '../src/io/node/file-store.ts';
import { openSortedSession } from '../src/io/node/sorted-session.ts';
import { writeRecording } from '../src/io/recording.ts';
import { readUnits } from '../src/io/units-table.ts';
import { createSnippetSums } from '../src/wasm/snippet-sums.ts';
import { createKernels } from '../src/workers/node.ts';
import { writeSortedFolder } from '../test/support/sorted-folders.ts';
import { type Result, report } from './support/measure.ts';

const SEEDS = [21, 22, 23, 24, 25, 26, 27, 28];
const SESSIONS = 5;
const DURATION = 60_000;
const SOURCES = ['raw', 'mean', 'templates'] as const;
const { settings } = resolveSettings(
  { waveformCorrection: { n_nearest_channels: 24 } },
  { hasPeth: false, fromFile: false },
);
const kernels = await createKernels({ threads: 1 });
const f1Of = async (dataset: Dataset, neuronId: ArrayLike<number>) => {
  const { curation } = await track(dataset, settings, { kernels });
  return scoreTracking({ labels: curation.labels, neuronId, sessions: dataset.sessions }).pairs.f1;
};

/** Writes the folders of one recording; gives the F1 of its own input and of what is imported of each kind, and the time that each import takes. */
async function measure(seed: number, folder: string): Promise<Map<string, { f1: number; seconds: number }>> {
  const options = {
    probe: 'small',
    sessions: SESSIONS,
    neuronsPerSession: 28,
    peth: false,
    firing: { medianHz: 8, durationMs: DURATION },
    amplitude: { min: 60 },
    seed,
  } as const;
  const simulated = simulateRecording(options);
  const raw = planRecording({ ...options, noise: { spikeUv: 0 } });
  const units = new Map<string, number>();
  for (let s = 1; s <= SESSIONS; s++) {
    const sorted = await writeSortedFolder(new FileStore(join(folder, `s${s}`)), simulated, s, {
      version: s % 2 === 0 ? 'ks4' : 'ks2.5',
      sampleRateHz: 30_000,
      durationMs: DURATION,
      raw,
      mean: 'c_waves',
    });
    for (const [id, unit] of sorted.units) units.set(`${s} ${id}`, unit);
  }
  const results = new Map([
    ['simulated', { f1: await f1Of(simulated.dataset, simulated.neuronId), seconds: 0 }],
  ]);
  for (const source of SOURCES) {
    const start = performance.now();
    const sessions = [];
    for (let s = 1; s <= SESSIONS; s++) {
      const session = await openSortedSession(join(folder, `s${s}`));
      sessions.push({ session, date: '', label: '' });
    }
    const { recording } = await importSessions(
      sessions,
      { ...IMPORT_DEFAULTS, source },
      { createSnippetSums },
    );
    const out = new FileStore(join(folder, source));
    await writeRecording(out, recording);
    const seconds = (performance.now() - start) / 1000;
    const dataset = await readDataset(out);
    const rows = (await readUnits(out, dataset.units)) ?? [];
    const neurons = rows.map(
      (row) => simulated.neuronId[units.get(`${row.session} ${row.clusterId}`) as number],
    );
    results.set(source, { f1: await f1Of(dataset, neurons), seconds });
  }
  return results;
}

try {
  const all: Awaited<ReturnType<typeof measure>>[] = [];
  for (const seed of SEEDS) {
    const folder = mkdtempSync(join(tmpdir(), 'dant-bench-'));
    try {
      all.push(await measure(seed, folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const rows = ['simulated', ...SOURCES].map((source): Result => {
    const found = all.map((results) => results.get(source) as { f1: number; seconds: number });
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const each = found.map(({ f1 }) => f1.toFixed(3)).join(' ');
    return {
      kernels: 'plain',
      threads: 1,
      size: `${source}: F1 ${mean(found.map(({ f1 }) => f1)).toFixed(4)} (${each})`,
      seconds: mean(found.map(({ seconds }) => seconds)),
    };
  });
  report('import-tracking', rows);
} finally {
  await kernels.close();
}
