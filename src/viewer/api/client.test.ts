import { afterEach, expect, it, vi } from 'vitest';
import { OfflineError, postJson } from './client.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('tells that the server does not answer when a post takes longer than it may', async () => {
  const late = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
  vi.stubGlobal(
    'fetch',
    (_path: string, { signal }: RequestInit) =>
      new Promise((_, fail) => signal?.addEventListener('abort', () => fail(signal.reason))),
  );
  const posted = postJson('append', {}, 10_000);
  expect(AbortSignal.timeout).toHaveBeenCalledWith(10_000);
  late.abort(new DOMException('too late', 'TimeoutError'));
  await expect(posted).rejects.toBeInstanceOf(OfflineError);
});
