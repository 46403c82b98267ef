/** Every path of protocol.ts, answered. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { InputError } from '../core/errors.ts';
import { readEvaluation } from '../io/saved-evaluation.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { json, NotThere, once } from './answers.ts';
import { addCurationPaths } from './curation-paths.ts';
import { CurationSession } from './curation-session.ts';
import { addExportPaths } from './export-paths.ts';
import { overviewOf } from './overview.ts';
import { BadRequest, parametersFor } from './parameters.ts';
import type { Paths } from './paths.ts';
import { type FailureReply, MAX_BODY_BYTES, PATHS } from './protocol.ts';
import { guard, securityHeaders } from './security.ts';
import { addMatrixPaths, addSimilarityPaths } from './similarity-paths.ts';
import { listFiles, staticFile } from './static-files.ts';
import { addUnitPaths } from './unit-paths.ts';

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

export function createApp(options: AppOptions): { app: Hono; close: () => void } {
  const { tracked, token, version } = options;
  const curation = new CurationSession(options.folder, tracked);
  const overview = once(() => overviewOf(tracked, version));
  const files = listFiles(options.viewerFolder);

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

  const route: Paths['route'] = (name) => `/${token}/${PATHS[name]}`;
  const get: Paths['get'] = (name, answer) =>
    void app.get(route(name), async (c) => {
      const { body, type } = await answer(c.req.query());
      return c.body(body, 200, { 'Content-Type': type });
    });

  const paths: Paths = {
    tracked,
    curation,
    parameters: parametersFor(tracked.units),
    version,
    app,
    route,
    get,
  };
  get('overview', async () => json(await overview()));
  get('evaluation', async () => json((await readEvaluation(tracked.store)) ?? null));
  addUnitPaths(paths);
  addSimilarityPaths(paths);
  addMatrixPaths(paths);
  addCurationPaths(paths);
  addExportPaths(paths);

  // Relative links of the page need the slash.
  app.get(`/${token}`, (c) => c.redirect(`/${token}/`, 308));
  app.get(`/${token}/*`, (c) => staticFile(c, files, c.req.path.slice(token.length + 2)) ?? c.notFound());
  return { app, close: () => curation.close() };
}
