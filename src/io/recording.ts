/** Writing an input folder (docs/files.md) from a recording that comes from another format. */
import { throwIfStopped } from '../core/errors.ts';
import type { Store } from './byte-source.ts';
import { concurrently } from './concurrently.ts';
import { HALVES_FILE } from './halved-recording.ts';
import { encodeNpy, type NpyOutput, npyChunks } from './npy-writer.ts';
import { RECORDED_FILE } from './recorded-channels.ts';
import { replaceFiles } from './replace-files.ts';
import { spikeFileName } from './spike-times.ts';
import { encodeUnits, UNITS_FILE, type UnitRow } from './units-table.ts';

/** A recording as other formats hold it: everything of a unit on demand. */
export interface Recording {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  /** (units,) session of each unit, 1..N. */
  readonly sessions: Int32Array;
  /** Type the waveforms come in. */
  readonly waveformType: 'float32' | 'float64';
  /** (channels, samples) µV. */
  waveform(unit: number): Float32Array | Float64Array | Promise<Float32Array | Float64Array>;
  /** (2, channels, samples) µV, over either half of the spikes. */
  waveformHalves?(unit: number): Float32Array;
  /** (channels, 2) x, y in µm. */
  readonly channelLocations: Float64Array;
  /** (channels,) shank ids. */
  readonly channelShanks?: Int32Array;
  /** ms */
  spikeTimes(unit: number): Float64Array | Promise<Float64Array>;
  /** One row of bins for each unit, NaN for a missing bin. */
  readonly peth?: { readonly bins: number; row(unit: number): Float64Array };
  /** Where every unit comes from, for `units.csv`. */
  readonly unitRows?: readonly UnitRow[];
  /** (sessions, channels) 1 where a session recorded a channel; undefined when every session recorded all. */
  readonly channelRecorded?: Uint8Array;
  /** Further files to write, by name. */
  readonly extraFiles?: ReadonlyMap<string, Uint8Array>;
}

export interface WriteRecordingOptions {
  /** Called after every unit's waveform and after every unit's spike train: 2 · units in all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What an input folder may hold, the truth of a simulated recording with it: nothing of an earlier one must stay. */
export const RECORDING_FILES = [
  'waveform_all.npy',
  HALVES_FILE,
  'session_index.npy',
  'channel_locations.npy',
  'channel_shanks.npy',
  'peth.npy',
  UNITS_FILE,
  RECORDED_FILE,
  'neuron_id.npy',
  'true_motion.npy',
];

/**
 * Writes a recording as an input folder, replacing the one that is there; when it fails, that one stays as it was.
 * @throws StoppedError when the signal is aborted
 */
export async function writeRecording(
  store: Store,
  recording: Recording,
  { progress, signal }: WriteRecordingOptions = {},
): Promise<void> {
  const { units, channels, samples, channelShanks, channelRecorded, peth, unitRows } = recording;
  let done = 0;
  const unitDone = () => {
    throwIfStopped(signal);
    progress?.(++done, 2 * units);
  };
  const earlier = async () => {
    const trains = (await store.list('spike_times')).filter((name) => /^Unit\d+\.npy$/.test(name));
    return [
      ...RECORDING_FILES,
      ...(recording.extraFiles?.keys() ?? []),
      ...trains.map((name) => `spike_times/${name}`),
    ];
  };
  await replaceFiles(store, { earlier, mark: 'waveform_all.npy' }, async (staging) => {
    const write = (name: string, array: NpyOutput) => staging.write(name, npyChunks(array));
    await write('session_index.npy', { dtype: 'int64', shape: [units], data: recording.sessions });
    await write('channel_locations.npy', {
      dtype: 'float64',
      shape: [channels, 2],
      data: recording.channelLocations,
    });
    if (channelShanks) {
      await write('channel_shanks.npy', { dtype: 'int64', shape: [channels], data: channelShanks });
    }
    if (peth) {
      await write('peth.npy', {
        dtype: 'float64',
        shape: [units, peth.bins],
        *data() {
          for (let unit = 0; unit < units; unit++) yield peth.row(unit);
        },
      });
    }
    if (channelRecorded) {
      await write(RECORDED_FILE, {
        dtype: 'bool',
        shape: [channelRecorded.length / channels, channels],
        data: channelRecorded,
      });
    }
    if (recording.waveformHalves) {
      await write(HALVES_FILE, {
        dtype: 'float32',
        shape: [units, 2, channels, samples],
        *data() {
          for (let unit = 0; unit < units; unit++) {
            throwIfStopped(signal);
            yield recording.waveformHalves?.(unit) ?? [];
          }
        },
      });
    }
    for (const [name, bytes] of recording.extraFiles ?? []) await staging.write(name, bytes);
    if (unitRows) await staging.write(UNITS_FILE, encodeUnits(unitRows));
    await concurrently(units, async (unit) => {
      const data = await recording.spikeTimes(unit);
      await staging.write(spikeFileName(unit), encodeNpy({ dtype: 'float64', shape: [data.length], data }));
      unitDone();
    });
    await write('waveform_all.npy', {
      dtype: recording.waveformType,
      shape: [units, channels, samples],
      async *data() {
        for (let unit = 0; unit < units; unit++) {
          yield await recording.waveform(unit);
          unitDone();
        }
      },
    });
  });
}
