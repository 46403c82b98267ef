/** What plots of sessions and of matches have in common. */
import { sessionTicks } from '../../figures/recording.ts';
import { MATCH_KINDS } from '../../figures/theme.ts';
import type { AxisSpec } from '../charts/plot.tsx';
import { href } from '../state/route.ts';
import { ink } from '../theme/palette.ts';

export const MATCH_KEYS = [
  { name: MATCH_KINDS.names[0], colour: ink('grey') },
  { name: MATCH_KINDS.names[1], colour: ink('blue') },
];

/** The table of what was found in a session. */
export const inSession = (session: number) => href('neurons', { filter: `in(${session})` });

export function sessionAxis(sessionCount: number, most = 12): AxisSpec {
  return {
    label: 'Session',
    domain: [0.5, sessionCount + 0.5],
    ticks: sessionTicks(sessionCount, most).map((s) => ({ at: s, text: String(s) })),
  };
}
