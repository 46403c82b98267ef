import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as dant from '../src/index.ts';
import * as node from '../src/node.ts';
import * as web from '../src/web.ts';

/** The published function list: name, number of leading arguments, and where it is exported. */
const PUBLISHED = [
  ['preprocess', 1, 'node'],
  ['spikeInfo2npy', 1, 'node'],
  ['computeWaveformFeatures', 3, 'node'],
  ['computeMotion', 1, 'node'],
  ['getMotionFeatureSets', 1, 'dant'],
  ['initializeMotion', 2, 'node'],
  ['motionEstimation', 1, 'node'],
  ['computeAllSimilarityMatrix', 3, 'node'],
  ['computeWaveformSimilarityMatrix', 3, 'dant'],
  ['finalClustering', 1, 'node'],
  ['getNearbyPairs', 3, 'dant'],
  ['iterativeClustering', 3, 'node'],
  ['Motion', 0, 'dant'],
  ['computeAutoCorr', 1, 'dant'],
  ['computeKernel2D', 2, 'dant'],
  ['corrcoef2', 2, 'dant'],
  ['graphEditNumber', 2, 'dant'],
  ['spikeLocation', 2, 'dant'],
  ['waveformEstimation', 4, 'dant'],
  ['autoCuration', 1, 'node'],
  ['mergeMultishankOutputs', 3, 'node'],
  ['runDANT', 1, 'node'],
  ['runDANTMultiShank', 1, 'node'],
] as const;

describe('the public names', () => {
  const rooms = { dant: dant as Record<string, unknown>, node: node as Record<string, unknown> };

  it.each(PUBLISHED)('%s takes %i arguments and comes from %s', (name, count, room) => {
    const found = rooms[room][name];
    expect(found).toBeTypeOf('function');
    // Arguments with a default do not count for `length`, those that may be undefined do.
    expect((found as (...args: unknown[]) => unknown).length).toBeGreaterThanOrEqual(count);
  });

  it.each(PUBLISHED)('%s stands in docs/api.md', (name) => {
    const page = readFileSync(join(import.meta.dirname, '../docs/api.md'), 'utf8');
    expect(page).toMatch(new RegExp(`\`(new )?${name}\\(`));
  });

  it('are these and no others', () => {
    const namesOf = (module: object) => Object.keys(module).sort();
    expect({ dant: namesOf(dant), node: namesOf(node), web: namesOf(web) }).toMatchSnapshot();
  });

  it('are reached by the exports of the package, which tsdown builds', () => {
    const { exports } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
    const built = Object.values(exports as Record<string, string | { types: string; default: string }>)
      .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
      .filter((path) => path.startsWith('./dist/'));
    const missing = built.filter((path) => !existsSync(join(import.meta.dirname, '..', path)));
    expect(Object.keys(exports)).toEqual([
      '.',
      './node',
      './web',
      './web-worker',
      './figures',
      './package.json',
    ]);
    expect(missing).toEqual([]);
  });

  it('gives Motion loading and saving in dant/node', () => {
    expect(node.Motion.load).toBeTypeOf('function');
    expect(node.Motion.prototype.save).toBeTypeOf('function');
    expect(node.Motion.prototype.getMotion).toBeTypeOf('function');
  });
});
