/** From sorted sessions to one recording: choose units, take waveforms, bring sites and sampling together. */
import { InputError, throwIfStopped } from '../../core/errors.ts';
import type { Recording } from '../recording.ts';
import { commonSampling, describeAlignment, measureTrough, type Sampling } from './alignment.ts';
import { chooseUnits } from './choose-units.ts';
import {
  type ImportReport,
  numberUnits,
  REPORT_FILE,
  type SessionReport,
  type UnitReport,
} from './import-report.ts';
import { GOOD_ONLY } from './label-expression.ts';
import { recordingOf, type TakenSession } from './place-recording.ts';
import type { ImportContext, SessionToImport, SortedSession, WaveformOptions } from './sorted-session.ts';
import { sharedSites, type UnionSites, uniteSites } from './union-sites.ts';

export interface ImportOptions extends WaveformOptions {
  /** Which units to take (`parseLabelExpression`). */
  readonly labels: string;
}

export const IMPORT_DEFAULTS = {
  labels: GOOD_ONLY,
  source: 'auto',
  maxSpikes: 500,
  // 64 samples at 30 kHz, a third of them before the trough.
  window: [0.7, 1.4],
  highPassHz: 300,
  reference: 'median',
  seed: 1,
} as const satisfies ImportOptions;

/** Two sessions share too little when fewer than this part of the sites of the smaller one is common. */
const ENOUGH_SHARED = 0.5;

/**
 * Puts sessions, in their order, together to one recording. Waveforms of all taken units are held in memory.
 * @throws InputError when the sessions cannot be used together; StoppedError when the signal is aborted
 */
export async function importSessions(
  sessions: readonly SessionToImport[],
  options: ImportOptions,
  context: ImportContext = {},
): Promise<{ recording: Recording; report: ImportReport }> {
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    context.onEvent?.({ kind: 'warning', text });
  };
  const inner: ImportContext = {
    ...context,
    onEvent(event) {
      if (event.kind === 'warning') warnings.push(event.text);
      context.onEvent?.(event);
    },
  };
  checkSessionsOnce(sessions);
  checkDates(sessions, warn);
  for (const { session } of sessions) for (const text of session.warnings) warn(`${session.name}: ${text}`);
  if (sessions.length === 1) warn('There is one session only: tracking needs at least two.');

  const units: UnitReport[] = [];
  const chosen = chooseUnits(sessions, options.labels, units);
  const taken: TakenSession[] = [];
  for (const [s, entry] of sessions.entries()) {
    throwIfStopped(context.signal);
    context.onEvent?.({
      kind: 'log',
      text: `Session ${s + 1}: ${entry.session.name} (${entry.session.format}), ${chosen[s].length} of ${clustersOf(entry.session)} units.`,
    });
    taken.push(await takeWaveforms(entry, s + 1, chosen[s], options, inner, units));
  }
  const union = uniteSites(sessions.map(({ session }) => session.sites));
  warnAboutSites(sessions, union, warn);
  const sampling = commonSampling(
    taken.map((session) => session.sampling),
    options.window,
    sessions.map(({ session }) => session.name),
  );
  const weak = taken.filter(({ waveforms }) => waveforms.source === 'templates').length;
  if (weak > 0) {
    warn(
      `The waveforms of ${weak} of ${taken.length} sessions are the templates of the sorter, THE WEAKEST CHOICE: smoothed, cut to the sites that the sorter ` +
        'kept, and the same for units that were split from one. Make the raw recording reachable (dat_path in params.py) or give mean waveforms.',
    );
  }
  const sources = new Set(taken.map(({ waveforms }) => waveforms.source));
  if (sources.size > 1) {
    warn(
      `The sessions have waveforms of different origin (${[...sources].join(', ')}), which look different for that alone: choose one with --waveforms.`,
    );
  }
  const report: ImportReport = {
    sessions: taken.map((session) => sessionReport(session, sampling)),
    units: numberUnits(units),
    sites: union.count,
    sampling,
    labels: options.labels,
    warnings,
  };
  return { recording: recordingOf(taken, union, sampling, report), report };
}

/** Said of waveforms whose peak, in the middle unit, is larger than any neuron gives, µV. */
const LARGEST_PEAK = 5000;

function warnAboutPeaks(where: string, peaks: number[], warn: (text: string) => void): void {
  const middle = peaks.sort((a, b) => a - b)[peaks.length >> 1];
  if (!(middle > LARGEST_PEAK)) return;
  warn(
    `${where}: its waveforms have peaks of ${(middle / 1000).toFixed(1)} mV, where those of neurons are below 2 mV: they are not in µV, or the gain is wrong.`,
  );
}

