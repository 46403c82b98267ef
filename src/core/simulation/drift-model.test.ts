import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { simulateMotion } from './drift-model.ts';

const still = { stepUm: 0, jumpProbability: 0, jumpUm: 0, stepUmPerMm: 0 };

describe('simulateMotion', () => {
  it('is no motion without drift', () => {
    expect([...simulateMotion(5, 300, still, createRandom(1)).constant]).toEqual([0, 0, 0, 0, 0]);
  });

  it('walks in steps of the given size', () => {
    const { constant } = simulateMotion(5000, 300, { ...still, stepUm: 12 }, createRandom(2));
    const steps = Array.from(constant.slice(1), (v, i) => v - constant[i]);
    expect(Math.sqrt(steps.reduce((a, b) => a + b * b, 0) / steps.length)).toBeCloseTo(12, 0);
  });

  it('jumps as often as asked to', () => {
    const drift = { ...still, jumpProbability: 0.2, jumpUm: 50 };
    const { constant } = simulateMotion(5000, 300, drift, createRandom(3));
    const jumps = constant.slice(1).filter((v, i) => Math.abs(v - constant[i]) > 1e-9).length;
    expect(jumps / 5000).toBeCloseTo(0.2, 1);
  });

  it('has mean zero at the centre, and changes with depth from session 2 on', () => {
    const motion = simulateMotion(8, 300, { ...still, stepUm: 15, stepUmPerMm: 20 }, createRandom(4));
    let mean = 0;
    for (let s = 1; s <= 8; s++) mean += motion.getMotion(s, 300) / 8;
    expect(mean).toBeCloseTo(0, 10);
    expect(motion.linear[0]).toBe(0);
    expect(motion.linear.slice(1).every((v) => v !== 0)).toBe(true);
  });
});
