/** Every path of protocol.ts, answered. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { parseOperation } from '../core/curation/operations.ts';
import { InputError } from '../core/errors.ts';
import { readCandidatePairs } from '../io/candidate-pairs.ts';
import { readEvaluation } from '../io/saved-evaluation.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { type UnitHistograms, unitAutoCorrs, unitIsis, unitPeths } from '../io/unit-histograms.ts';
import { channelsAround, largestChannel, readUnitWaveforms } from '../io/unit-waveforms.ts';
import { CurationSession } from './curation-session.ts';
import { depthOrder, MatrixTiles } from './matrix-tiles.ts';
import { overviewOf, unitColumns } from './overview.ts';
import { candidates, NeuronStatistics, nearestNeighbours, pairHistograms, pairSample } from './pairs.ts';
import { APPEND_BODY, BadRequest, check, EMPTY_BODY, parametersFor } from './parameters.ts';
import {
  type Arrays,
  type ConflictReply,
  encodePack,
  type FailureReply,
  MAX_BODY_BYTES,
  type MatrixOrder,
  type Measure,
  PACK_TYPE,
  PATHS,
  type PathName,
} from './protocol.ts';
import { guard, securityHeaders } from './security.ts';
import { listFiles, staticFile } from './static-files.ts';

export interface AppOptions {
  /** Path of the folder of the results, where the curation is written. */
  readonly folder: string;
  readonly tracked: TrackedFolder;
  readonly token: string;
  /** The port it is reached by, known once it listens. */
  readonly port: () => number;
  /** Folder of the built web application. */
  readonly viewerFolder: string;
  readonly version: string;
  /** Told of faults of the program. */
  readonly onFault?: (error: unknown) => void;
}

/** Nothing of that name in this folder. */
class NotThere extends Error {}

