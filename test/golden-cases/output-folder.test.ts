/** Output folders have the arrays of the published ones: types aside, value for value. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MultiShankResult, TrackingResult } from '../../src/core/result.ts';
import { resolveSettings } from '../../src/core/settings.ts';
import { listDeep, type Store } from '../../src/io/byte-source.ts';
import { MemoryStore } from '../../src/io/memory-store.ts';
import { FileStore } from '../../src/io/node/file-store.ts';
import { readNpy, readNpyAs } from '../../src/io/npy.ts';
import { openNpz } from '../../src/io/npz.ts';
import { SavedResult } from '../../src/io/read-result.ts';
import { writeResult } from '../../src/io/write-result.ts';
import { savedFeatures } from '../../src/stages/stage-state.ts';
import { exampleShanks, exampleTracking } from '../example-result.ts';

const EXTRA = { runTimeSec: 12, dateTime: '2026-01-01 12:00:00' };

const written = async (result: TrackingResult) => {
  const store = new MemoryStore('out');
  await writeResult(store, result, EXTRA);
  return store;
};

/** A published result as a result in memory. */
async function fromFolder(
  saved: SavedResult,
  sessions: Int32Array,
  settings: object,
): Promise<TrackingResult> {
  const resolved = resolveSettings(settings, { hasPeth: true, fromFile: true }).settings;
  const features = resolved.clustering.features;
  const clustering = await saved.clustering();
  const { pairs: curationPairs, types } = await saved.curation();
  const labels = await saved.labels();
  const matchedPairs = await saved.matchedPairs();
  const [motion] = await saved.motions();
  return {
    ...exampleTracking(saved.units, { rounds: 0 }),
    settings: resolved,
    sessions,
    sessionCount: motion.sessionCount,
    features: await savedFeatures(saved),
    motion,
    clustering: {
      ...clustering,
      features,
      weights: (await saved.weights()).data,
      threshold: (await saved.thresholds())[0],
      similarity: await saved.similarityMatrix(),
      featureSimilarity: await Promise.all(features.map((name) => saved.featureSimilarity(name))),
      pairs: { count: clustering.pairs.length / 2, units: clustering.pairs },
      weightHistory: [],
    },
    curation: {
      labels,
      clusterCount: Math.max(...labels) + 1,
      matchedPairs,
      curationPairs,
      curationTypes: Uint8Array.from(types),
    },
    confidence: {
      matchProbability: new Float64Array(matchedPairs.length / 2),
      unitConfidence: new Float64Array(labels.length),
    },
  };
}

const reference = join(import.meta.dirname, '../../../shared/reference');
describe.skipIf(!existsSync(reference))(
  'published results (skipped where they are not beside the project)',
  () => {
    /** Every array of the published folder has the same values and shape as the one written here. */
    async function compare(published: Store, own: Store) {
      let compared = 0;
      const same = (name: string, a: { shape: readonly number[]; data: ArrayLike<unknown> }, b: typeof a) => {
        const numbers = ({ data }: typeof a) =>
          Array.from(data, (v) => (typeof v === 'string' ? v : Number(v)));
        if (a.data.length > 0 || b.data.length > 0) expect(b.shape, name).toEqual(a.shape);
        const [x, y] = [numbers(a), numbers(b)];
        const odd = x.findIndex(
          (v, i) =>
            !Object.is(v, y[i]) && !(Math.abs(Number(v) - Number(y[i])) <= 1e-15 * Math.abs(Number(v))),
        );
        expect(odd, `${name}: ${x[odd]} and ${y[odd]}`).toBe(-1);
        compared++;
      };
      for (const name of await listDeep(published)) {
        if (!/\.np[yz]$/.test(name) || name.includes('first4')) continue;
        const [a, b] = [(await published.open(name))!, await own.open(name)];
        expect(b, name).toBeDefined();
        if (name.endsWith('.npy')) same(name, await readNpy(a), await readNpy(b!));
        else {
          const [x, y] = [await openNpz(a), await openNpz(b!)];
          for (const member of x.names) same(`${name}/${member}`, await x.read(member), await y.read(member));
        }
      }
      return compared;
    }

    it.each(['rigid', 'nonrigid', 'centering', 'given_motion', 'hard'])(
      'of case %s come out as they went in',
      async (name) => {
        const published = new FileStore(join(reference, name, 'expected'));
        const { data: sessions } = await readNpyAs(
          (await new FileStore(join(reference, name, 'data')).open('session_index.npy'))!,
          'int32',
        );
        const settings = (await new FileStore(join(reference, name)).open('settings_changes.json'))!;
        const changes = JSON.parse(new TextDecoder().decode(await settings.read(0, settings.size)));
        const result = await fromFolder(await SavedResult.open(published), sessions, changes);
        expect(await compare(published, await written(result))).toBeGreaterThan(25);
      },
    );

    it('of case multishank are merged as they were merged', async () => {
      const published = new FileStore(join(reference, 'multishank', 'expected'));
      const { data: sessions } = await readNpyAs(
        (await new FileStore(join(reference, 'multishank', 'data')).open('session_index.npy'))!,
        'int32',
      );
      const saved = await SavedResult.open(published);
      const shanks: MultiShankResult['shanks'][number][] = [];
      for (const [shankId, shank] of await saved.shanks()) {
        const units = (await shank.originalUnits())!;
        shanks.push({
          shankId,
          units,
          result: await fromFolder(
            shank,
            units.map((u) => sessions[u]),
            {},
          ),
        });
      }
      const labels = await saved.labels();
      const result: MultiShankResult = {
        ...exampleShanks(6),
        settings: shanks[0].result.settings,
        sessions,
        sessionCount: 4,
        features: await savedFeatures(saved),
        shanks,
        labels,
        clusterCount: Math.max(...labels) + 1,
        matchedPairs: await saved.matchedPairs(),
      };
      const store = new MemoryStore();
      await writeResult(store, result, EXTRA);
      expect(await compare(published, store)).toBeGreaterThan(100);
    });
  },
);
