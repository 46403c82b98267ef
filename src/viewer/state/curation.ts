/** Operations of curation: each is durable before the page shows it. */
import type { Operation } from '../../core/curation/operations.ts';
import { operationProblem } from '../../core/curation/replay.ts';
import type { AppendRequest, ApplyReply, CurationReply } from '../../server/protocol.ts';
import { api, OfflineError, postJson, RequestError } from '../api/client.ts';
import { takeEntries, useApp } from './app.ts';
import { say } from './messages.ts';
import { hearServer } from './server-events.ts';

/** How long the server may take to append an operation, ms. */
const PATIENCE_MS = 10_000;

let queue: Promise<unknown> = Promise.resolve();

/**
 * Sends an operation; one after another, in the order of the calls.
 * @returns whether it holds now; why not has been said
 */
export function perform(operation: Operation): Promise<boolean> {
  const done = queue.then(() => append(operation));
  queue = done.catch(() => undefined);
  return done;
}

async function append(operation: Operation): Promise<boolean> {
  const replayed = useApp.getState().curated?.replayed;
  if (!replayed) return false;
  const problem = operationProblem(replayed, operation);
  if (problem) {
    say(`Not done: ${problem}.`, 'warning');
    return false;
  }
  const request: AppendRequest = { after: replayed.version, id: crypto.randomUUID(), operation };
  try {
    take(await twice(() => postJson<CurationReply>('append', request, PATIENCE_MS)));
    return true;
  } catch (error) {
    if (error instanceof RequestError && error.status === 409) {
      take(error.body as CurationReply);
      say(
        'Another window was faster: nothing was done. Look at what has changed, and do it again.',
        'warning',
      );
    } else {
      if (error instanceof OfflineError) useApp.setState({ online: false });
      say(`Not saved: ${(error as Error).message}`, 'error');
    }
    return false;
  }
}

/** Tries once more when the connection breaks: an answer may be lost after the work was done, which the id tells. */
async function twice<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error;
    await new Promise((wake) => setTimeout(wake, 300));
    return send();
  }
}

function take({ entries, warnings, appliedVersion }: CurationReply): void {
  takeEntries(entries, appliedVersion);
  useApp.setState({ online: true });
  for (const warning of warnings) say(warning, 'warning');
}

export const undo = () => perform({ operation: 'undo' });
export const redo = () => perform({ operation: 'redo' });

/** Writes the curated files. */
export async function apply(): Promise<ApplyReply | undefined> {
  try {
    const reply = await postJson<ApplyReply>('apply', {});
    takeEntries([], reply.version);
    return reply;
  } catch (error) {
    say(`Nothing was written: ${(error as Error).message}`, 'error');
    return undefined;
  }
}

/** Listens to what other windows and programs do. */
export function listen(): () => void {
  const end = hearServer((what) => {
    if (what.kind === 'applied') takeEntries([], what.version);
    else if (what.kind === 'curation') void catchUp(what.version);
    else {
      useApp.setState({ online: what.kind === 'connected' });
      if (what.kind === 'connected') void catchUp();
    }
  });
  // The browser may have put the window to sleep, or the one that it is told by.
  const onVisible = () => {
    if (document.visibilityState === 'visible') void catchUp();
  };
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    end();
    document.removeEventListener('visibilitychange', onVisible);
  };
}

async function catchUp(version = Number.POSITIVE_INFINITY): Promise<void> {
  const known = () => useApp.getState().curated?.replayed.version;
  await queue;
  const after = known();
  if (after === undefined || after >= version) return;
  await api.curation(after).then(take, () => undefined);
}
