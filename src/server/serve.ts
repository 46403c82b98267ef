/** `dant view`: a server on the loopback address over one output folder. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { InputError } from '../core/errors.ts';
import { openTracked } from '../stages/open-tracked.ts';
import { createApp } from './app.ts';
import { newToken } from './security.ts';

export interface ServeOptions {
  /** The recording; default: the one that the result names, if it is still there. */
  readonly dataFolder?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Folder of the built web application; default: the one that comes with the package. */
  readonly viewerFolder?: string;
  readonly version: string;
  /** Told of faults of the program; they end one request, not the server. */
  readonly onFault?: (error: unknown) => void;
}

export interface Serving {
  /** With the token: whoever knows it may read the folders and curate. */
  readonly url: string;
  /** Folder of the recording, when it is there. */
  readonly dataFolder?: string;
  close(): Promise<void>;
}

/** `dist/viewer`, seen from `dist/server` and from `src/server` alike. */
const BUILT_VIEWER = fileURLToPath(new URL('../../dist/viewer', import.meta.url));

/** Nobody else on the network can reach it. */
const ADDRESS = '127.0.0.1';

/**
 * Serves a finished output folder.
 * @throws InputError when there is no result, files do not belong together, the web application is not built, or the port is taken
 */
export async function serveFolder(outFolder: string, options: ServeOptions): Promise<Serving> {
  const folder = resolve(outFolder);
  const tracked = await openTracked(folder, options.dataFolder);
  const token = newToken();
  let port = 0;
  const viewerFolder = options.viewerFolder ?? BUILT_VIEWER;
  if (!existsSync(join(viewerFolder, 'index.html'))) {
    throw new InputError({
      where: viewerFolder,
      found: 'no web application',
      expected: 'the built one (index.html)',
      remedy: 'Run `npm run build`, or install dant again.',
    });
  }
  const { version, onFault } = options;
  const { app, close } = createApp({
    folder,
    tracked,
    token,
    port: () => port,
    viewerFolder,
    version,
    onFault,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(portError(error, options.port)));
    server.listen(options.port ?? 0, ADDRESS, done);
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://${ADDRESS}:${port}/${token}/`,
    dataFolder: tracked.data?.name,
    async close() {
      close();
      await new Promise<void>((done) => {
        server.close(() => done());
        // Windows keep their event streams open.
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}

function portError(error: NodeJS.ErrnoException, port: number | undefined): Error {
  const found = { EADDRINUSE: 'a port that is in use', EACCES: 'a port that may not be used' }[
    error.code ?? ''
  ];
  if (!found) return error;
  return new InputError(
    {
      where: `--port ${port}`,
      found,
      expected: 'a free port',
      remedy: 'Choose another one, or leave --port out to take any that is free.',
    },
    { cause: error },
  );
}
