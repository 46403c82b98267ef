/** A report of a result: one HTML file that needs nothing else. */
import { basename, dirname, resolve } from 'node:path';
import { contiguousLabels, pairsWithinClusters } from '../core/curation/cluster-labels.ts';
import type { CurationState } from '../core/curation/replay.ts';
import { InputError, throwIfStopped } from '../core/errors.ts';
import type { TrackingResult } from '../core/result.ts';
import { evaluationFigure } from '../figures/evaluation.ts';
import { neuronFigure } from '../figures/neuron.ts';
import type { RecordedShank } from '../figures/recording.ts';
import { renderSvg } from '../figures/render.ts';
import { fontFaces } from '../figures/svg-to-png.ts';
import { trackedSummaryFigure } from '../figures/tracked-summary.ts';
import { readCandidatePairs } from '../io/candidate-pairs.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import { FileStore, isThere } from '../io/node/file-store.ts';
import { readEvaluation } from '../io/saved-evaluation.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { neuronsOf } from '../io/write-curated.ts';
import { neuronPage } from './neuron-figures.ts';
import { openTracked } from './open-tracked.ts';
import { htmlDocument, type ReportEvaluation, type ReportNeuron } from './report-html.ts';
import { NO_CLUSTERING } from './stage-state.ts';

