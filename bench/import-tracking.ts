/**
 * Importing and tracking against tracking what was simulated: 5 sessions of about 28 units on 64 sites, a minute of raw recording at 30 kHz
 * each (1.2 GB in all), with the edits of phy. Prints the F1 of pairs of each source of waveforms beside that of the simulator's own input.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../src/core/dataset.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { scoreTracking } from '../src/core/simulation/score.ts';
import { simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { readDataset } from '../src/io/dataset.ts';
import { IMPORT_DEFAULTS, importSessions } from '../src/io/import/import-sessions.ts';
import { FileStore } from '../src/io/node/file-store.ts';
import { openSortedSession } from '../src/io/node/sorted-session.ts';
import { writeRecording } from '../src/io/recording.ts';
import { readUnits } from '../src/io/units-table.ts';
import { createKernels } from '../src/workers/node.ts';
import { writeSortedFolder } from '../test/support/sorted-folders.ts';
import { type Result, report } from './support/measure.ts';

const SESSIONS = 5;
const DURATION = 60_000;
const simulated = simulateRecording({
  probe: 'small',
  sessions: SESSIONS,
  neuronsPerSession: 28,
  peth: false,
  firing: { medianHz: 8, durationMs: DURATION },
  amplitude: { min: 60 },
  seed: 21,
});
const { settings } = resolveSettings(
  { waveformCorrection: { n_nearest_channels: 24 } },
  { hasPeth: false, fromFile: false },
);
const kernels = await createKernels({ threads: 1 });
const f1Of = async (dataset: Dataset, neuronId: ArrayLike<number>) => {
  const { curation } = await track(dataset, settings, { kernels });
  return scoreTracking({ labels: curation.labels, neuronId, sessions: dataset.sessions }).pairs.f1;
};

const folder = mkdtempSync(join(tmpdir(), 'dant-bench-'));
try {
  const units = new Map<string, number>();
  for (let s = 1; s <= SESSIONS; s++) {
    const sorted = await writeSortedFolder(new FileStore(join(folder, `s${s}`)), simulated, s, {
      version: s % 2 === 0 ? 'ks4' : 'ks2.5',
      sampleRateHz: 30_000,
      durationMs: DURATION,
      raw: true,
      mean: 'c_waves',
    });
    for (const [id, unit] of sorted.units) units.set(`${s} ${id}`, unit);
  }
  console.log(`simulated input    F1 ${(await f1Of(simulated.dataset, simulated.neuronId)).toFixed(4)}`);
  const results: Result[] = [];
  for (const source of ['raw', 'mean', 'templates'] as const) {
    const start = performance.now();
    const sessions = [];
    for (let s = 1; s <= SESSIONS; s++) {
      const session = await openSortedSession(join(folder, `s${s}`));
      sessions.push({ session, date: '', label: '' });
    }
    const { recording } = await importSessions(sessions, { ...IMPORT_DEFAULTS, source });
    const out = new FileStore(join(folder, source));
    await writeRecording(out, recording);
    const seconds = (performance.now() - start) / 1000;
    const dataset = await readDataset(out);
    const rows = (await readUnits(out, dataset.units)) ?? [];
    const neurons = rows.map(
      (row) => simulated.neuronId[units.get(`${row.session} ${row.clusterId}`) as number],
    );
    const f1 = (await f1Of(dataset, neurons)).toFixed(4);
    console.log(`imported: ${source.padEnd(9)} F1 ${f1}, ${dataset.units} units`);
    results.push({
      kernels: 'plain',
      threads: 1,
      size: `${source}: ${dataset.units} units F1 ${f1}`,
      seconds,
    });
  }
  report('import-tracking', results);
} finally {
  await kernels.close();
  rmSync(folder, { recursive: true });
}
