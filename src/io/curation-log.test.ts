import { describe, expect, it } from 'vitest';
import type { CurationEntry } from '../core/curation/operations.ts';
import { EMPTY_LOG, logHead, logLine, parseCurationLog } from './curation-log.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const HEAD = logHead('sha256:ab', 4, TIME);
const entry = (version: number, id = `id${version}`): CurationEntry => ({
  version,
  time: TIME,
  id,
  operation: 'mark',
  units: [1],
  mark: 'µ "check"\n',
});
const text = (...lines: Parameters<typeof logLine>[0][]) =>
  lines.map((line) => logLine(line, EMPTY_LOG)).join('');

describe('the log of a curation', () => {
  it('is read back as it was written', () => {
    expect(parseCurationLog(text(HEAD, entry(1), entry(2)), 'log')).toEqual({
      head: HEAD,
      entries: [entry(1), entry(2)],
      warnings: [],
      cutOff: false,
    });
  });

  it('counts all lines that are whole, wherever it was cut off', () => {
    const whole = new TextEncoder().encode(text(HEAD, entry(1), entry(2)));
    for (let length = 0; length <= whole.length; length++) {
      const cut = new TextDecoder().decode(whole.subarray(0, length));
      const log = parseCurationLog(cut, 'log');
      const lines = cut.split('\n');
      // The last line counts once it is whole, with or without its line break.
      const complete = lines.slice(0, -1).length + (lines[lines.length - 1].endsWith('}') ? 1 : 0);
      expect(log.entries.length).toBe(Math.max(0, complete - 1));
      expect(log.warnings.length).toBe(lines[lines.length - 1] !== '' && complete < lines.length ? 1 : 0);
      // What is appended then is read, whatever was cut off before.
      const next = log.head ? entry(log.entries.length + 1) : HEAD;
      const again = parseCurationLog(cut + logLine(next, log), 'log');
      expect(again.head).toEqual(HEAD);
      expect(again.entries.length).toBe(log.head ? log.entries.length + 1 : 0);
    }
  });

  it('counts the first of two lines that claim one place', () => {
    const { entries } = parseCurationLog(
      text(HEAD, HEAD, entry(1), entry(2, 'first'), entry(2, 'second')),
      'log',
    );
    expect(entries.map(({ id }) => id)).toEqual(['id1', 'first']);
  });

  it('goes on after lines that cannot be read when the numbers show that nothing is missing, and names them', () => {
    const log = parseCurationLog(
      `${text(HEAD, entry(1))}\0\0\n{"version":2,"ti\n${text(entry(2))}{"vers`,
      'log',
    );
    expect(log.entries.map(({ version }) => version)).toEqual([1, 2]);
    expect(log.warnings.map((warning) => warning.match(/line \d/)?.[0])).toEqual([
      'line 3',
      'line 4',
      'line 6',
    ]);
    expect(log.cutOff).toBe(true);
  });

  it('says where it is damaged', () => {
    expect(() => parseCurationLog(text(HEAD, entry(1), entry(3)), 'log')).toThrow(
      /log, line 3: found operation 3 after operation 1/,
    );
    expect(() => parseCurationLog(`${text(HEAD)}{"version":1}\n`, 'log')).toThrow(/log, line 2/);
    // The last operation may be the one that is missing: nothing after it tells.
    for (const line of ['garbage\n', '{"version":2,"time"\n', 'garbage\n\n', 'garbage\n{'])
      expect(() => parseCurationLog(text(HEAD, entry(1)) + line, 'log')).toThrow(
        /log, line 3: found a line that cannot be read/,
      );
    expect(() => parseCurationLog('garbage\n{\n', 'log')).toThrow(/log, line 1/);
    expect(() => parseCurationLog(`${text(HEAD)}garbage\n${text(entry(2))}`, 'log')).toThrow(
      /operation 2 after operation 0/,
    );
    expect(() => parseCurationLog('{"a":1}\n', 'log')).toThrow(/log, line 1/);
    const newer = JSON.stringify({ ...HEAD, formatVersion: 2 });
    expect(() => parseCurationLog(`${newer}\n`, 'log')).toThrow(/update dant/);
  });
});
