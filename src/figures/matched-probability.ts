/** MatchedProbability: how likely a unit of one session is found in another, and how that falls with time. */
import type { DrawableResult, MotionRound } from '../core/result.ts';
import { type HeatMapContent, heatMapPanel, VIRIDIS } from './heat-map.ts';
import { type Frame, messagePanel, page, panelOf } from './panel.ts';
import { type AnyResult, type Recording, recordingOf, sessionTicks } from './recording.ts';
import { COLOURS, type FigureSpec, type View } from './theme.ts';

/** Units that have a match, by session and session. */
export interface SessionMatches {
  readonly sessionCount: number;
  /** (sessions,) */
  readonly units: Int32Array;
  /** (sessions, sessions) units of session i that have a match in session j; 0 on the diagonal. */
  readonly matched: Int32Array;
}

/** Pairs of units of one shank. */
interface MatchedPairs {
  readonly sessions: Int32Array;
  /** (M, 2) */
  readonly pairs: ArrayLike<number>;
}

/** Counts over the shanks; a unit counts once however many matches it has in the other session. */
export function sessionMatches(shanks: readonly MatchedPairs[], sessionCount: number): SessionMatches {
  const units = new Int32Array(sessionCount);
  const matched = new Int32Array(sessionCount * sessionCount);
  for (const { sessions, pairs } of shanks) {
    for (const session of sessions) units[session - 1]++;
    const seen = new Uint8Array(sessions.length * sessionCount);
    const note = (unit: number, other: number) => {
      const i = sessions[unit] - 1;
      const j = sessions[other] - 1;
      if (i === j || seen[unit * sessionCount + j]) return;
      seen[unit * sessionCount + j] = 1;
      matched[i * sessionCount + j]++;
    };
    for (let p = 0; p + 1 < pairs.length; p += 2) {
      note(pairs[p], pairs[p + 1]);
      note(pairs[p + 1], pairs[p]);
    }
  }
  return { sessionCount, units, matched };
}

/** (sessions, sessions) share of the units of session i with a match in session j; NaN on the diagonal and for empty sessions. */
export function matchedProbability({ sessionCount, units, matched }: SessionMatches): Float64Array {
  return Float64Array.from(matched, (n, cell) => {
    const i = Math.floor(cell / sessionCount);
    return i === cell % sessionCount || units[i] === 0 ? Number.NaN : n / units[i];
  });
}

/** Matches between sessions that lie `lag` apart. */
export interface LagPoint {
  readonly lag: number;
  /** Share of the units of both sessions that have a match in the other. */
  readonly probability: number;
}

/** One point for every two sessions with units, and the units of all of them pooled at each lag. */
export function probabilityByLag({ sessionCount, units, matched }: SessionMatches) {
  const each: LagPoint[] = [];
  const pooled: LagPoint[] = [];
  for (let lag = 1; lag < sessionCount; lag++) {
    let found = 0;
    let all = 0;
    for (let i = 0; i + lag < sessionCount; i++) {
      const j = i + lag;
      const both = units[i] + units[j];
      if (both === 0) continue;
      const pair = matched[i * sessionCount + j] + matched[j * sessionCount + i];
      each.push({ lag, probability: pair / both });
      found += pair;
      all += both;
    }
    if (all > 0) pooled.push({ lag, probability: found / all });
  }
  return { each, pooled };
}

/** Sessions by sessions. */
export function probabilityMatrixPanel(matches: SessionMatches, frame: Frame): View {
  const { sessionCount } = matches;
  if (sessionCount < 2) return messagePanel('One session only', frame);
  const ticks = sessionTicks(sessionCount, frame.width / 20);
  const labels = ticks.map((session) => ({ at: session - 0.5, text: String(session) }));
  const content: HeatMapContent = {
    map: { width: sessionCount, height: sessionCount, values: matchedProbability(matches) },
    colours: { domain: [0, 1], stops: VIRIDIS },
    x: { title: 'Found in session', labels },
    y: { title: 'Unit of session', labels },
    legend: 'Probability',
    legendFormat: '.1f',
  };
  return heatMapPanel(content, frame);
}

/** Against the number of sessions in between. */
export function probabilityByLagPanel(matches: SessionMatches, frame: Frame): View {
  const { each, pooled } = probabilityByLag(matches);
  if (each.length === 0) return messagePanel('One session only', frame);
  const lags = matches.sessionCount - 1;
  const x = {
    field: 'lag',
    type: 'quantitative' as const,
    title: 'Δ session',
    scale: { domain: [0.5, lags + 0.5], nice: false, zero: false },
    axis: { values: sessionTicks(lags, frame.width / 20), format: 'd' },
  };
  const y = {
    field: 'probability',
    type: 'quantitative' as const,
    title: 'Matched probability',
    scale: { domain: [0, 1] },
    axis: { tickCount: 5, format: '.1f' },
  };
  return panelOf(frame, [
    {
      data: { values: each },
      mark: {
        type: 'circle',
        color: COLOURS.grey,
        fillOpacity: 0.5,
        opacity: 1,
        size: each.length > 300 ? 6 : 14,
      },
      encoding: { x, y },
    },
    {
      data: { values: pooled },
      mark: {
        type: 'line',
        color: COLOURS.blue,
        strokeWidth: 1.4,
        point: { size: lags > 25 ? 12 : 22, filled: true, color: COLOURS.blue },
      },
      encoding: { x, y },
    },
  ]);
}

/** Matches after curation, all shanks together. */
export function resultMatches({ shanks, sessionCount }: Recording): SessionMatches {
  const parts = shanks.map(({ result }) => ({
    sessions: result.sessions,
    pairs: result.curation.matchedPairs,
  }));
  return sessionMatches(parts, sessionCount);
}

export function matchedProbabilityFigure(result: AnyResult): FigureSpec {
  return probabilityPage(
    resultMatches(recordingOf(result)),
    'Probability that a unit is matched in another session',
  );
}

/** Matches of one motion round, before any curation. */
export function roundMatchedProbabilityFigure(
  result: DrawableResult,
  round: MotionRound,
  { roundNumber }: { roundNumber: number },
): FigureSpec {
  const pairs: number[] = [];
  for (let p = 0; p < round.pairs.count; p++) {
    if (round.pairMatched[p]) pairs.push(round.pairs.units[2 * p], round.pairs.units[2 * p + 1]);
  }
  const matches = sessionMatches([{ sessions: result.sessions, pairs }], result.sessionCount);
  return probabilityPage(
    matches,
    `Probability that a unit is matched in another session, motion round ${roundNumber}`,
  );
}

function probabilityPage(matches: SessionMatches, title: string): FigureSpec {
  return page(
    title,
    [
      'Left: share of the units of one session (row) that are found in another (column).',
      'Right: the same against the distance of the sessions; points are pairs of sessions, the line pools them.',
    ],
    [
      probabilityMatrixPanel(matches, { width: 230, height: 230 }),
      probabilityByLagPanel(matches, { width: 240, height: 230 }),
    ],
    { columns: 2, legends: 'own' },
  );
}
