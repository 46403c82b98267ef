import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { depthWarning } from './depth-check.ts';

/** Forty neurons in two sessions, each with a look-alike in the first; these lie `apart` µm away. */
function recording(apart: number) {
  const random = createRandom(6);
  const neurons = 40;
  const sessions = Int32Array.from({ length: 3 * neurons }, (_, u) => (u < 2 * neurons ? 1 : 2));
  const labels = Int32Array.from(sessions, (_, u) =>
    u < neurons ? u : u < 2 * neurons ? -1 : u - 2 * neurons,
  );
  const depths = Float64Array.from(
    sessions,
    (_, u) => 100 * (u % neurons) + (u >= neurons && u < 2 * neurons ? apart : 5 * random.normal()),
  );
  const units = Array.from({ length: neurons }, (_, n) => [n, n + 2 * neurons, n, n + neurons]).flat();
  const pairs = { count: units.length / 2, units: Int32Array.from(units) };
  const pairSimilarity = new Float64Array(pairs.count).map(() => 2 + 0.1 * random.uniform());
  return [sessions, labels, pairs, pairSimilarity, depths] as const;
}

describe('depthWarning', () => {
  it('warns where look-alikes lie as close as matched units', () => {
    expect(depthWarning(...recording(0))).toMatch(/The depth tells little .* Waveforms on few channels/);
  });

  it('is silent where they lie farther apart, or are few', () => {
    expect(depthWarning(...recording(40))).toBeUndefined();
    const [sessions, labels, pairs, , depths] = recording(0);
    const unlike = Float64Array.from({ length: pairs.count }, (_, p) => (p % 2 === 0 ? 2 : 1));
    expect(depthWarning(sessions, labels, pairs, unlike, depths)).toBeUndefined();
  });
});