/** @throws InputError for a session that is there twice */
function checkSessionsOnce(sessions: readonly SessionToImport[]): void {
  const seen = new Map<string, string>();
  for (const { session } of sessions) {
    for (const key of [`name ${session.name}`, `spikes ${session.fingerprint}`]) {
      const other = seen.get(key);
      if (other !== undefined) {
        throw new InputError({
          where: session.name,
          found: other === session.name ? 'the same session twice' : `the same spikes as in ${other}`,
          expected: 'every session once',
          remedy: 'Leave out one of the two.',
        });
      }
      seen.set(key, session.name);
    }
  }
}

function checkDates(sessions: readonly SessionToImport[], warn: (text: string) => void): void {
  const dated = sessions.filter(({ date }) => /^\d{4}-\d{2}-\d{2}/.test(date));
  for (let i = 1; i < dated.length; i++) {
    const [earlier, later] = [dated[i - 1], dated[i]];
    if (later.date >= earlier.date) continue;
    warn(
      `${later.session.name} (${later.date}) comes after ${earlier.session.name} (${earlier.date}): sessions are not in the order of their dates. ` +
        'Sessions are numbered in the order in which they are given.',
    );
  }
}

async function takeWaveforms(
  entry: SessionToImport,
  number: number,
  chosen: readonly number[],
  options: ImportOptions,
  context: ImportContext,
  reports: UnitReport[],
): Promise<TakenSession> {
  const { session } = entry;
  const waveforms = await session.waveforms(
    chosen,
    { ...options, gain: entry.gain ?? options.gain },
    context,
  );
  const { missing, source, data, samples } = waveforms;
  const size = session.sites.count * samples;
  const rows: number[] = [];
  const peaks: number[] = [];
  chosen.forEach((u, row) => {
    const { id, label, spikes } = session.units[u];
    let reason = missing.get(row);
    const peak = data
      .subarray(row * size, (row + 1) * size)
      .reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (reason === undefined && !Number.isFinite(peak)) {
      reason = 'its waveform holds NaN or infinite values';
    }
    reports.push({
      session: number,
      folder: session.name,
      clusterId: id,
      label: label ?? '',
      spikes,
      taken: reason === undefined,
      reason: reason ?? source,
    });
    if (reason !== undefined) return;
    rows.push(row);
    peaks.push(peak);
  });
  const left = chosen.length - rows.length;
  if (rows.length === 0) {
    throw new InputError({
      where: session.name,
      found: `no waveform for any of ${chosen.length} units (${[...missing.values()][0] ?? 'they are not finite'})`,
      expected: 'mean waveforms',
      remedy: 'Choose another source with --waveforms, or leave the session out.',
    });
  }
  if (left > 0) {
    context.onEvent?.({
      kind: 'warning',
      text: `${session.name}: ${left} of ${chosen.length} units have no waveform and are left out; ${REPORT_FILE} says which and why.`,
    });
  }
  warnAboutPeaks(session.name, peaks, (text) => context.onEvent?.({ kind: 'warning', text }));
  return {
    ...entry,
    number,
    taken: rows.map((row) => chosen[row]),
    rows,
    waveforms,
    sampling: {
      sampleRateHz: waveforms.sampleRateHz,
      samples,
      trough: measureTrough(waveforms, session.sites.count),
    },
  };
}

function warnAboutSites(
  sessions: readonly SessionToImport[],
  union: UnionSites,
  warn: (text: string) => void,
): void {
  const named = sessions.filter(({ session }) => session.sites.shanks !== undefined).length;
  if (named > 0 && named < sessions.length) {
    warn(
      `Only ${named} of ${sessions.length} sessions name the shanks of their channels: shanks are left out.`,
    );
  }
  if (!union.recorded) return;
  const counts = union.places.map((place) => place.length);
  warn(
    `The sessions recorded different sites (${Math.min(...counts)} to ${Math.max(...counts)} of ${union.count}): a site that a session did not record is missing for it.`,
  );
  for (let a = 0; a < sessions.length; a++) {
    for (let b = a + 1; b < sessions.length; b++) {
      const { shared, part } = sharedSites(union, a, b);
      if (part >= ENOUGH_SHARED) continue;
      warn(
        `Sessions ${a + 1} and ${b + 1} share ${shared === 0 ? 'no site' : `only ${shared} sites`}: too little of the probe; ${
          shared === 0
            ? 'their units can only be compared where sites of both lie close together.'
            : 'units elsewhere cannot be matched between them.'
        }`,
      );
    }
  }
}

/** Those with spikes: tables also name clusters that were merged or split since. */
const clustersOf = ({ units }: SortedSession) => units.filter(({ spikes }) => spikes > 0).length;

function sessionReport(
  { session, number, date, label, taken, waveforms, sampling }: TakenSession,
  target: Sampling,
): SessionReport {
  return {
    session: number,
    folder: session.name,
    format: session.format,
    date,
    label,
    sites: session.sites.count,
    clusters: clustersOf(session),
    taken: taken.length,
    source: waveforms.source,
    waveforms: waveforms.description,
    sampling,
    alignment: describeAlignment(sampling, target),
  };
}
