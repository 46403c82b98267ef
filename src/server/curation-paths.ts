/** Paths of the curation: the log, what is appended to it, who is told, and the curated files. */
import { streamSSE } from 'hono/streaming';
import { parseOperation } from '../core/curation/operations.ts';
import { json } from './answers.ts';
import { APPEND_BODY, BadRequest, check, EMPTY_BODY } from './parameters.ts';
import type { Paths } from './paths.ts';
import type { ConflictReply } from './protocol.ts';

export function addCurationPaths({ app, curation, parameters, route, get }: Paths): void {
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