export function createApp(options: AppOptions): { app: Hono; close: () => void } {
  const { tracked, token, viewerFolder } = options;
  const parameters = parametersFor(tracked.units);
  const curation = new CurationSession(options.folder, tracked);
  const files = listFiles(viewerFolder);
  const pairs = once(() => readCandidatePairs(tracked));
  const histograms = once(async () => pairHistograms(tracked, await pairs()));
  const overview = once(() => overviewOf(tracked, options.version));
  const columns = once(() => unitColumns(tracked));
  const statistics = new NeuronStatistics(tracked.similarity[0]);
  const orders: Record<MatrixOrder, () => Promise<Int32Array>> = {
    depth: once(async () => depthOrder(tracked.sessions, tracked.correctedY)),
    leaf: once(async () => (await tracked.saved.leafOrder()) ?? missing('no order of the leaves')),
  };
  const matrices = new Map<string, Promise<MatrixTiles>>();
  const neighbours = new Map<number, ReturnType<typeof nearestNeighbours>>();

  const app = new Hono();
  app.use(securityHeaders);
  app.use(guard(token, options.port));
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => c.json<FailureReply>({ error: `more than ${MAX_BODY_BYTES} bytes` }, 413),
    }),
  );
  app.onError((error, c) => {
    if (error instanceof BadRequest) return c.json<FailureReply>({ error: error.message }, 400);
    if (error instanceof NotThere) return c.json<FailureReply>({ error: error.message }, 404);
    if (error instanceof InputError) {
      const { where, found, expected, remedy } = error;
      return c.json<FailureReply>({ error: `${where}: found ${found}; expected ${expected}.`, remedy }, 400);
    }
    options.onFault?.(error);
    return c.json<FailureReply>({ error: 'a fault of dant', remedy: 'See what the terminal says.' }, 500);
  });
  app.notFound((c) => c.json<FailureReply>({ error: 'no such thing here' }, 404));

  const route = (name: PathName) => `/${token}/${PATHS[name]}`;
  const get = (name: PathName, answer: (query: Record<string, string>) => Promise<Reply>) =>
    app.get(route(name), async (c) => {
      const { body, type } = await answer(c.req.query());
      return c.body(body, 200, { 'Content-Type': type });
    });

  get('overview', async () => json(await overview()));
  get('units', async () => {
    const { arrays, meta } = await columns();
    return pack(arrays, meta);
  });
  get('unitStatistics', async (query) => {
    const { of } = check(parameters.statistics, query);
    const { state, version } = await curation.replayed();
    const labels = of === 'automatic' ? tracked.labels : state.labels;
    return pack(await statistics.of(labels), { version: of === 'automatic' ? 0 : version });
  });
  get('waveforms', async (query) => {
    const { units, kind, channels: count } = check(parameters.waveforms, query);
    const file = kind === 'raw' ? tracked.rawWaveforms : tracked.correctedWaveforms;
    if (!file) return missing(`no ${kind} waveforms`);
    const { probe, peakChannels } = tracked;
    const peak = kind === 'raw' ? peakChannels[units[0]] : await largestChannel(file, units[0]);
    const channels = channelsAround(peak, count, file.shape[1], probe);
    const waveforms = await readUnitWaveforms(file, units, channels);
    const locations =
      probe &&
      Float32Array.from([...channels].flatMap((c) => [...probe.locations.subarray(2 * c, 2 * c + 2)]));
    return pack({ waveforms, channels, locations }, { samples: file.shape[2] });
  });
  const histogram = (
    name: PathName,
    read: (folder: TrackedFolder, units: readonly number[]) => Promise<UnitHistograms | undefined>,
  ) =>
    get(name, async (query) => {
      const found = await read(tracked, check(parameters.unitList, query).units);
      if (!found) return missing('no such histograms, and no recording to make them from');
      const { values, ...meta } = found;
      return pack({ values }, meta);
    });
  histogram('autocorrelograms', unitAutoCorrs);
  histogram('isiHistograms', unitIsis);
  histogram('peths', unitPeths);
  get('probe', async () => {
    const { probe } = tracked;
    return probe
      ? pack({ locations: Float32Array.from(probe.locations), shanks: probe.shanks })
      : missing('no positions of the channels without the recording');
  });

  const blockOfAll = async (rows: readonly number[], columnsOf: ArrayLike<number>) => {
    const size = rows.length * columnsOf.length;
    const similarity = new Float32Array(tracked.similarity.length * size);
    const blocks = await Promise.all(tracked.similarity.map((access) => access.block(rows, columnsOf)));
    blocks.forEach((block, m) => {
      similarity.set(block, m * size);
    });
    return pack({ similarity });
  };
  get('similarity', async (query) => {
    const { units } = check(parameters.unitList, query);
    return blockOfAll(units, units);
  });
  get('similarityRow', async (query) => {
    const { unit } = check(parameters.similarityRow, query);
    return blockOfAll([unit], Array.from(tracked.sessions.keys()));
  });
  get('candidates', async (query) => {
    const { units, count } = check(parameters.candidates, query);
    return pack(await candidates(tracked, units, count));
  });
  get('pairHistograms', async () => json(await histograms()));
  get('pairSample', async (query) => {
    const { arrays, meta } = pairSample(await pairs(), check(parameters.pairSample, query).count);
    return pack(arrays, meta);
  });
  get('matrixOrder', async (query) => pack({ order: await orders[check(parameters.order, query).order]() }));
  get('matrixTile', async (query) => {
    const { order, measure, level, row, column } = check(parameters.tile, query);
    const tiles = await matrixOf(order, measure);
    const { values, ...meta } = await asked(() => tiles.tile(level, row, column));
    return pack({ values }, meta);
  });
  const matrixOf = (order: MatrixOrder, measure: Measure): Promise<MatrixTiles> => {
    const m = tracked.measures.indexOf(measure);
    if (m < 0) return missing(`no similarity by ${measure}`);
    const key = `${order} ${measure}`;
    let tiles = matrices.get(key);
    if (!tiles) {
      tiles = orders[order]().then((places) => new MatrixTiles(tracked.similarity[m], places));
      matrices.set(key, tiles);
      tiles.catch(() => matrices.delete(key));
    }
    return tiles;
  };
  get('neighbours', async (query) => {
    const { count } = check(parameters.neighbours, query);
    const found = neighbours.get(count) ?? nearestNeighbours(tracked.similarity[0], count);
    neighbours.set(count, found);
    return pack(await found);
  });

  get('evaluation', async () => json((await readEvaluation(tracked.store)) ?? null));

  get('curation', async (query) => json(await curation.reply(check(parameters.curation, query).after)));
  app.post(route('append'), async (c) => {
    const { operation, ...rest } = check(APPEND_BODY, await bodyOf(c.req.raw));
    const parsed = parseOperation(operation);
    if (!parsed.ok) throw new BadRequest(parsed.problem);
    const outcome = await curation.append(rest, parsed.value);
    if (outcome.kind === 'impossible') throw new BadRequest(outcome.problem);
    if (outcome.kind === 'appended') return c.json(outcome.reply);
    return c.json<ConflictReply>({ ...outcome.reply, error: 'others have curated meanwhile' }, 409);
  });
  app.post(route('apply'), async (c) => {
    check(EMPTY_BODY, await bodyOf(c.req.raw));
    return c.json(await curation.apply());
  });
  app.get(route('events'), (c) =>
    streamSSE(c, async (stream) => {
      const stop = curation.listen((event) => void stream.writeSSE({ data: JSON.stringify(event) }));
      // Keeps the connection, but not the program.
      const alive = setInterval(() => void stream.write(': still here\n\n'), 15_000).unref();
      const gone = new Promise<void>((done) => stream.onAbort(done));
      await stream.writeSSE({
        data: JSON.stringify({ kind: 'curation', version: (await curation.replayed()).version }),
      });
      await gone;
      clearInterval(alive);
      stop();
    }),
  );

  get('neuronFigure', async (query) => {
    const { units, format, title } = check(parameters.neuronFigure, query);
    // What draws takes a while to load, and few ask for it.
    const { neuronFigurePicture } = await import('../stages/neuron-figures.ts');
    return neuronFigurePicture(tracked, units, { format, title });
  });
  app.get(route('report'), async (c) => {
    const { neurons } = check(parameters.report, c.req.query());
    const { reportHtml } = await import('../stages/report.ts');
    const html = await reportHtml(tracked, (await curation.replayed()).state, {
      neurons,
      version: options.version,
    });
    return c.body(html, 200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Disposition': 'attachment; filename="report.html"',
    });
  });

  // Relative links of the page need the slash.
  app.get(`/${token}`, (c) => c.redirect(`/${token}/`, 308));
  app.get(`/${token}/*`, (c) => staticFile(c, files, c.req.path.slice(token.length + 2)) ?? c.notFound());
  return { app, close: () => curation.close() };
}

interface Reply {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const json = (value: unknown): Reply => ({ body: JSON.stringify(value), type: 'application/json' });
const pack = (arrays: Arrays, meta?: unknown): Reply => ({ body: encodePack(arrays, meta), type: PACK_TYPE });

function missing(what: string): never {
  throw new NotThere(`${what} in this folder`);
}

/** What cannot be given is said as a malformed request. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RangeError ? new BadRequest(error.message) : error;
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0].trim();
  if (type !== 'application/json')
    throw new BadRequest(`a body of type ${type ?? '(none)'} instead of application/json`);
  const text = await request.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('the body is no JSON');
  }
}

/** Done when it is first asked for; again only when it failed. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    if (!result) {
      result = work();
      result.catch(() => {
        result = undefined;
      });
    }
    return result;
  };
}
