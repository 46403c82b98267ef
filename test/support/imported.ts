/** A small simulated recording, the folders that others would have left of it, and how well it is tracked after importing them. */
import type { RunEvent } from '../../src/core/context.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import { resolveSettings } from '../../src/core/settings.ts';
import { scoreTracking } from '../../src/core/simulation/score.ts';
import { planRecording, simulateRecording } from '../../src/core/simulation/simulate.ts';
import { track } from '../../src/core/track.ts';
import { readDataset } from '../../src/io/dataset.ts';
import { IMPORT_DEFAULTS, type ImportOptions, importSessions } from '../../src/io/import/import-sessions.ts';
import type { SortedSession } from '../../src/io/import/sorted-session.ts';
import { MemoryStore } from '../../src/io/memory-store.ts';
import { writeRecording } from '../../src/io/recording.ts';
import { readUnits } from '../../src/io/units-table.ts';

export const LENGTH = { sampleRateHz: 20_000, durationMs: 20_000 };
export const SIMULATION = {
  probe: 'small',
  channels: 32,
  sessions: 3,
  neuronsPerSession: 9,
  presence: 0.9,
  peth: false,
  sampleRateHz: LENGTH.sampleRateHz,
  samples: 64,
  firing: { medianHz: 15, logSd: 0.4, durationMs: LENGTH.durationMs },
  amplitude: { min: 80 },
  drift: { stepUm: 8, jumpProbability: 0 },
  seed: 5,
} as const;

const { settings } = resolveSettings(
  { waveformCorrection: { n_nearest_channels: 16 } },
  { hasPeth: false, fromFile: false },
);
const kernels = createPlainKernels();
export const plan = planRecording(SIMULATION);

/** F1 of the pairs that are found among units of the simulation. */
export async function trackedF1(dataset: Dataset, source: ArrayLike<number>): Promise<number> {
  const { curation } = await track(dataset, settings, { kernels });
  const neuronId = Array.from(source, (unit) => plan.neuronId[unit]);
  return scoreTracking({ labels: curation.labels, neuronId, sessions: dataset.sessions }).pairs.f1;
}

/** F1 of the simulator's own input. */
export function simulatedF1(): Promise<number> {
  const { dataset, neuronId } = simulateRecording(SIMULATION);
  return trackedF1(dataset, [...neuronId.keys()]);
}

/** A session, and the unit of the simulation of each of its ids. */
export interface WrittenSession {
  readonly session: SortedSession;
  readonly units: ReadonlyMap<number | string, number>;
}

/** Imports sessions in their order, writes what that gives, and tracks it. */
export async function importAndTrack(
  written: readonly WrittenSession[],
  options: Partial<ImportOptions> = {},
) {
  const sessions = written.map(({ session }, i) => ({ session, date: '', label: `day ${i + 1}` }));
  const events: RunEvent[] = [];
  const { recording, report } = await importSessions(
    sessions,
    { ...IMPORT_DEFAULTS, ...options },
    { onEvent: (event) => events.push(event) },
  );
  const out = new MemoryStore('out');
  await writeRecording(out, recording);
  const dataset = await readDataset(out);
  const units = written.map((one) => new Map([...one.units].map(([id, unit]) => [`${id}`, unit])));
  const source = ((await readUnits(out, dataset.units)) ?? []).map(
    ({ session, clusterId }) => units[session - 1].get(`${clusterId}`) as number,
  );
  const f1 = await trackedF1(dataset, source);
  return { f1, report, dataset, source, out, warnings: report.warnings, events };
}
