import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeastSquares, minimizeWithinBounds } from './bounded-least-squares.ts';

/** ½|Ax - b|² with rows of (a, b, target). */
function linear(rows: readonly (readonly [number, number, number])[]): LeastSquares {
  return {
    parameters: 2,
    cost: (x) => rows.reduce((sum, [a, b, target]) => sum + (a * x[0] + b * x[1] - target) ** 2, 0) / 2,
    expand(x, gradient, gaussNewton, hessian) {
      gradient.fill(0);
      gaussNewton.fill(0);
      for (const [a, b, target] of rows) {
        const residual = a * x[0] + b * x[1] - target;
        [a, b].forEach((p, i) => {
          gradient[i] += p * residual;
          [a, b].forEach((q, j) => {
            gaussNewton[2 * i + j] += p * q;
          });
        });
      }
      hessian.set(gaussNewton);
    },
  };
}

/** Rosenbrock's valley: r = (10(y - x²), 1 - x). */
const rosenbrock: LeastSquares = {
  parameters: 2,
  cost: ([x, y]) => (100 * (y - x * x) ** 2 + (1 - x) ** 2) / 2,
  expand([x, y], gradient, gaussNewton, hessian) {
    const r = 10 * (y - x * x);
    gradient.set([-20 * x * r - (1 - x), 10 * r]);
    gaussNewton.set([400 * x * x + 1, -200 * x, -200 * x, 100]);
    hessian.set([400 * x * x + 1 - 20 * r, -200 * x, -200 * x, 100]);
  },
};

const box = (low: number, high: number) => [Float64Array.of(low, low), Float64Array.of(high, high)] as const;

describe('minimizeWithinBounds', () => {
  it('finds the minimum of a curved valley', () => {
    const { x, converged } = minimizeWithinBounds(rosenbrock, Float64Array.of(-1.2, 1), ...box(-5, 5));
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(1, 8);
    expect(x[1]).toBeCloseTo(1, 8);
  });

  it('puts a parameter on the bound that the minimum lies beyond', () => {
    const { x, gradient } = minimizeWithinBounds(rosenbrock, Float64Array.of(-1.2, 1), ...box(-2, 0.5));
    expect(x[0]).toBe(0.5);
    expect(x[1]).toBeCloseTo(0.25, 8);
    expect(gradient[0]).toBeLessThan(0);
    expect(gradient[1]).toBeCloseTo(0, 6);
  });

  it('ends where the slope is zero or points out of the box', () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    const rows = fc.array(fc.tuple(number, number, number), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(rows, number, number, (data, x0, y0) => {
        const problem = linear([...data, [0.1, 0, 0], [0, 0.1, 0]]);
        const { x, gradient, converged } = minimizeWithinBounds(
          problem,
          Float64Array.of(x0, y0),
          ...box(-1, 1),
        );
        expect(converged).toBe(true);
        for (let i = 0; i < 2; i++) {
          if (x[i] <= -1) expect(gradient[i]).toBeGreaterThan(-1e-5);
          else if (x[i] >= 1) expect(gradient[i]).toBeLessThan(1e-5);
          else expect(Math.abs(gradient[i])).toBeLessThan(1e-5);
        }
      }),
    );
  });

  it('leaves start and bounds untouched', () => {
    const start = Float64Array.of(9, -9);
    const [lower, upper] = box(-1, 1);
    minimizeWithinBounds(rosenbrock, start, lower, upper);
    expect([...start, ...lower, ...upper]).toEqual([9, -9, -1, -1, 1, 1]);
  });

  it('says when it was stopped before the end', () => {
    const { converged, iterations } = minimizeWithinBounds(
      rosenbrock,
      Float64Array.of(-1.2, 1),
      ...box(-5, 5),
      { maxIterations: 2 },
    );
    expect(converged).toBe(false);
    expect(iterations).toBe(2);
  });
});
