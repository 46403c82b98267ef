/** How long neurons are followed, and what a threshold on the confidence leaves. */

export interface SurvivalPoint {
  /** Sessions later. */
  readonly lag: number;
  /** Units, of sessions that have one so much later. */
  readonly units: number;
  /** Share of them whose neuron is found in that session or a later one. */
  readonly share: number;
}

/** Survival of units over sessions. @param labels (units,) cluster from 0, -1 unmatched */
export function survival(sessions: Int32Array, labels: Int32Array, sessionCount: number): SurvivalPoint[] {
  const last = new Map<number, number>();
  labels.forEach((label, unit) => {
    if (label >= 0) last.set(label, Math.max(last.get(label) ?? 0, sessions[unit]));
  });
  const points: SurvivalPoint[] = [];
  for (let lag = 1; lag < sessionCount; lag++) {
    let [units, found] = [0, 0];
    sessions.forEach((session, unit) => {
      if (session + lag > sessionCount) return;
      units++;
      if (labels[unit] >= 0 && last.get(labels[unit])! >= session + lag) found++;
    });
    if (units > 0) points.push({ lag, units, share: found / units });
  }
  return points;
}

export interface YieldPoint {
  /** Least probability of the pairs that are kept. */
  readonly threshold: number;
  readonly matches: number;
  /** Share of the kept pairs that are expected to be two neurons. */
  readonly falseShare: number;
}

/** Matched pairs and the expected share of false ones among them, for thresholds from 0 to 1. */
export function yieldCurve(matchProbability: Float64Array, steps = 20): YieldPoint[] {
  const points: YieldPoint[] = [];
  for (let i = 0; i <= steps; i++) {
    const threshold = i === steps ? 0.99 : i / steps;
    const kept = matchProbability.filter((p) => p >= threshold);
    const falseShare = kept.length > 0 ? 1 - kept.reduce((sum, p) => sum + p, 0) / kept.length : 0;
    points.push({ threshold, matches: kept.length, falseShare });
  }
  return points;
}
