/**
 * Warnings about sessions: of the recordings of `bench/accuracy` as they are (two seeds each), which must not be warned about where the motion was
 * found, and with one session of another animal at two places, which must be named, and alone. Writes bench/results/warnings.csv.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Dataset } from '../src/core/dataset.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { trackShanks } from '../src/core/shanks.ts';
import { motionError } from '../src/core/simulation/score.ts';
import { type SimulatedRecording, simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { createKernels } from '../src/workers/node.ts';
import { swapSession } from '../test/support/swapped-session.ts';
import { GRID } from './support/accuracy-grid.ts';

/** Added to the seeds of the grid: for the same recording of another animal, and for a second set of recordings. */
const OTHER_ANIMAL = 500;
const SETS = [0, 1000];
/** A motion that is farther off, µm, is lost. */
const LOST_UM = 30;

const kernels = await createKernels({ kernels: 'simd' });
const { settings } = resolveSettings({ preset: 'recommended' }, { hasPeth: true, fromFile: false });

/** Warnings, and how far the motion is off, µm. */
async function warningsOf(dataset: Dataset, recording: SimulatedRecording) {
  const parts = dataset.probe.hasShanks
    ? (await trackShanks(dataset, settings, { kernels })).shanks.map(({ result }) => result)
    : [await track(dataset, settings, { kernels })];
  const off = parts.map(({ motion, features }) => {
    const depths = Array.from({ length: features.units }, (_, unit) => features.locations[3 * unit + 1]);
    return motionError(motion, recording.trueMotion, depths).rms;
  });
  return { warnings: parts.flatMap(({ warnings }) => warnings), motion: Math.max(...off) };
}

/** Sessions that warnings say fit no other. */
const named = (warnings: readonly string[]) =>
  warnings.flatMap(
    (text) => /^Sessions? ([\d, ]+) do(?:es)? not fit/.exec(text)?.[1].split(', ').map(Number) ?? [],
  );

const rows = ['recording,seed,swapped,motion_um,named,warnings'];
const counts = { intact: 0, alarms: 0, lost: 0, lostNamed: 0, swapped: 0, found: 0 };
for (const set of SETS) {
  for (const { name, options } of GRID) {
    const seed = (options.seed as number) + set;
    const recording = simulateRecording({ ...options, seed });
    const add = (swapped: number | '', motion: number | undefined, warnings: readonly string[]) => {
      const list = warnings.map((text) => text.replaceAll(/[,"]/g, '')).join('; ');
      rows.push([name, seed, swapped, motion?.toFixed(1) ?? '', named(warnings).join(' '), list].join());
      console.log(rows.at(-1));
    };
    const { warnings, motion } = await warningsOf(recording.dataset, recording);
    add('', motion, warnings);
    if (motion > LOST_UM) {
      counts.lost++;
      if (named(warnings).length > 0) counts.lostNamed++;
      continue;
    }
    counts.intact++;
    if (warnings.length > 0) counts.alarms++;
    if (set > 0 || recording.probe.hasShanks) continue;
    const other = simulateRecording({ ...options, seed: seed + OTHER_ANIMAL }).dataset;
    for (const session of [2, Math.ceil((2 * recording.sessionCount) / 3)]) {
      const swapped = await warningsOf(swapSession(recording.dataset, other, session), recording);
      add(session, undefined, swapped.warnings);
      counts.swapped++;
      if (named(swapped.warnings).join() === `${session}`) counts.found++;
    }
  }
}
await kernels.close();
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/warnings.csv', `${rows.join('\n')}\n`);
console.log(
  `${counts.found} of ${counts.swapped} swapped sessions named, and no other; ${counts.alarms} of ${counts.intact} intact recordings warned about; ` +
    `motion lost in ${counts.lost}, of which ${counts.lostNamed} name the sessions`,
);
