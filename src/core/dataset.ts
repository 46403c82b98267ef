/** What a recording is to the method: arrays in memory, spike trains on demand. */

/** Mean waveforms, µV, C order (units, channels, samples). */
export interface Waveforms {
  readonly data: Float32Array;
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
}

/** Positions and shanks of the recording sites. */
export interface Probe {
  readonly channels: number;
  /** (channels, 2) x, y in µm; y runs along the probe. */
  readonly locations: Float64Array;
  /** (channels,) shank id of each channel; all 1 when the input names none. */
  readonly shanks: Int32Array;
  /** Whether the input named the shanks. */
  readonly hasShanks: boolean;
}

/** All sessions of one recording. */
export interface Dataset {
  readonly units: number;
  /** Number of sessions N. */
  readonly sessionCount: number;
  /** (units,) session number of each unit, 1..N. */
  readonly sessions: Int32Array;
  readonly waveforms: Waveforms;
  readonly probe: Probe;
  /** Spike times of one unit, ms, as they stand in the file (neither sorted nor shifted). */
  spikeTimes(unit: number): Promise<Float64Array>;
  /** (units, bins); NaN marks a missing bin. */
  readonly peth?: { readonly data: Float64Array; readonly bins: number };
}
