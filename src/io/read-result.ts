/** Reading an output folder back, each array when it is asked for. */
import { fromFileLabels } from '../core/curation/cluster-labels.ts';
import { InputError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import type { NdArray } from '../core/ndarray.ts';
import type { Histogram } from '../core/result.ts';
import { FEATURE_NAMES, type FeatureName } from '../core/settings.ts';
import { type ByteSource, pathIn, type Store, subStore } from './byte-source.ts';
import { checkLabels, checkPairs, checkPairValues, checkUnitCounts } from './check-result.ts';
import { type NumericArrays, openNpy, readNpy, readNpyAs, readNpyRowsAs } from './npy.ts';
import { openNpz } from './npz.ts';
import { shankFolders } from './result-folder.ts';
import { readUnits, type UnitRow } from './units-table.ts';
import { SIMILARITY_FILES } from './write-clustering.ts';

/** What `Output.npz` tells about the run. */
export interface SavedRun {
  /** Session of each unit, 1..N. */
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  /** Features of the final clustering. */
  readonly features: readonly FeatureName[];
  /** The settings of the run, as they were checked. */
  readonly params: unknown;
  readonly runTimeSec: number;
  readonly dateTime: string;
}

/** The clustering before curation. */
export interface SavedClustering {
  /** (units,) from 0, -1 noise. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  /** (units,) */
  readonly leafOrder: Int32Array;
  /** (P, 2) candidate pairs. */
  readonly pairs: Int32Array;
  /** (P, features) */
  readonly pairSimilarity: NdArray<Float64Array>;
}

export interface SavedCuration {
  /** (K, 2) */
  readonly pairs: Int32Array;
  /** (K,) number of the type, from 1. */
  readonly types: Int32Array;
  readonly typeNames: readonly string[];
}

/** The waveform of one unit read where the probe would have been. */
export interface SavedWaveform {
  /** (channels, samples, templates) µV. */
  readonly data: Float32Array;
  readonly channels: number;
  readonly samples: number;
  readonly templates: number;
}

/**
 * An output folder. Labels count from 0 here, as everywhere in memory. Every method reads from the disk and throws InputError
 * when a file is missing or damaged; those that may rightly be missing give undefined.
 */
export class SavedResult {
  readonly store: Store;
  readonly units: number;

  private constructor(store: Store, units: number) {
    this.store = store;
    this.units = units;
  }

  /**
   * @param options.finished false for a folder in which not all stages have run
   * @throws InputError when there is no result in the folder, or its files are of different numbers of units
   */
  static async open(store: Store, { finished = true } = {}): Promise<SavedResult> {
    const name = finished ? 'IdxCluster.npy' : 'locations.npy';
    const source = await store.open(name);
    if (!source) throw missing(store, name);
    const [units = 0] = (await openNpy(source)).shape;
    // Where not all stages have run, files of later ones may still be of an earlier recording.
    if (finished) await checkUnitCounts(store, units);
    return new SavedResult(store, units);
  }

  /** (units,) curated cluster of each unit, -1 unmatched. */
  async labels(): Promise<Int32Array> {
    const labels = await this.vector('IdxCluster.npy', 'int32');
    checkLabels(this.store, 'IdxCluster.npy', labels);
    return fromFileLabels(labels);
  }

  /** `units.csv`: where each unit comes from and its neuron; undefined when a version before it wrote the result. */
  unitRows(): Promise<UnitRow[] | undefined> {
    return readUnits(this.store, this.units);
  }

  /** (M, 2) pairs of units that share a curated cluster. */
  async matchedPairs(): Promise<Int32Array> {
    const pairs = await this.vector('MatchedPairs.npy', 'int32');
    checkPairs(this.store, 'MatchedPairs.npy', pairs, this.units);
    return pairs;
  }

  /** (M,) probability of every matched pair; undefined in results of other programs. */
  async matchProbability(): Promise<Float64Array | undefined> {
    const values = await this.optionalVector('MatchProbability.npy');
    if (values) await checkPairValues(this.store, 'MatchProbability.npy', values.length);
    return values;
  }

  /** (units,) mean probability of a unit's matched pairs, NaN where there is none; undefined in results of other programs. */
  unitConfidence(): Promise<Float64Array | undefined> {
    return this.optionalVector('UnitConfidence.npy');
  }

  /** Expected number of pairs of one neuron among all candidates; undefined where it was not told. */
  async expectedPairs(): Promise<number | undefined> {
    const [pairs = Number.NaN] = (await this.optionalVector('ExpectedPairs.npy')) ?? [];
    return Number.isNaN(pairs) ? undefined : pairs;
  }

  /** (units, 3) µm. */
  locations(): Promise<Float64Array> {
    return this.vector('locations.npy', 'float64');
  }

  /** (units,) µV. */
  amplitude(): Promise<Float64Array> {
    return this.vector('amplitude.npy', 'float64');
  }

  /** (units,) channel index. */
  peakChannels(): Promise<Int32Array> {
    return this.vector('peak_channels.npy', 'int32');
  }

  /** (units,) shank ids. */
  unitShanks(): Promise<Int32Array> {
    return this.vector('unit_shanks.npy', 'int32');
  }

  autoCorr(): Promise<Histogram | undefined> {
    return this.histogram('auto_corr.npy');
  }

  isi(): Promise<Histogram | undefined> {
    return this.histogram('isi.npy');
  }

  peth(): Promise<Histogram | undefined> {
    return this.histogram('peth.npy');
  }

  /** (units, units) weighted similarity. */
  similarityMatrix(): Promise<Float64Array> {
    return this.vector('SimilarityMatrix.npy', 'float64');
  }

  /** (units, units) */
  distanceMatrix(): Promise<Float64Array> {
    return this.vector('DistanceMatrix.npy', 'float64');
  }

  /** (units, units) similarity by one feature, zeros when it was not compared. */
  featureSimilarity(name: FeatureName): Promise<Float64Array> {
    return this.vector(`${SIMILARITY_FILES[name]}.npy`, 'float64');
  }

  /** (P, 2) candidate pairs. */
  similarityPairs(): Promise<Int32Array> {
    return this.vector('SimilarityPairs.npy', 'int32');
  }

  /** (features,), of a result of several shanks (shanks, features). */
  weights(): Promise<NdArray<Float64Array>> {
    return this.array('SimilarityWeights.npy', 'float64');
  }

  /** One value, of a result of several shanks one for each. */
  thresholds(): Promise<Float64Array> {
    return this.vector('SimilarityThreshold.npy', 'float64');
  }

  /** One motion, of a result of several shanks one for each. */
  async motions(): Promise<Motion[]> {
    const { shape, data: constant } = await this.array('motion_constant.npy', 'float64');
    const linear = await this.vector('motion_linear.npy', 'float64');
    const scale = await this.vector('motion_linear_scale.npy', 'float64');
    const n = shape[shape.length - 1] ?? 0;
    if (linear.length !== constant.length || scale.length * n !== constant.length) {
      throw new InputError({
        where: pathIn(this.store, 'motion_linear.npy'),
        found: `${linear.length} values and ${scale.length} of motion_linear_scale.npy`,
        expected: `${constant.length} values, as motion_constant.npy has, and one scale for each ${n} of them`,
        remedy: 'The files come from different runs: run again.',
      });
    }
    return Array.from(
      scale,
      (linearScale, i) =>
        new Motion(n, {
          linearScale,
          linear: linear.subarray(i * n, (i + 1) * n),
          constant: constant.subarray(i * n, (i + 1) * n),
        }),
    );
  }

  async curation(): Promise<SavedCuration> {
    const names = await readNpy(await this.source('CurationTypeNames.npy'));
    return {
      pairs: await this.vector('CurationPairs.npy', 'int32'),
      types: await this.vector('CurationTypes.npy', 'int32'),
      typeNames: names.dtype === 'unicode' ? names.data : [],
    };
  }

  async clustering(): Promise<SavedClustering> {
    const file = await openNpz(await this.source('ClusteringResults.npz'));
    const vector = async (name: string) => (await file.readAs(name, 'int32')).data;
    return {
      labels: fromFileLabels(await vector('idx_cluster_hdbscan')),
      clusterCount: (await vector('n_cluster'))[0],
      leafOrder: await vector('leafOrder'),
      pairs: await vector('idx_unit_pairs'),
      pairSimilarity: await file.readAs('similarity_all', 'float64'),
    };
  }

  /** (units,) cluster of each unit before curation, from 0, -1 noise; undefined when the folder does not tell. */
  async clusterLabels(): Promise<Int32Array | undefined> {
    const labels = await this.clusteringVector('idx_cluster_hdbscan');
    return labels && fromFileLabels(labels);
  }

  /** (units,) optimal leaf order of the single-linkage tree; undefined when the folder does not tell. */
  leafOrder(): Promise<Int32Array | undefined> {
    return this.clusteringVector('leafOrder');
  }

  /** Waveform of one unit as it was compared. @throws RangeError when there is no such unit */
  async correctedWaveform(unit: number): Promise<SavedWaveform> {
    const file = await openNpy(await this.source('waveforms_corrected.npy'));
    const { data, shape } = await readNpyRowsAs(file, unit, unit + 1, 'float32');
    const [, channels, samples, templates = 1] = shape;
    return { data, channels, samples, templates };
  }

  /** What the run was; undefined when the folder has no `Output.npz`, as after an interrupted run. */
  async run(): Promise<SavedRun | undefined> {
    const source = await this.store.open('Output.npz');
    if (!source) return undefined;
    const file = await openNpz(source);
    const text = async (name: string) => {
      const { data } = await file.read(name);
      return Array.from(data as ArrayLike<unknown>, String);
    };
    const [params] = await text('Params');
    const names = await text('SimilarityNames');
    return {
      sessions: (await file.readAs('Sessions', 'int32')).data,
      sessionCount: (await file.readAs('NumSession', 'int32')).data[0],
      features: names.filter(isFeature),
      params: parseJson(params, source),
      runTimeSec: (await file.readAs('RunTime', 'float64')).data[0],
      dateTime: (await text('DateTime'))[0],
    };
  }

  /** Results of the shanks by their ids, when they were tracked apart. */
  shanks(): Promise<Map<number, SavedResult>> {
    return SavedResult.shanksIn(this.store);
  }

  /** The results in the shank folders of a folder, by their ids. */
  static async shanksIn(store: Store): Promise<Map<number, SavedResult>> {
    const shanks = new Map<number, SavedResult>();
    for (const folder of await shankFolders(store)) {
      shanks.set(Number(folder.slice('Shank'.length)), await SavedResult.open(subStore(store, folder)));
    }
    return new Map([...shanks].sort(([a], [b]) => a - b));
  }

  /** (units,) indices among all units; undefined unless this is the result of one shank of several. */
  async originalUnits(): Promise<Int32Array | undefined> {
    const source = await this.store.open('original_unit_indices.npy');
    return source && (await readNpyAs(source, 'int32')).data;
  }

  /** One array of the clustering without the large ones beside it. */
  private async clusteringVector(name: string): Promise<Int32Array | undefined> {
    const source = await this.store.open('ClusteringResults.npz');
    if (!source) return undefined;
    const file = await openNpz(source);
    return file.names.includes(name) ? (await file.readAs(name, 'int32')).data : undefined;
  }

  private async source(name: string): Promise<ByteSource> {
    const source = await this.store.open(name);
    if (source) return source;
    throw missing(this.store, name);
  }

  private async array<K extends keyof NumericArrays>(
    name: string,
    type: K,
  ): Promise<NdArray<NumericArrays[K]>> {
    return readNpyAs(await this.source(name), type);
  }

  private async vector<K extends keyof NumericArrays>(name: string, type: K): Promise<NumericArrays[K]> {
    return (await this.array(name, type)).data;
  }

  private async optionalVector(name: string): Promise<Float64Array | undefined> {
    const source = await this.store.open(name);
    return source && (await readNpyAs(source, 'float64')).data;
  }

  private async histogram(name: string): Promise<Histogram | undefined> {
    const source = await this.store.open(name);
    if (!source) return undefined;
    const { data, shape } = await readNpyAs(source, 'float64');
    return { data, bins: shape[1] ?? 0 };
  }
}

const isFeature = (name: string): name is FeatureName => (FEATURE_NAMES as readonly string[]).includes(name);

function missing(store: Store, name: string): InputError {
  return new InputError({
    where: pathIn(store, name),
    found: 'no such file',
    expected: 'the folder of a finished run',
    remedy: 'Check the path, or run dant again.',
  });
}

function parseJson(text: string, source: ByteSource): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      {
        where: `${source.name}, array Params`,
        found: 'text that is no JSON',
        expected: 'the settings of the run',
        remedy: 'The file is not one of dant, or damaged: run again.',
      },
      { cause },
    );
  }
}
