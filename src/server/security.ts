/**
 * Who may ask the server. It listens on the loopback address only; still any page in the browser, and any program of any user
 * of the machine, could reach it. So every request carries the secret token in its path, names this server as its host
 * (against DNS rebinding), and, when it comes from a page, from a page of this server.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { FailureReply } from './protocol.ts';

/** 192 bits, as a part of a path. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** What a page of the server may do: run its own scripts, show its own pictures, and nothing else. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The address holds the token: it must not be told to others.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
};

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
};

/** Lets through what comes from this server's own pages, or from no page, and knows the token. */
export function guard(token: string, port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    const host = c.req.header('host');
    if (host === undefined || !hosts.includes(host))
      return refuse(c, `the host "${host ?? ''}" is not this server`);
    const origin = c.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`)
      return refuse(c, `a page of ${origin} may not ask`);
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return refuse(c, 'a page of another site may not ask');
    }
    if (!sameText(c.req.path.split('/')[1] ?? '', token)) {
      return refuse(c, 'the address lacks the token', 'Open the address that `dant view` printed.');
    }
    return next();
  };
}

function refuse(c: Context, error: string, remedy?: string): Response {
  return c.json<FailureReply>({ error, remedy }, 403);
}

/** In a time that does not tell where they differ. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
