/** PETHs of all units from the times of events. */
import { InputError, throwIfStopped } from '../core/errors.ts';
import { type PethOptions, peth, pethBins } from '../core/features/peth.ts';
import { type Store, stoppable } from '../io/byte-source.ts';
import { concurrently } from '../io/concurrently.ts';
import { readUnitSpikes, type UnitSpikes } from '../io/dataset.ts';
import { type EventRow, readEvents } from '../io/events-table.ts';
import { FileStore, requireFile } from '../io/node/file-store.ts';
import { npyChunks } from '../io/npy-writer.ts';
import type { StageOptions } from './stage-options.ts';

export interface PethStageOptions extends Pick<StageOptions, 'onEvent' | 'signal'> {
  /** Begin and end of the window around each event, seconds. */
  readonly window: readonly [number, number];
  /** Width of a bin, seconds; the window is a whole number of them. */
  readonly bin: number;
  /** Standard deviation of the Gaussian the rates are smoothed with, seconds; default 0, none. */
  readonly smooth?: number;
  /** Whether a `peth.npy` that is there already is replaced; default false. */
  readonly force?: boolean;
}

/** One kind of events and where its bins are. */
export interface PethType {
  readonly type: string;
  /** First of its bins in the rows of `peth.npy`. */
  readonly firstBin: number;
  /** Events whose window lies within their session. */
  readonly events: number;
  /** Sessions without such an event: NaN for their units. */
  readonly missingSessions: readonly number[];
}

export interface PethSummary {
  readonly file: string;
  readonly units: number;
  readonly bins: number;
  readonly binsPerType: number;
  readonly types: readonly PethType[];
  readonly warnings: readonly string[];
}

/** More bins than any comparison of units can use. */
const MOST_BINS = 100_000;

/** A session whose events all lie in this part of it was probably timed in another unit. */
const SUSPICIOUS_PART = 0.005;

/**
 * Computes the mean rate of every unit around the events of its session, one kind of events after the other in alphabetical
 * order, and writes it as `peth.npy` of the data folder: (units, kinds · bins) spikes per second, NaN for kinds that a session
 * lacks. Events whose window is not wholly within their session, from 0 to its last spike, are left out with a warning.
 *
 * @param dataFolder an input folder, its spike times in ms since the start of their session
 * @param eventsFile a table as `readEvents` takes it
 * @throws InputError for bad input, before anything is written; StoppedError when the signal is aborted, with an earlier
 *   `peth.npy` as it was
 */
export async function computePeth(
  dataFolder: string,
  eventsFile: string,
  { window, bin, smooth = 0, force = false, onEvent, signal }: PethStageOptions,
): Promise<PethSummary> {
  const toMs = (seconds: number) => Math.round(seconds * 1e12) / 1e9;
  const options: PethOptions = {
    window: [toMs(window[0]), toMs(window[1])],
    bin: toMs(bin),
    sigma: toMs(smooth),
  };
  const binsPerType = pethBins(options);
  const data = new FileStore(dataFolder);
  const recording = await readUnitSpikes(data);
  const source = await requireFile(
    eventsFile,
    'a table of events',
    'Check the path; docs/files.md tells its columns.',
  );
  const events = await readEvents(source, recording.sessionCount);
  const types = [...new Set(events.map(({ type }) => type))].sort();
  const bins = types.length * binsPerType;
  if (bins > MOST_BINS) {
    throw new InputError({
      where: source.name,
      found: `${types.length} kinds of events of ${binsPerType} bins each`,
      expected: `at most ${MOST_BINS} bins in all`,
      remedy: 'Widen the bins, or check that the column type holds kinds of events.',
    });
  }
  if (!force) await refuseToReplace(data);
  await data.checkWritable();
  const progress = (step: string) => (done: number) =>
    onEvent?.({ kind: 'progress', stage: 'preprocessing', step, done, total: recording.units });
  onEvent?.({ kind: 'stage', stage: 'preprocessing', state: 'begin' });
  const ends = await sessionEnds(recording, progress('sessions'), signal);
  const { used, warnings } = usableEvents(events, ends, options, source.name);
  // Times by kind and session.
  const times = types.map(() => ends.map((): number[] => []));
  for (const { type, session, time } of used) times[types.indexOf(type)][session - 1].push(time);
  const done = progress('PETHs');
  const array = {
    dtype: 'float64',
    shape: [recording.units, bins],
    async *data() {
      for (let unit = 0; unit < recording.units; unit++) {
        const spikes = (await recording.spikeTimes(unit)).slice().sort();
        const row = new Float64Array(bins);
        times.forEach((ofSession, t) => {
          row.set(peth(spikes, ofSession[recording.sessions[unit] - 1], options), t * binsPerType);
        });
        yield row;
        done(unit + 1);
      }
    },
  } as const;
  await data.write('peth.npy', stoppable(npyChunks(array), signal));
  onEvent?.({ kind: 'stage', stage: 'preprocessing', state: 'end' });
  for (const text of warnings) onEvent?.({ kind: 'warning', text });
  return {
    file: `${dataFolder}/peth.npy`,
    units: recording.units,
    bins,
    binsPerType,
    types: types.map((type, t) => ({
      type,
      firstBin: t * binsPerType,
      events: times[t].reduce((sum, session) => sum + session.length, 0),
      missingSessions: times[t].flatMap((session, s) => (session.length === 0 ? [s + 1] : [])),
    })),
    warnings,
  };
}

