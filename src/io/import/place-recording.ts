/** The taken units of all sessions on one probe, with one sampling. */
import { findPeakChannel, peakToTrough } from '../../core/features/spike-location.ts';
import type { Recording } from '../recording.ts';
import type { UnitRow } from '../units-table.ts';
import { alignChannel, type Sampling } from './alignment.ts';
import { encodeReport, type ImportReport, REPORT_FILE } from './import-report.ts';
import type { SessionToImport, SessionWaveforms } from './sorted-session.ts';
import type { UnionSites } from './union-sites.ts';

/** A session with the waveforms of the units that are taken. */
export interface TakenSession extends SessionToImport {
  readonly number: number;
  /** Places of the taken units among the units of the session. */
  readonly taken: readonly number[];
  /** Places of the taken units among the waveforms. */
  readonly rows: readonly number[];
  readonly waveforms: SessionWaveforms;
  readonly sampling: Sampling;
}

/** Waveforms are placed and aligned when they are asked for. */
export function recordingOf(
  sessions: readonly TakenSession[],
  union: UnionSites,
  sampling: Sampling,
  report: ImportReport,
): Recording {
  const order = report.units.flatMap(({ unit, session, clusterId }) =>
    unit === undefined ? [] : [{ session: sessions[session - 1], clusterId }],
  );
  const located = order.map(({ session, clusterId }) => {
    const i = session.taken.findIndex((u) => session.session.units[u].id === clusterId);
    return { session, source: session.taken[i], row: session.rows[i] };
  });
  // A site that was not recorded has no halves either.
  const halved = !union.recorded && sessions.every(({ waveforms }) => waveforms.halves);
  return {
    units: located.length,
    channels: union.count,
    samples: sampling.samples,
    sessions: Int32Array.from(located, ({ session }) => session.number),
    waveformType: 'float32',
    waveform: (unit) => placed(located[unit], union, sampling),
    ...(halved && { waveformHalves: (unit: number) => placedHalves(located[unit], union, sampling) }),
    channelLocations: union.locations,
    channelShanks: union.shanks,
    channelRecorded: union.recorded,
    spikeTimes: (unit) => located[unit].session.session.spikeTimes(located[unit].source),
    unitRows: located.map((unit, i) => unitRow(unit, i, union)),
    extraFiles: new Map([[REPORT_FILE, encodeReport(report)]]),
  };
}

interface LocatedUnit {
  readonly session: TakenSession;
  /** Place among the units of the session. */
  readonly source: number;
  /** Place among its waveforms. */
  readonly row: number;
}

/** (channels, samples) on all sites; NaN on those that the session did not record. */
function placed(
  { session, row }: LocatedUnit,
  union: UnionSites,
  to: Sampling,
  data = session.waveforms.data,
): Float32Array {
  const { waveforms, sampling, number } = session;
  const places = union.places[number - 1];
  const waveform = new Float32Array(union.count * to.samples).fill(Number.NaN);
  const from = row * places.length * waveforms.samples;
  places.forEach((place, c) => {
    const start = from + c * waveforms.samples;
    const channel = data.subarray(start, start + waveforms.samples);
    waveform.set(alignChannel(channel, sampling, to), place * to.samples);
  });
  return waveform;
}

/** (2, channels, samples) as `placed`. */
function placedHalves(unit: LocatedUnit, union: UnionSites, to: Sampling): Float32Array {
  const size = union.count * to.samples;
  const both = new Float32Array(2 * size);
  for (const half of [0, 1]) {
    const row = 2 * unit.row + half;
    both.set(placed({ ...unit, row }, union, to, unit.session.waveforms.halves), half * size);
  }
  return both;
}

function unitRow({ session, source, row }: LocatedUnit, unit: number, union: UnionSites): UnitRow {
  const { waveforms, number, date, label } = session;
  const places = union.places[number - 1];
  const size = places.length * waveforms.samples;
  const ptt = new Float64Array(places.length);
  peakToTrough(waveforms.data.subarray(row * size, (row + 1) * size), places.length, waveforms.samples, ptt);
  const peakChannel = places[findPeakChannel(ptt)];
  return {
    unit,
    session: number,
    date,
    label,
    clusterId: session.session.units[source].id,
    folder: session.session.name,
    shank: union.shanks?.[peakChannel],
    peakChannel,
    depth: union.locations[2 * peakChannel + 1],
    extra: {},
  };
}
