/** Error rates of a tracking from the halves of its units. */
import type { Estimate } from './error-rates.ts';
import type { SplitHalves } from './split-halves.ts';

/** What was matched between sessions. */
export interface MatchedBetweenSessions {
  /** Matched pairs. */
  readonly matches: number;
  /** Mean similarity less threshold of the matched pairs, by the features and weights of the halves. */
  readonly alike: number;
  /** As many pairs as there would be if all units of the smaller of every two sessions had a match in the other. */
  readonly possible: number;
  /** Pairs that no estimate can see, as `hiddenPairs` says. */
  readonly hidden: number;
}

/**
 * By how much the rates of simulated recordings (24 of bench/accuracy, other seeds than those of its table) follow from those of halves. Missed pairs:
 * e^(0.85·loss − 0.25) times the halves that are not found (rates enlarged by 0.01), within a factor of e^0.9, and 0.01 less at the lower end;
 * false matches: up to 8 times the joins of units without a partner.
 */
const LOSS_GAIN = 0.85;
const LOSS_OFFSET = -0.25;
const FALSE_NEGATIVE_FACTOR = Math.exp(0.9);
const SMALL_RATE = 0.01;
const FALSE_POSITIVE_FACTOR = 8;

/**
 * Halves differ by the noise within a session. Between sessions units change as well: how much less alike matched pairs are than halves, in
 * standard deviations of the halves, says how much more is missed. A false match takes a unit without a partner: halves that were left without
 * theirs say how often such a unit is joined with another, the share of matched units how many there are (`docs/methods.md`, "Split halves").
 *
 * @returns undefined where the similarities of halves and of matched pairs cannot be compared, or nothing is matched
 */
export function ratesOfHalves(
  halves: SplitHalves,
  { matches, alike, possible, hidden }: MatchedBetweenSessions,
): { readonly falsePositives: Estimate; readonly falseNegatives: Estimate } | undefined {
  const { mean, deviation } = halves.alike;
  const sameWaveform = !halves.waveformsHalved && halves.features.includes('Waveform');
  if (sameWaveform || !(deviation > 0) || matches === 0 || !Number.isFinite(alike)) return undefined;
  const rate = (value: number) => Math.min(1, Math.max(0, value));
  const growth = Math.exp((LOSS_GAIN * (mean - alike)) / deviation + LOSS_OFFSET);
  const missed = (share: number, factor = 1) => (share + SMALL_RATE) * growth * factor - SMALL_RATE;
  const { notFound, joinedWithout } = halves;
  const most = rate(missed(notFound.high, FALSE_NEGATIVE_FACTOR));
  // Of all pairs of one neuron 1 − most are matched; the hidden ones come on top.
  const shown = most < 1 ? matches / (1 - most) : Number.POSITIVE_INFINITY;
  const alone = Math.max(0, possible / matches - 1);
  return {
    falseNegatives: {
      estimate: rate(missed(notFound.estimate)),
      low: rate(missed(notFound.low, 1 / FALSE_NEGATIVE_FACTOR) - SMALL_RATE),
      high: rate(1 - matches / (shown + hidden)),
    },
    falsePositives: {
      estimate: rate(joinedWithout.estimate * alone),
      low: rate((joinedWithout.low * alone) / FALSE_POSITIVE_FACTOR),
      high: rate(joinedWithout.high * alone * FALSE_POSITIVE_FACTOR),
    },
  };
}
