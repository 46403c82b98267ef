/** Evaluating a result folder. */
import { InputError, throwIfStopped } from '../core/errors.ts';
import { type Evaluation, type EvaluationInput, evaluateTracking } from '../core/evaluation/evaluation.ts';
import { logLikeness, populationFeatures, rowCorrelation } from '../core/evaluation/functional-checks.ts';
import { autoCorrFeature } from '../core/features/autocorrelogram.ts';
import { autoCorrBins, binsWithin } from '../core/features/histogram-bins.ts';
import { isiFeature } from '../core/features/isi-histogram.ts';
import { prepareSpikeTimes } from '../core/features/prepare-spike-times.ts';
import { resolveSettings, type Settings } from '../core/settings.ts';
import { pathIn } from '../io/byte-source.ts';
import { readUnitSpikes, type UnitSpikes } from '../io/dataset.ts';
import { openHalvedRecording } from '../io/halved-recording.ts';
import { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { shankFolder } from '../io/result-folder.ts';
import { EVALUATION_FILE, type SavedEvaluation } from '../io/saved-evaluation.ts';
import { checkUnitSessions, readUnits, UNITS_FILE } from '../io/units-table.ts';
import { automaticOf, hasCuration } from './curated-labels.ts';
import { openKernels } from './open-kernels.ts';
import { runContext } from './open-recording.ts';
import { savedTracking } from './saved-tracking.ts';
import { savedHalves } from './split-halves.ts';
import type { StageOptions } from './stage-options.ts';

export interface EvaluateOptions extends StageOptions {
  /** The input folder; default: the one the run read. */
  readonly dataFolder?: string;
  /** Date (YYYY-MM-DD) or day number of every session; default: the dates of `units.csv`. */
  readonly dates?: readonly string[];
  /** Whether to draw `Figures/Evaluation`; default true. */
  readonly figures?: boolean;
}

/** What `Evaluation.json` holds. */
export interface FolderEvaluation extends SavedEvaluation {
  readonly outputFolder: string;
  readonly dataFolder: string;
}

/**
 * Evaluates a result folder without ground truth, and against it where the data folder has `neuron_id.npy`. Writes
 * `Evaluation.json` and `Figures/Evaluation.png` and `.svg` into it. The automatic result is evaluated, also where neurons were
 * curated by hand: a warning says so.
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
  if (await hasCuration(output)) {
    const text = automaticOf(outputFolder, 'whose match probabilities are judged');
    options.onEvent?.({ kind: 'warning', text });
  }
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
  const recording = await openHalvedRecording(data);
  const open = await openKernels(settings, options.signal);
  try {
    for (const [shank, part] of parts) {
      throwIfStopped(options.signal);
      const which = (await part.originalUnits()) ?? Int32Array.from({ length: part.units }, (_, u) => u);
      const context = runContext(open.kernels, options);
      const evaluation = evaluateTracking({
        ...(await savedTracking(part, which, spikes, settings)),
        features: ofUnits(features, which),
        neuronId: neuronId && Int32Array.from(which, (unit) => neuronId[unit]),
        ...(await savedHalves(part, recording, spikes.sessions, which, settings, context)),
        used,
        days,
      });
      shanks.push({ ...(shank !== undefined && { shank }), evaluation });
    }
  } finally {
    await open.close();
  }
  const result = { outputFolder, dataFolder, used: [...used], shanks };
  await output.write(EVALUATION_FILE, new TextEncoder().encode(evaluationJson(result)));
  if (options.figures ?? true) await drawEvaluation(output, result);
  return result;
}

/** JSON text; numbers that are none become null. */
const evaluationJson = (evaluation: FolderEvaluation) => `${JSON.stringify(evaluation, undefined, 1)}\n`;

async function drawEvaluation(output: FileStore, { shanks }: FolderEvaluation): Promise<void> {
  const { evaluationFigure } = await import('../figures/evaluation.ts');
  const { renderSvg, svgToPng, DEFAULT_PNG_SCALE } = await import('../figures/index.ts');
  for (const { shank, evaluation } of shanks) {
    const folder = shank === undefined ? 'Figures' : `${shankFolder(shank)}/Figures`;
    const svg = await renderSvg(evaluationFigure(evaluation));
    await output.write(`${folder}/Evaluation.svg`, new TextEncoder().encode(svg));
    await output.write(`${folder}/Evaluation.png`, await svgToPng(svg, DEFAULT_PNG_SCALE));
  }
}

type Features = EvaluationInput['features'];

/** The likeness of units of a shank. @param which (units,) index of each among all */
function ofUnits(features: Features, which: Int32Array): Features {
  return Object.fromEntries(
    Object.entries(features).map(([name, likeness]) => [
      name,
      (a: number, b: number) => likeness(which[a], which[b]),
    ]),
  );
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
  const isi = rows(binsWithin(settings.ISI));
  const acg = rows(autoCorrBins(settings.autoCorr));
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
  { units, sessions, sessionCount }: UnitSpikes,
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
  checkUnitSessions(rows, sessions, pathIn(data, UNITS_FILE));
  const days = new Array<number>(sessionCount).fill(Number.NaN);
  for (const { session, date } of rows) days[session - 1] = dayOf(date);
  return days.every(Number.isNaN) ? undefined : days;
}

const dayOf = (date: string) => {
  const text = date.trim();
  if (text === '' || !isInCalendar(text)) return Number.NaN;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Math.round(Date.parse(text) / 864e5);
};

/** Whether the day of a date is one of its month: `Date` takes 30 February for 1 March. */
function isInCalendar(text: string): boolean {
  const parts = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})/.exec(text);
  if (!parts) return true;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
