/** unitLocations: how many units every session has, and where along the probe they are. */
import { evenSample, finiteExtent } from './histogram.ts';
import { colourOf, count, countAxis, type Frame, page, panelOf, panelWidth } from './panel.ts';
import { type MatchPoint, matchClouds } from './point-cloud.ts';
import { type AnyResult, type RecordedShank, recordingOf, sessionTicks, shankTitle } from './recording.ts';
import { type FigureSpec, MATCH_KINDS, type View } from './theme.ts';

const [UNMATCHED, MATCHED] = MATCH_KINDS.names;
type Kind = (typeof MATCH_KINDS.names)[number];
/** More units than this are thinned out evenly; in a low panel, where points of as many would cover each other, more than the other. */
const MAX_POINTS = 6000;
export const MAX_POINTS_LOW = 3000;
/** Panels below this height are low, px. */
const LOW = 180;

/** Units of one session. */
export interface SessionUnits {
  readonly session: number;
  readonly kind: Kind;
  /** Number of units. */
  readonly units: number;
}

/** Units per session: those with a match in another session and those without, two rows per session. */
export function sessionUnits(shanks: readonly RecordedShank[], sessionCount: number): SessionUnits[] {
  const matched = new Int32Array(sessionCount);
  const unmatched = new Int32Array(sessionCount);
  for (const { result } of shanks) {
    result.sessions.forEach((session, u) => {
      (result.curation.labels[u] >= 0 ? matched : unmatched)[session - 1]++;
    });
  }
  return Array.from({ length: sessionCount }, (_, i) => [
    { session: i + 1, kind: MATCHED, units: matched[i] },
    { session: i + 1, kind: UNMATCHED, units: unmatched[i] },
  ]).flat();
}

/**
 * Where the units are, as they were found (motion not removed), unmatched ones first: x is the session number plus the place across the
 * probe, within ± 0.35, y the depth in µm.
 */
export function unitPoints(shanks: readonly RecordedShank[], most = MAX_POINTS): MatchPoint[] {
  const across = shanks.flatMap(({ result }) =>
    Array.from(result.sessions, (_, u) => result.features.locations[3 * u]).filter(Number.isFinite),
  );
  across.sort((a, b) => a - b);
  const low = across[Math.floor(0.02 * (across.length - 1))];
  const high = across[Math.ceil(0.98 * (across.length - 1))];
  const points = shanks.flatMap(({ result }) =>
    Array.from(result.sessions, (session, u) => {
      const x = result.features.locations[3 * u];
      const place = high > low ? Math.min(1, Math.max(0, (x - low) / (high - low))) : 0.5;
      return {
        x: session + 0.7 * (place - 0.5),
        y: result.features.locations[3 * u + 1],
        kind: result.curation.labels[u] >= 0 ? MATCHED : UNMATCHED,
      };
    }),
  );
  const finite = points.filter((p) => Number.isFinite(p.x + p.y));
  const thinned = evenSample(finite.length, most).map((i) => finite[i]);
  return [...thinned.filter((p) => p.kind === UNMATCHED), ...thinned.filter((p) => p.kind === MATCHED)];
}

/** Stacked bars: units per session. */
export function unitCountPanel(
  shanks: readonly RecordedShank[],
  frame: Frame & { sessionCount: number; most?: number },
): View {
  const { sessionCount, most = largestSession(shanks, sessionCount), xTitle = true, yTitle = true } = frame;
  const rows = sessionUnits(shanks, sessionCount);
  const sessions = sessionScale(sessionCount, frame.width);
  const bars = rows.map(({ session, kind, units }, i) => {
    const below = kind === MATCHED ? 0 : rows[i - 1].units;
    return { left: session - 0.4, right: session + 0.4, bottom: below, top: below + units, kind };
  });
  return panelOf(
    frame,
    [
      {
        data: { values: bars },
        mark: { type: 'rect' },
        encoding: {
          x: { field: 'left', type: 'quantitative', ...sessions, ...(xTitle ? {} : { title: null }) },
          x2: { field: 'right' },
          y: {
            field: 'bottom',
            type: 'quantitative',
            title: yTitle ? 'Units' : null,
            ...countAxis(most, frame.height, { tickMinStep: 1 }),
          },
          y2: { field: 'top' },
          color: colourOf('kind', MATCH_KINDS, frame),
        },
      },
    ],
    MATCH_KINDS,
  );
}

