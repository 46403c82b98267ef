import { describe, expect, it } from 'vitest';
import { derivedRandom, deriveSeed, STREAM } from './derived-seed.ts';

describe('deriveSeed', () => {
  it('depends on the seed, on every key and on their order', () => {
    const seeds = [
      deriveSeed(1),
      deriveSeed(2),
      deriveSeed(1, 0),
      deriveSeed(1, 1),
      deriveSeed(1, 0, 0),
      deriveSeed(1, 2, 3),
      deriveSeed(1, 3, 2),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(deriveSeed(1, 2, 3)).toBe(deriveSeed(1, 2, 3));
  });

  it('hardly ever gives two units one seed', () => {
    const seeds = new Set(
      Array.from({ length: 50_000 }, (_, k) => deriveSeed(7, k % 1000, Math.floor(k / 1000))),
    );
    expect(seeds.size).toBeGreaterThan(49_990);
  });
});

describe('derivedRandom', () => {
  it('starts streams of neighbouring units independently of each other', () => {
    const count = 20_000;
    const first = (k: number) => derivedRandom(1, STREAM.neuron, k).uniform() - 0.5;
    let mean = 0;
    let product = 0;
    for (let k = 0; k < count; k++) {
      mean += first(k) / count;
      product += (12 * first(k) * first(k + 1)) / count;
    }
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(product)).toBeLessThan(0.03);
  });
});
