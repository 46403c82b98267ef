/** Every setting: key, kind, default, range, unit, stage, one sentence. */

export interface SettingEntry {
  readonly key: string;
  readonly kind: 'boolean' | 'string' | 'number' | 'integer' | 'choice' | 'features' | 'featureSets';
  readonly default: unknown;
  /** Says the default in words where it follows from other settings or the input. */
  readonly defaultText?: string;
  readonly choices?: readonly [string, ...string[]];
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  /** Key of a setting that this one must not be below. */
  readonly notBelow?: string;
  readonly unit?: string;
  readonly stage: 'files' | 'run' | 'preprocessing' | 'correction' | 'motion' | 'clustering' | 'curation';
  readonly description: string;
}

export const SETTINGS_TABLE = [
  {
    key: 'path_to_data',
    kind: 'string',
    default: '.',
    stage: 'files',
    description: 'Input folder; relative to the settings file.',
  },
  {
    key: 'output_folder',
    kind: 'string',
    default: './DANT_Output',
    stage: 'files',
    description: 'Folder for the results; relative to the settings file.',
  },
  {
    key: 'preset',
    kind: 'choice',
    choices: ['reference', 'recommended'],
    default: 'recommended',
    defaultText: '"recommended" without a settings file, "reference" with one',
    stage: 'run',
    description:
      'reference computes what pyDANT computes; recommended stops by convergence, follows jumps and merges what the clustering broke apart.',
  },
  {
    key: 'save_intermediate_results',
    kind: 'boolean',
    default: true,
    stage: 'files',
    description:
      'Also write the similarities of the last motion round and of all pairs, and resultIter.json.',
  },
  {
    key: 'save_intermediate_figures',
    kind: 'boolean',
    default: false,
    stage: 'files',
    description: 'Draw the figures of every motion round under Figures/Round<i>.',
  },
  {
    key: 'save_waveforms',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    stage: 'files',
    description: 'Whether to write waveforms_corrected.npy; auto writes it up to 2 GB.',
  },
  {
    key: 'n_jobs',
    kind: 'integer',
    min: -1,
    default: -1,
    stage: 'run',
    description:
      'Threads: -1 for all cores, 0 or 1 for none besides the main one; more than there are cores count as all of them.',
  },
  {
    key: 'kernels',
    kind: 'choice',
    choices: ['auto', 'simd', 'relaxed', 'plain'],
    default: 'auto',
    stage: 'run',
    description:
      'How heavy steps are computed: simd gives the same bits on every machine, relaxed is faster with last bits that depend on the processor, plain needs no WebAssembly; auto is simd where it can run.',
  },
  {
    key: 'centering_waveforms',
    kind: 'boolean',
    default: false,
    stage: 'preprocessing',
    description: 'Shift each unit so that the trough of its peak channel falls on the middle sample.',
  },
  {
    key: 'spikeLocation.location_algorithm',
    kind: 'choice',
    choices: ['monopolar_triangulation', 'center_of_mass'],
    default: 'monopolar_triangulation',
    stage: 'preprocessing',
    description: 'How units are localised.',
  },
  {
    key: 'spikeLocation.n_nearest_channels',
    kind: 'integer',
    min: 1,
    default: 20,
    unit: 'channels',
    stage: 'preprocessing',
    description: 'Channels around the peak channel that take part in the localisation.',
  },
  {
    key: 'waveformCorrection.n_nearest_channels',
    kind: 'integer',
    min: 1,
    default: 38,
    unit: 'channels',
    stage: 'correction',
    description: 'Channels around the peak channel on which two waveforms are compared.',
  },
  {
    key: 'waveformCorrection.linear_correction',
    kind: 'boolean',
    default: false,
    stage: 'correction',
    description: 'Let the motion change linearly with depth instead of being one shift per session.',
  },
  {
    key: 'waveformCorrection.n_templates',
    kind: 'integer',
    min: 1,
    default: 2,
    stage: 'correction',
    description: 'Reference probe positions onto which waveforms are interpolated.',
  },
  {
    key: 'waveformCorrection.path_to_motion',
    kind: 'string',
    default: '',
    stage: 'correction',
    description:
      'A .npy file with known motion: (N,) constant, or (2,N) linear and constant; "" to start from none. The first feature set must then hold Waveform, which with peth.npy the default does not; all shanks start from it, so give the motion.npy of one Shank<ID>/, not that of all.',
  },
  {
    key: 'autoCorr.window',
    kind: 'number',
    above: 0,
    notBelow: 'autoCorr.binwidth',
    default: 300,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Largest lag of the autocorrelogram.',
  },
  {
    key: 'autoCorr.binwidth',
    kind: 'number',
    above: 0,
    default: 1,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Bin width of the autocorrelogram.',
  },
  {
    key: 'autoCorr.gaussian_sigma',
    kind: 'number',
    above: 0,
    default: 5,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Smoothing of the autocorrelogram.',
  },
  {
    key: 'ISI.window',
    kind: 'number',
    above: 0,
    notBelow: 'ISI.binwidth',
    default: 100,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Largest inter-spike interval of the histogram.',
  },
  {
    key: 'ISI.binwidth',
    kind: 'number',
    above: 0,
    default: 1,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Bin width of the inter-spike interval histogram.',
  },
  {
    key: 'ISI.gaussian_sigma',
    kind: 'number',
    above: 0,
    default: 1,
    unit: 'ms',
    stage: 'preprocessing',
    description: 'Smoothing of the inter-spike interval histogram.',
  },
  {
    key: 'motionEstimation.features',
    kind: 'featureSets',
    default: [['Waveform', 'AutoCorr']],
    defaultText:
      '[["AutoCorr","PETH"],["Waveform","AutoCorr","PETH"]] with peth.npy, else [["Waveform","AutoCorr"]]',
    stage: 'motion',
    description: 'Features of each round of motion estimation.',
  },
  {
    key: 'motionEstimation.max_iter',
    kind: 'integer',
    min: 1,
    max: 1000,
    default: 15,
    defaultText: '15 with repeat_last_feature_set, else the number of feature sets',
    stage: 'motion',
    description: 'Largest number of rounds.',
  },
  {
    key: 'motionEstimation.repeat_last_feature_set',
    kind: 'boolean',
    default: true,
    defaultText: 'true; false in a settings file that does not say',
    stage: 'motion',
    description: 'Go on with the last feature set until max_iter.',
  },
  {
    key: 'motionEstimation.stop_early',
    kind: 'boolean',
    default: true,
    defaultText: 'true; false in a settings file that does not say',
    stage: 'motion',
    description: 'With stop_rule "matches": stop and step back when the number of matches does not grow.',
  },
  {
    key: 'motionEstimation.stop_rule',
    kind: 'choice',
    choices: ['matches', 'converged'],
    default: 'matches',
    defaultText: '"matches" in the preset reference, "converged" in recommended',
    stage: 'motion',
    description: 'End the rounds by the count of matches, or when the motion no longer changes.',
  },
  {
    key: 'motionEstimation.motion_tol',
    kind: 'number',
    above: 0,
    default: 1,
    unit: 'µm',
    stage: 'motion',
    description: 'Largest change of the motion that counts as converged.',
  },
  {
    key: 'motionEstimation.pool_shanks',
    kind: 'choice',
    choices: ['none', 'rigid'],
    default: 'none',
    stage: 'motion',
    description:
      'Shanks tracked each: none estimates the motion of every shank apart; rigid estimates one shift per session from the pairs of all shanks.',
  },
  {
    key: 'motionEstimation.max_distance',
    kind: 'number',
    min: 0,
    default: 100,
    defaultText: 'clustering.max_distance',
    unit: 'µm',
    stage: 'motion',
    description: 'Largest distance in depth of candidate pairs while motion is estimated.',
  },
  {
    key: 'motionEstimation.bridge_jumps',
    kind: 'boolean',
    default: false,
    defaultText: 'false in the preset reference, true in recommended',
    stage: 'motion',
    description:
      'Bring sessions that no matched pairs connect to the others by units that are alike, up to search_distance away.',
  },
  {
    key: 'motionEstimation.search_distance',
    kind: 'number',
    min: 0,
    default: 300,
    unit: 'µm',
    stage: 'motion',
    description:
      'How far bridge_jumps looks; with nearby candidates, how much farther apart in depth candidate pairs may be before any motion is known.',
  },
  {
    key: 'clustering.candidates',
    kind: 'choice',
    choices: ['auto', 'all', 'nearby'],
    default: 'auto',
    stage: 'clustering',
    description:
      'Pairs that are compared at all: all, as pyDANT does, or nearby, those within max_distance and of two sessions, which takes far less memory; auto is all up to 10,000 units.',
  },
  {
    key: 'clustering.max_distance',
    kind: 'number',
    min: 0,
    default: 100,
    unit: 'µm',
    stage: 'clustering',
    description: 'Largest distance in depth of candidate pairs.',
  },
  {
    key: 'clustering.features',
    kind: 'features',
    default: ['Waveform', 'AutoCorr'],
    stage: 'clustering',
    description: 'Features of the final clustering.',
  },
  {
    key: 'clustering.n_iter',
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 10,
    stage: 'clustering',
    description: 'Largest number of alternations of clustering and weight learning.',
  },
  {
    key: 'clustering.weight_tol',
    kind: 'number',
    min: 0,
    default: 1e-8,
    stage: 'clustering',
    description: 'Summed change of the weights below which the alternation stops.',
  },
  {
    key: 'autoCuration.auto_split',
    kind: 'boolean',
    default: true,
    stage: 'curation',
    description: 'Split clusters whose units are not linked by similarities above the threshold.',
  },
  {
    key: 'autoCuration.auto_merge',
    kind: 'boolean',
    default: false,
    defaultText: 'false in the preset reference, true in recommended',
    stage: 'curation',
    description: 'Join clusters and single units that the clustering broke apart.',
  },
  {
    key: 'autoCuration.merge_factor',
    kind: 'number',
    above: 0,
    default: 0.9,
    stage: 'curation',
    description: 'Groups join while their mean similarity exceeds this fraction of the threshold.',
  },
] as const satisfies readonly SettingEntry[];
