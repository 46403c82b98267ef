/** Linear scales and round ticks. */

export interface LinearScale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  invert(position: number): number;
}

export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
): LinearScale {
  const [d0, d1] = domain;
  const [r0, r1] = range;
  const span = d1 - d0 || 1;
  const scale = (value: number) => r0 + ((value - d0) / span) * (r1 - r0);
  return Object.assign(scale, {
    domain,
    range,
    invert: (position: number) => d0 + ((position - r0) / (r1 - r0 || 1)) * span,
  });
}

/** Smallest and largest finite value. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The domain widened by a part of its length at both ends; never empty. */
export function padded([low, high]: readonly [number, number], part = 0.04): [number, number] {
  if (!(low <= high)) return [0, 1];
  const room = (high - low) * part || Math.abs(low) * part || 1;
  return [low - room, high + room];
}

/** Multiples of 1, 2 or 5 times a power of ten within the domain, about `count` of them. */
export function roundTicks(domain: readonly [number, number], count: number, leastStep = 0): number[] {
  const [low, high] = [Math.min(...domain), Math.max(...domain)];
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(power * ([1, 2, 5].find((f) => f * power >= raw * 0.999) ?? 10), leastStep);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Labels of ticks: the decimals they need, a real minus sign, thousands separators. */
export function tickLabels(ticks: readonly number[]): string[] {
  const step =
    ticks.length > 1
      ? Math.min(...ticks.slice(1).map((t, i) => Math.abs(t - ticks[i])))
      : Math.abs(ticks[0]) || 1;
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.map((t) => formatNumber(t, decimals));
}

/** A number as people read it: fixed decimals, thousands separators, a real minus sign. */
export function formatNumber(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(Math.abs(value).toFixed(decimals)) !== 0 ? '−' : '';
  return sign + digits + (fraction ? `.${fraction}` : '');
}
