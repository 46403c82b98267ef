/** The share of events among trials. */
import type { Estimate } from './error-rates.ts';

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/** The observed share with Wilson's 95 % score interval (Wilson 1927); from 0 to 1 without trials. */
export function wilsonInterval(events: number, trials: number): Estimate {
  if (trials === 0) return { estimate: 0, low: 0, high: 1 };
  const share = events / trials;
  const z2 = (Z * Z) / trials;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials));
  return {
    estimate: share,
    low: events === 0 ? 0 : centre - half,
    high: events === trials ? 1 : centre + half,
  };
}
