import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { InputError, StoppedError } from '../../core/errors.ts';
import { describeFailure } from './exit.ts';

const failureOf = (error: unknown, debug = false) =>
  describeFailure(error, 'Stopped. Nothing was changed.', debug);

describe('how a command ends', () => {
  test('bad input ends with 2 and names where, found, expected and remedy', () => {
    const problem = { where: 'peth.npy', found: '3 rows', expected: '4 rows', remedy: 'Write it again.' };
    const { exitCode, text, document } = failureOf(new InputError(problem));
    expect(exitCode).toBe(2);
    for (const part of Object.values(problem)) expect(text).toContain(part);
    expect(document.error).toMatchObject({ kind: 'input', ...problem });
  });

  test('wrong usage ends with 2 and points to the help', () => {
    const { exitCode, text, document } = failureOf(
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '--foo'"),
    );
    expect(exitCode).toBe(2);
    expect(text).toContain("unknown option '--foo'");
    expect(text).toContain('--help');
    expect(document.error.kind).toBe('usage');
  });

  test('stopping ends with 130 and says what was left behind', () => {
    const { exitCode, text } = failureOf(new StoppedError());
    expect(exitCode).toBe(130);
    expect(text).toBe('Stopped. Nothing was changed.');
  });

  test('anything else is a fault, ends with 1 and gives a hint', () => {
    expect(failureOf(new TypeError('x is not a function'))).toMatchObject({ exitCode: 1 });
    expect(failureOf(new TypeError('x is not a function')).text).toContain('DANT_DEBUG=1');
    expect(failureOf(Object.assign(new Error('write'), { code: 'ENOSPC' })).text).toContain('disk is full');
    expect(failureOf(new RangeError('Array buffer allocation failed')).text).toContain('memory');
    expect(failureOf('thrown text').text).toContain('thrown text');
  });

  test('the stack and its causes are shown only when debugging', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(failureOf(error).text).not.toContain('exit.test.ts');
    const { text } = failureOf(error, true);
    expect(text).toContain('exit.test.ts');
    expect(text).toContain('Caused by: Error: inner');
  });
});
