/** The files of a SpikeInterface SortingAnalyzer, saved as `binary_folder` or as `zarr`. */
import { InputError } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { readNpy, readNpyAs } from '../npy.ts';
import { readRecords } from '../npy-records.ts';

export interface NumberArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Both ways of saving, seen as one. */
export interface AnalyzerFiles {
  readonly name: string;
  /** What `spikeinterface_info` says; undefined for a folder that is no analyzer. */
  info(): Promise<Json | undefined>;
  settings(): Promise<Json>;
  recordingAttributes(): Promise<Json>;
  probegroup(): Promise<Json>;
  /** Sampling frequency and, in a folder, unit ids. */
  sortingInfo(): Promise<Json>;
  unitIds(): Promise<readonly string[]>;
  /** Sample, unit and segment of every spike. */
  spikes(): Promise<{ sample: Float64Array; unit: Float64Array; segment: Float64Array }>;
  /** Names of the properties of units. */
  propertyNames(): Promise<readonly string[]>;
  /** One value for each unit as text; undefined for a property that is more than that. */
  property(name: string): Promise<readonly string[] | undefined>;
  /** (units, channels) 1 where the waveforms of a unit were kept; undefined when all were. */
  sparsity(): Promise<NumberArray | undefined>;
  /** Parameters of an extension; undefined when it was not computed. */
  extensionParams(extension: string): Promise<Json | undefined>;
  extensionArray(extension: string, name: string): Promise<NumberArray | undefined>;
}

export type Json = Readonly<Record<string, unknown>>;

/** @throws InputError when a file of it is damaged; so do the methods */
export function folderFiles(folder: Store): AnalyzerFiles {
  const json = async (name: string): Promise<Json | undefined> => {
    const source = await folder.open(name);
    return source && parseJson(await source.read(0, source.size), source.name);
  };
  const required = async (name: string) => (await json(name)) ?? missing(pathIn(folder, name));
  const numbers = async (name: string): Promise<NumberArray | undefined> => {
    const source = await folder.open(name);
    return source && readNpyAs(source, 'float64');
  };
  return {
    name: folder.name,
    info: () => json('spikeinterface_info.json'),
    settings: async () => (await json('settings.json')) ?? {},
    recordingAttributes: () => required('recording_info/recording_attributes.json'),
    probegroup: () => required('recording_info/probegroup.json'),
    sortingInfo: () => required('sorting/numpysorting_info.json'),
    async unitIds() {
      const { unit_ids: ids } = await required('sorting/numpysorting_info.json');
      if (Array.isArray(ids)) return ids.map(String);
      return missing(pathIn(folder, 'sorting/numpysorting_info.json, unit_ids'));
    },
    async spikes() {
      const source = await folder.open('sorting/spikes.npy');
      if (!source) return missing(pathIn(folder, 'sorting/spikes.npy'));
      const records = await readRecords(source);
      const field = (name: string) => records.get(name) ?? missing(`${source.name}, ${name}`);
      return { sample: field('sample_index'), unit: field('unit_index'), segment: field('segment_index') };
    },
    propertyNames: async () =>
      (await folder.list('sorting/properties'))
        .filter((name) => name.endsWith('.npy'))
        .map((name) => name.slice(0, -4)),
    async property(name) {
      const source = await folder.open(`sorting/properties/${name}.npy`);
      if (!source) return undefined;
      try {
        const { data, shape } = await readNpy(source);
        return shape.length === 1 ? Array.from(data as ArrayLike<unknown>, String) : undefined;
      } catch (error) {
        // Python objects and the like: of no use here.
        if (error instanceof InputError) return undefined;
        throw error;
      }
    },
    async sparsity() {
      const source = await folder.open('sparsity_mask.npy');
      if (!source) return undefined;
      const { data, shape } = await readNpy(source);
      return { data: Float64Array.from(data as ArrayLike<number>, Number), shape };
    },
    async extensionParams(extension) {
      return json(`extensions/${extension}/params.json`);
    },
    extensionArray: (extension, name) => numbers(`extensions/${extension}/${name}.npy`),
  };
}

