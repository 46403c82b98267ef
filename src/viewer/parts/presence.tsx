/** Sessions in which a neuron was found, as small bars. */
import { memo } from 'react';

interface Props {
  readonly units: readonly number[];
  readonly session: Int32Array;
  readonly sessionCount: number;
  readonly width: number;
}

export const Presence = memo(function Presence({ units, session, sessionCount, width }: Props) {
  const step = width / sessionCount;
  const bar = Math.max(0.6, step - (step > 3 ? 1 : 0));
  const present = new Set(units.map((unit) => session[unit]));
  let yes = '';
  let no = '';
  for (let s = 1; s <= sessionCount; s++) {
    const path = `M${((s - 1) * step).toFixed(2)} 0h${bar.toFixed(2)}v12h-${bar.toFixed(2)}z`;
    if (present.has(s)) yes += path;
    else no += path;
  }
  return (
    <svg
      className="presence"
      width={width}
      height="12"
      role="img"
      aria-label={`Found in ${present.size} of ${sessionCount} sessions`}
    >
      <path className="no" d={no} />
      <path className="yes" d={yes} />
    </svg>
  );
});