async function refuseToReplace(data: Store): Promise<void> {
  const earlier = await data.open('peth.npy');
  if (!earlier) return;
  throw new InputError({
    where: earlier.name,
    found: 'a PETH that is there already',
    expected: 'a data folder without one',
    remedy: 'Give --force to replace it (the option `force`), or move it away.',
  });
}

/** (sessions,) time of the last spike of any unit of each session, ms. */
async function sessionEnds(
  { units, sessionCount, sessions, spikeTimes }: UnitSpikes,
  progress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const ends = new Array<number>(sessionCount).fill(0);
  let done = 0;
  await concurrently(units, async (unit) => {
    throwIfStopped(signal);
    const last = (await spikeTimes(unit)).reduce((latest, time) => Math.max(latest, time), 0);
    const session = sessions[unit] - 1;
    ends[session] = Math.max(ends[session], last);
    progress(++done);
  });
  return ends;
}

function usableEvents(
  events: readonly EventRow[],
  ends: readonly number[],
  { window }: PethOptions,
  where: string,
): { used: readonly EventRow[]; warnings: string[] } {
  const seconds = (ms: number) => `${Number((ms / 1000).toFixed(3))} s`;
  const beyond = events.find(({ session, time }) => time > ends[session - 1]);
  if (beyond) {
    throw new InputError({
      where: `${where}, row ${beyond.row}`,
      found: `an event at ${seconds(beyond.time)}`,
      expected: `a time within session ${beyond.session}, whose last spike is at ${seconds(ends[beyond.session - 1])}`,
      remedy:
        'Times count from the start of their session: seconds in a column time, ms in a column time_ms. Take out events after its end.',
    });
  }
  const used = events.filter(
    ({ session, time }) => time + window[0] >= 0 && time + window[1] <= ends[session - 1],
  );
  const warnings: string[] = [];
  if (used.length < events.length) {
    warnings.push(
      `${events.length - used.length} of ${events.length} events are left out: their window is not wholly within their session.`,
    );
  }
  ends.forEach((end, s) => {
    const times = events.filter(({ session }) => session === s + 1).map(({ time }) => time);
    const last = times.reduce((latest, time) => Math.max(latest, time), 0);
    if (times.length > 1 && last < SUSPICIOUS_PART * end) {
      warnings.push(
        `All events of session ${s + 1} lie in the first ${seconds(last)} of its ${seconds(end)}: are the times in the unit that the column says?`,
      );
    }
  });
  return { used, warnings };
}