/** Every unit at its depth; within a column of a session the points stand as they do across the probe. */
export function unitDepthPanel(
  shanks: readonly RecordedShank[],
  frame: Frame & { sessionCount: number; depths?: readonly [number, number] },
): View {
  const { sessionCount, depths = depthRange(shanks), yTitle = true } = frame;
  const isLow = frame.height < LOW;
  const points = unitPoints(shanks, isLow ? MAX_POINTS_LOW : MAX_POINTS);
  const across = sessionScale(sessionCount, frame.width);
  const style = {
    x: across,
    y: {
      title: yTitle ? (isLow ? 'Position y (µm)' : 'Position along the probe, y (µm)') : null,
      scale: { domain: depths },
      axis: { tickCount: Math.round(frame.height / 35) },
    },
    opacity: { unmatched: 0.8, matched: 0.8 },
  };
  return panelOf(frame, matchClouds(points, style, frame), MATCH_KINDS);
}

/** Lowest and highest unit with a small margin, µm. */
export function depthRange(shanks: readonly RecordedShank[]): [number, number] {
  const { low, high } = finiteExtent(
    ...shanks.map(({ result: { features } }) => features.locations.filter((_, i) => i % 3 === 1)),
  );
  if (!(low <= high)) return [0, 1];
  const margin = Math.max(0.04 * (high - low), 5);
  return [low - margin, high + margin];
}

/** Scale and axis of sessions along x. */
export function sessionScale(sessionCount: number, width: number) {
  return {
    title: 'Session',
    scale: { domain: [0.5, sessionCount + 0.5] as [number, number], nice: false, zero: false },
    axis: { values: sessionTicks(sessionCount, width / 18), format: 'd' },
  };
}

export function unitLocationsFigure(result: AnyResult): FigureSpec {
  const { shanks, sessionCount, unitCount } = recordingOf(result);
  const columns = Math.min(shanks.length, sessionCount > 15 ? 2 : 4);
  const width = panelWidth(columns);
  const matched = shanks.reduce((n, s) => n + s.result.curation.labels.filter((l) => l >= 0).length, 0);
  const most = Math.max(...shanks.map((shank) => largestSession([shank], sessionCount)));
  const depths = depthRange(shanks);
  const panels = shanks.map((shank, i): View => {
    const shared = { width, sessionCount, yTitle: i % columns === 0 };
    return {
      vconcat: [
        unitCountPanel([shank], { ...shared, title: shankTitle(shank), height: 70, most, xTitle: false }),
        unitDepthPanel([shank], { ...shared, height: columns > 2 ? 220 : 280, depths }),
      ],
      spacing: 8,
    };
  });
  const thinned = unitCount > MAX_POINTS ? `; about ${count(MAX_POINTS)} of them drawn as points` : '';
  return page(
    'Units found in every session',
    [
      `${count(unitCount, 'unit')} in ${count(sessionCount, 'session')}, ${count(matched)} of them matched in another session${thinned}.`,
      'Positions as found, motion not removed. Within a session, points stand as they do across the probe.',
    ],
    panels,
    { columns },
  );
}

function largestSession(shanks: readonly RecordedShank[], sessionCount: number): number {
  const totals = new Int32Array(sessionCount);
  for (const { session, units } of sessionUnits(shanks, sessionCount)) totals[session - 1] += units;
  return totals.reduce((most, n) => Math.max(most, n), 0);
}