/** Zarr version 2, as SpikeInterface writes it, with the codecs of zarrita. @throws as `folderFiles` */
export function zarrFiles(folder: Store): AnalyzerFiles {
  const attributes = async (group: string): Promise<Json> => {
    const source = await folder.open(group === '' ? '.zattrs' : `${group}/.zattrs`);
    return source ? parseJson(await source.read(0, source.size), source.name) : {};
  };
  const part = async (group: string, key: string) =>
    ((await attributes(group))[key] as Json | undefined) ??
    missing(pathIn(folder, `${group}/.zattrs, ${key}`));
  const array = async (path: string) => {
    if (!(await folder.open(`${path}/.zarray`))) return undefined;
    const zarr = await import('zarrita');
    const store = {
      async get(key: string) {
        const source = await folder.open(key.replace(/^\//, ''));
        return source?.read(0, source.size);
      },
    };
    try {
      const opened = await zarr.open.v2(zarr.root(store).resolve(path), { kind: 'array', attrs: false });
      const { data, shape } = await zarr.get(opened);
      // Elements may come behind an iterator only.
      return { values: Array.from(data as Iterable<unknown>), shape };
    } catch (cause) {
      throw new InputError(
        {
          where: pathIn(folder, path),
          found: `an array that cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
          expected: 'an array of zarr version 2 with the compression of SpikeInterface',
          remedy: "Save the analyzer as a folder: analyzer.save_as(folder=…, format='binary_folder').",
        },
        { cause },
      );
    }
  };
  const numbers = async (path: string): Promise<NumberArray | undefined> => {
    const found = await array(path);
    return found && { data: Float64Array.from(found.values, Number), shape: found.shape };
  };
  const required = async (path: string) => (await numbers(path)) ?? missing(pathIn(folder, path));
  return {
    name: folder.name,
    info: async () => (await attributes('')).spikeinterface_info as Json | undefined,
    settings: async () => ((await attributes('')).settings as Json | undefined) ?? {},
    recordingAttributes: () => part('recording_info', 'recording_attributes'),
    probegroup: () => part('recording_info', 'probegroup'),
    sortingInfo: () => attributes('sorting'),
    async unitIds() {
      const found = await array('sorting/unit_ids');
      return found ? found.values.map(String) : missing(pathIn(folder, 'sorting/unit_ids'));
    },
    async spikes() {
      const sample = (await required('sorting/spikes/sample_index')).data;
      const unit = (await required('sorting/spikes/unit_index')).data;
      const { data: slices } = await required('sorting/spikes/segment_slices');
      const segment = new Float64Array(sample.length);
      for (let s = 0; s < slices.length / 2; s++) segment.fill(s, slices[2 * s], slices[2 * s + 1]);
      return { sample, unit, segment };
    },
    propertyNames: async () =>
      (await folder.list('sorting/properties'))
        .filter((name) => name.endsWith('/'))
        .map((name) => name.slice(0, -1)),
    async property(name) {
      const found = await array(`sorting/properties/${name}`).catch(() => undefined);
      return found?.shape.length === 1 ? found.values.map(String) : undefined;
    },
    sparsity: () => numbers('sparsity_mask'),
    async extensionParams(extension) {
      return (await attributes(`extensions/${extension}`)).params as Json | undefined;
    },
    extensionArray: (extension, name) => numbers(`extensions/${extension}/${name}`),
  };
}

function parseJson(bytes: Uint8Array, where: string): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (cause) {
    throw new InputError(
      {
        where,
        found: 'text that is no JSON',
        expected: 'what SpikeInterface wrote',
        remedy: 'Save the analyzer again.',
      },
      { cause },
    );
  }
}

function missing(where: string): never {
  throw new InputError({
    where,
    found: 'nothing',
    expected: 'what SpikeInterface 0.101 or newer writes for a SortingAnalyzer',
    remedy:
      'Save the analyzer again; docs/import.md has Python lines that write an input folder from any analyzer.',
  });
}
