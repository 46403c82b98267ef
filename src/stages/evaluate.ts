/** Evaluating a result folder, and comparing two. */
import { dirname, extname, join } from 'node:path';
import { InputError, throwIfStopped } from '../core/errors.ts';
import { compareTrackings, type TrackingComparison } from '../core/evaluation/compare-trackings.ts';
import { type Evaluation, type EvaluationInput, evaluateTracking } from '../core/evaluation/evaluation.ts';
import { logLikeness, populationFeatures, rowCorrelation } from '../core/evaluation/functional-checks.ts';
import { autoCorrFeature } from '../core/features/autocorrelogram.ts';
import { isiFeature } from '../core/features/isi-histogram.ts';
import { prepareSpikeTimes } from '../core/features/prepare-spike-times.ts';
import { resolveSettings, type Settings } from '../core/settings.ts';
import { correctedDepths } from '../core/similarity/nearby-pairs.ts';
import { pairValues } from '../core/similarity/pair-list.ts';
import { pathIn } from '../io/byte-source.ts';
import { readCsv } from '../io/csv.ts';
import { readUnitSpikes, type UnitSpikes } from '../io/dataset.ts';
import { FileStore, openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { readUnits } from '../io/units-table.ts';
import type { StageOptions } from './stage-options.ts';

export interface EvaluateOptions extends StageOptions {
  /** The input folder; default: the one the run read. */
  readonly dataFolder?: string;
  /** Date (YYYY-MM-DD) or day number of every session; default: the dates of `units.csv`. */
  readonly dates?: readonly string[];
  /** Whether to draw `Figures/Evaluation`; default true. */
  readonly figures?: boolean;
}

/** `Evaluation.json`: one evaluation, or one for each shank. */
export interface FolderEvaluation {
  readonly outputFolder: string;
  readonly dataFolder: string;
  /** Features of the matching and of the motion. */
  readonly used: readonly string[];
  readonly shanks: readonly { readonly shank?: number; readonly evaluation: Evaluation }[];
}

/**
 * Evaluates a result folder without ground truth, and against it where the data folder has `neuron_id.npy`. Writes
 * `Evaluation.json` and `Figures/Evaluation.png` and `.svg` into it.
 *
 * @throws InputError when a file is missing or does not fit; StoppedError when the signal is aborted
 */
export async function evaluateFolder(
  outputFolder: string,
  options: EvaluateOptions = {},
): Promise<FolderEvaluation> {
  const output = new FileStore(outputFolder);
  const root = await SavedResult.open(output);
  const run = await root.run();
  if (!run) {
    throw new InputError({
      where: pathIn(output, 'Output.npz'),
      found: 'no such file',
      expected: 'the result of a finished run',
      remedy: 'Run dant again; results of other programs can be compared with `dant compare`.',
    });
  }
  const given = run.params as Partial<Settings>;
  const dataFolder = options.dataFolder ?? given.path_to_data ?? '.';
  const data = new FileStore(dataFolder);
  const { settings } = resolveSettings(run.params as object, { hasPeth: false, fromFile: true });
  const spikes = await readUnitSpikes(data);
  if (spikes.units !== root.units) {
    throw new InputError({
      where: pathIn(data, 'session_index.npy'),
      found: `the sessions of ${spikes.units} units`,
      expected: `those of the ${root.units} units of ${outputFolder}`,
      remedy: 'Give the data folder that was tracked with --data.',
    });
  }
  await output.checkWritable();
  const used = new Set<string>([
    ...settings.clustering.features,
    ...settings.motionEstimation.features.flat(),
  ]);
  const features = await functionalFeatures(data, spikes, settings, options);
  const days = await sessionDays(data, spikes, options.dates);
  const truth = await data.open('neuron_id.npy');
  const neuronId = truth && (await readNpyAs(truth, 'int32')).data;
  const saved = await root.shanks();
  const parts: [number | undefined, SavedResult][] = saved.size > 0 ? [...saved] : [[undefined, root]];
  const shanks: { shank?: number; evaluation: Evaluation }[] = [];
  for (const [shank, part] of parts) {
    throwIfStopped(options.signal);
    const evaluation = evaluateTracking({
      ...(await savedPart(part, spikes, settings, features, neuronId)),
      used,
      days,
    });
    shanks.push({ ...(shank !== undefined && { shank }), evaluation });
  }
  const result = { outputFolder, dataFolder, used: [...used], shanks };
  await output.write('Evaluation.json', new TextEncoder().encode(evaluationJson(result)));
  if (options.figures ?? true) await drawEvaluation(output, result);
  return result;
}

/** JSON text; numbers that are none become null. */
export const evaluationJson = (evaluation: FolderEvaluation) =>
  `${JSON.stringify(evaluation, undefined, 1)}\n`;

async function drawEvaluation(output: FileStore, { shanks }: FolderEvaluation): Promise<void> {
  const { evaluationFigure } = await import('../figures/evaluation.ts');
  const { renderSvg, svgToPng, DEFAULT_PNG_SCALE } = await import('../figures/index.ts');
  for (const { shank, evaluation } of shanks) {
    const folder = shank === undefined ? 'Figures' : `Shank${shank}/Figures`;
    const svg = await renderSvg(evaluationFigure(evaluation));
    await output.write(`${folder}/Evaluation.svg`, new TextEncoder().encode(svg));
    await output.write(`${folder}/Evaluation.png`, svgToPng(svg, DEFAULT_PNG_SCALE));
  }
}

type Features = EvaluationInput['features'];

async function savedPart(
  part: SavedResult,
  spikes: UnitSpikes,
  settings: Settings,
  features: Features,
  neuronId: Int32Array | undefined,
): Promise<Omit<EvaluationInput, 'used' | 'days'>> {
  const which = (await part.originalUnits()) ?? Int32Array.from({ length: part.units }, (_, u) => u);
  const sessions = Int32Array.from(which, (unit) => spikes.sessions[unit]);
  const [motion] = await part.motions();
  const list = await part.similarityPairs();
  const pairs = { count: list.length / 2, units: list };
  const matrix = (await part.store.open('SimilarityMatrix.npy')) && (await part.similarityMatrix());
  const own: Record<string, (a: number, b: number) => number> = {};
  for (const [name, likeness] of Object.entries(features)) {
    own[name] = (a, b) => likeness(which[a], which[b]);
  }
  return {
    sessions,
    sessionCount: spikes.sessionCount,
    labels: await part.labels(),
    matchedPairs: await part.matchedPairs(),
    matchProbability: await part.matchProbability(),
    pairs,
    pairSimilarity: matrix && pairValues(matrix, part.units, pairs),
    threshold: (await part.thresholds())[0],
    depths: correctedDepths(await part.locations(), sessions, motion),
    maxDistance: settings.clustering.max_distance,
    features: own,
    neuronId: neuronId && Int32Array.from(which, (unit) => neuronId[unit]),
  };
}

/** Likeness of units by all that their spikes, and their PETH if there is one, tell. */
async function functionalFeatures(
  data: FileStore,
  spikes: UnitSpikes,
  settings: Settings,
  { onEvent, signal }: StageOptions,
): Promise<Features> {
  const { units, sessions, sessionCount } = spikes;
  const rows = (bins: number) => ({ data: new Float64Array(units * bins), bins });
  const isi = rows(Math.floor(settings.ISI.window / settings.ISI.binwidth));
  const acg = rows(2 * Math.floor(settings.autoCorr.window / settings.autoCorr.binwidth) + 1);
  const rateHz = new Float64Array(units);
  const coupling = new Float64Array(units);
  let done = 0;
  for (let session = 1; session <= sessionCount; session++) {
    const members = Array.from(sessions.keys()).filter((unit) => sessions[unit] === session);
    const trains: Float64Array[] = [];
    for (const unit of members) {
      throwIfStopped(signal);
      const train = await spikes.spikeTimes(unit);
      trains.push(train);
      const times = prepareSpikeTimes(train);
      isi.data.set(isiFeature(times, settings.ISI), unit * isi.bins);
      acg.data.set(autoCorrFeature(times, settings.autoCorr), unit * acg.bins);
      onEvent?.({ kind: 'progress', stage: 'read', step: 'units', done: ++done, total: units });
    }
    const found = populationFeatures(trains);
    members.forEach((unit, i) => {
      rateHz[unit] = found.rateHz[i];
      coupling[unit] = found.coupling[i];
    });
  }
  const source = await data.open('peth.npy');
  const peth = source && (await readNpyAs(source, 'float64'));
  return {
    ISI: (a, b) => rowCorrelation(isi.data, isi.bins, a, b),
    AutoCorr: (a, b) => rowCorrelation(acg.data, acg.bins, a, b),
    FiringRate: logLikeness(rateHz),
    PopulationCoupling: logLikeness(coupling),
    ...(peth && { PETH: (a, b) => rowCorrelation(peth.data, peth.shape[1], a, b) }),
  };
}

async function sessionDays(
  data: FileStore,
  { units, sessionCount }: UnitSpikes,
  given: readonly string[] | undefined,
): Promise<number[] | undefined> {
  if (given) {
    const days = given.map(dayOf);
    if (days.length === sessionCount && !days.some(Number.isNaN)) return days;
    throw new InputError({
      where: 'option --dates',
      found: given.join(','),
      expected: `${sessionCount} dates (YYYY-MM-DD) or day numbers, one for each session, separated by commas`,
      remedy: 'Name the date of every session, in their order.',
    });
  }
  const rows = await readUnits(data, units);
  if (!rows) return undefined;
  const days = new Array<number>(sessionCount).fill(Number.NaN);
  for (const { session, date } of rows) days[session - 1] = dayOf(date);
  return days.every(Number.isNaN) ? undefined : days;
}

const dayOf = (date: string) => {
  const text = date.trim();
  if (text === '') return Number.NaN;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Math.round(Date.parse(text) / 864e5);
};

/** The labels of a result folder, of `IdxCluster.npy`, or of a table with the columns `unit` and `neuron`. */
export async function readLabels(path: string): Promise<Int32Array> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.csv' && extension !== '.npy') {
    return (await SavedResult.open(new FileStore(path))).labels();
  }
  const source = await openFile(path);
  if (!source) {
    throw new InputError({
      where: path,
      found: 'no such file',
      expected: 'a result folder, IdxCluster.npy, or a table with the columns unit and neuron',
      remedy: 'Check the path.',
    });
  }
  if (extension === '.npy') {
    return (await readNpyAs(source, 'int32')).data.map((label) => (label > 0 ? label - 1 : -1));
  }
  const { columns, rows } = await readCsv(source);
  const [unitColumn, neuronColumn] = ['unit', 'neuron'].map((name) => columns.indexOf(name));
  const labels = new Int32Array(rows.length).fill(-2);
  rows.forEach((cells, i) => {
    const [unit, neuron] = [Number(cells[unitColumn] ?? Number.NaN), Number(cells[neuronColumn] || -1)];
    if (neuronColumn < 0 || !(Number.isInteger(unit) && labels[unit] === -2 && Number.isInteger(neuron))) {
      throw new InputError({
        where: `${path}, row ${i + 1}`,
        found: unitColumn < 0 || neuronColumn < 0 ? `the columns ${columns.join(', ')}` : cells.join(', '),
        expected: `each unit from 0 to ${rows.length - 1} once in column unit, its neuron in column neuron (-1 or empty: unmatched)`,
        remedy: `See ${join(dirname(path), 'units.csv')} in docs/files.md.`,
      });
    }
    labels[unit] = neuron > 0 ? neuron - 1 : -1;
  });
  return labels;
}

/**
 * Compares two results of one recording.
 * @param first what `readLabels` takes; so is `second`
 * @throws InputError when a file is missing, damaged, or of another number of units
 */
export async function compareFolders(first: string, second: string): Promise<TrackingComparison> {
  const [a, b] = [await readLabels(first), await readLabels(second)];
  if (a.length === b.length) return compareTrackings(a, b);
  throw new InputError({
    where: second,
    found: `${b.length} units`,
    expected: `the ${a.length} units of ${first}`,
    remedy: 'Compare two results of the same recording.',
  });
}
