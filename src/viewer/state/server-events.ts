/** What the server tells of its own accord, in every window. */
import { requestPath, type ServerEvent } from '../../server/protocol.ts';
import { report } from './messages.ts';

export type Heard = ServerEvent | { readonly kind: 'connected' | 'disconnected' };

/**
 * A browser opens no more than six connections to one server, and each stream of events takes one for good. So one window
 * of the browser holds the stream and tells the others; when it is closed, the next one takes over.
 *
 * @returns ends it
 */
export function hearServer(hear: (what: Heard) => void): () => void {
  // With the token: windows of an earlier server at the same port are not told.
  const name = `dant ${location.pathname}`;
  const windows = new BroadcastChannel(name);
  windows.onmessage = ({ data }) => hear(data as Heard);
  const tell = (what: Heard) => {
    hear(what);
    windows.postMessage(what);
  };
  const end = new AbortController();
  const hold = () =>
    new Promise<void>((done) => {
      const source = new EventSource(requestPath('events'));
      source.onopen = () => tell({ kind: 'connected' });
      source.onerror = () => tell({ kind: 'disconnected' });
      source.onmessage = ({ data }) => tell(JSON.parse(data as string) as ServerEvent);
      end.signal.addEventListener('abort', () => {
        source.close();
        done();
      });
    });
  navigator.locks.request(name, { signal: end.signal }, hold).catch((error: unknown) => {
    if (!end.signal.aborted) report(error);
  });
  return () => {
    end.abort();
    windows.close();
  };
}
