/** A web server on this machine alone. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', json: 'application/json' };

/** Headers that isolate a page from others, for which browsers let it share memory between its threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** @param isolated whether pages are cross-origin isolated */
export async function serve(
  files: Readonly<Record<string, string | Uint8Array>>,
  isolated: boolean,
): Promise<Site> {
  const server = createServer(({ url = '/' }, response) => {
    const found = Object.hasOwn(files, url);
    response.writeHead(found ? 200 : 404, {
      'Content-Type': TYPES[url.slice(url.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      'Cache-Control': 'no-store',
      ...(isolated && ISOLATION),
    });
    response.end(found ? files[url] : 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