export interface ReportOptions {
  /** Neurons with a page of their own, by the ids of the curated result. */
  readonly neurons?: readonly number[];
  /** Of the program. */
  readonly version: string;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what does not count in the log of the curation. */
  readonly warn?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes the report of an output folder, its curation included.
 * @throws InputError when there is no result, a neuron is not there, or the file cannot be written; StoppedError
 */
export async function writeReport(
  folder: string,
  file: string,
  { dataFolder, ...options }: ReportOptions & { readonly dataFolder?: string },
): Promise<{ readonly bytes: number; readonly neurons: number; readonly pages: number }> {
  const path = resolve(file);
  refuseOtherFiles(path);
  const tracked = await openTracked(folder, dataFolder);
  const { log, replayed } = await new CurationLogFile(folder, tracked).current();
  for (const text of log.warnings) options.warn?.(text);
  const html = new TextEncoder().encode(await reportHtml(tracked, replayed.state, options));
  await new FileStore(dirname(path)).write(basename(path), html);
  return {
    bytes: html.length,
    neurons: neuronsOf(replayed.state.labels).size,
    pages: options.neurons?.length ?? 0,
  };
}

/** A report takes the place of an earlier one, of nothing else. */
function refuseOtherFiles(path: string): void {
  if (/\.html?$/i.test(path) || !isThere(path)) return;
  throw new InputError({
    where: path,
    found: 'something that is there already and whose name does not end in .html',
    expected: 'an HTML file, or no file of that name',
    remedy: 'Give another name, such as report.html.',
  });
}

/** @throws InputError when a neuron is not there; StoppedError */
export async function reportHtml(
  folder: TrackedFolder,
  state: CurationState,
  { neurons = [], version, onProgress, signal }: ReportOptions,
): Promise<string> {
  const all = neuronsOf(state.labels);
  const chosen = chooseNeurons(all, neurons, folder.store.name);
  const pairs = await readCandidatePairs(folder);
  const summary = await renderSvg(
    trackedSummaryFigure(
      { sessionCount: folder.sessionCount, unitCount: folder.units, shanks: shanksOf(folder, state) },
      {
        weighted: pairs.similarity[0],
        matched: pairs.matched,
        thresholds: folder.shanks.map(({ threshold }) => threshold),
      },
      `${all.size} neurons tracked over ${folder.sessionCount} sessions`,
    ),
  );
  const evaluation = await readEvaluation(folder.store);
  const evaluations: ReportEvaluation[] = [];
  const curated = state.labels.some((label, unit) => label !== folder.labels[unit]);
  for (const { shank, evaluation: found } of evaluation?.shanks ?? []) {
    const figure = await renderSvg(evaluationFigure(found));
    evaluations.push({ shank, curated, figure, warnings: found.warnings });
  }
  const pages = new Map<number, string>();
  for (const [id, units] of chosen) {
    throwIfStopped(signal);
    onProgress?.(pages.size, chosen.length);
    pages.set(id, await renderSvg(neuronFigure(await neuronPage(folder, units, `Neuron ${id}`))));
  }
  onProgress?.(chosen.length, chosen.length);
  const rows: ReportNeuron[] = [];
  for (const [id, units] of all) rows.push(await describe(folder, state, id, units));
  return htmlDocument({
    name: basename(resolve(folder.store.name)),
    version,
    dateTime: folder.run?.dateTime,
    fonts: await fontFaces(),
    facts: factsOf(folder, state),
    summary,
    evaluations,
    neurons: rows,
    pages,
    params: folder.run?.params,
  });
}

/** @throws InputError when one of them is not there */
export function chooseNeurons(
  all: ReadonlyMap<number, readonly number[]>,
  ids: readonly number[],
  where: string,
): (readonly [number, readonly number[]])[] {
  return [...new Set(ids)].map((id) => {
    const units = all.get(id);
    if (units) return [id, units] as const;
    const last = [...all.keys()].pop();
    throw new InputError({
      where,
      found: `no neuron ${id}`,
      expected:
        last === undefined ? 'nothing: the result has no neurons' : `numbers of neurons, from 1 to ${last}`,
      remedy: 'Look the numbers up in Curation.csv, IdxCluster.npy or with `dant view`.',
    });
  });
}

function factsOf(folder: TrackedFolder, state: CurationState): [string, string][] {
  const curated = neuronsOf(state.labels);
  const matched = state.labels.reduce((n, label) => n + (label > 0 ? 1 : 0), 0);
  const weights = folder.shanks.map(({ shankId, weights: each, threshold }) => {
    const text = folder.features.map((name, f) => `${name} ${each[f].toFixed(3)}`).join(', ');
    const where = shankId === undefined ? '' : `shank ${shankId}: `;
    return `${where}${text}; threshold ${Number.isFinite(threshold) ? threshold.toFixed(3) : 'none'}`;
  });
  return [
    ['Units', `${folder.units} in ${folder.sessionCount} sessions`],
    ['Neurons', `${curated.size} (automatic: ${neuronsOf(folder.labels).size})`],
    ['Units in neurons', `${matched}`],
    ['Confirmed by hand', `${[...curated.values()].filter(([unit]) => state.confirmed[unit]).length}`],
    ['Weights', weights.join(' · ')],
  ];
}

async function describe(
  { sessions, correctedY, peakAmplitude, similarity: [weighted] }: TrackedFolder,
  state: CurationState,
  id: number,
  units: readonly number[],
): Promise<ReportNeuron> {
  const block = await weighted.block(units, units);
  const values = Array.from(block).filter(
    (value, i) => Math.floor(i / units.length) < i % units.length && !Number.isNaN(value),
  );
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return {
    id,
    units,
    sessions: [...new Set(units.map((unit) => sessions[unit]))].sort((a, b) => a - b),
    depth: mean(units.map((unit) => correctedY[unit])),
    amplitude: mean(units.map((unit) => peakAmplitude[unit])),
    meanSimilarity: values.length > 0 ? mean(values) : undefined,
    worstSimilarity: values.length > 0 ? Math.min(...values) : undefined,
    confirmed: state.confirmed[units[0]] === 1,
    names: [...new Set(units.flatMap((unit) => state.names.get(unit) ?? []))],
    notes: state.notes
      .filter((note) => note.units.some((unit) => units.includes(unit)))
      .map(({ text }) => text),
  };
}

/** The folder with its curated labels, as figures look at results; everything large is left empty. */
function shanksOf(folder: TrackedFolder, { labels }: CurationState): RecordedShank[] {
  return folder.shanks.map(({ shankId, motion }) => {
    const units = Array.from(labels.keys()).filter(
      (unit) => shankId === undefined || folder.unitShanks[unit] === shankId,
    );
    const own = contiguousLabels(Int32Array.from(units, (unit) => labels[unit]));
    const result: TrackingResult = {
      settings: folder.settings,
      sessions: Int32Array.from(units, (unit) => folder.sessions[unit]),
      sessionCount: folder.sessionCount,
      features: {
        units: units.length,
        locations: Float64Array.from(
          units.flatMap((unit) => [...folder.locations.subarray(3 * unit, 3 * unit + 3)]),
        ),
        amplitude: Float64Array.from(units, (unit) => folder.amplitude[unit]),
        peakChannels: Int32Array.from(units, (unit) => folder.peakChannels[unit]),
        unitShanks: Int32Array.from(units, (unit) => folder.unitShanks[unit]),
        silentUnits: [],
      },
      rounds: [],
      motion,
      corrected: { units: 0, channels: 0, samples: 0, templates: [], interpolated: false },
      clustering: NO_CLUSTERING,
      curation: {
        ...own,
        matchedPairs: pairsWithinClusters(own.labels),
        curationPairs: new Int32Array(0),
        curationTypes: new Uint8Array(0),
      },
      confidence: { matchProbability: new Float64Array(0), unitConfidence: new Float64Array(0) },
      warnings: [],
      kernels: '',
    };
    return { shankId, result };
  });
}
