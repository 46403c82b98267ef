/** Help, version, and wrong usage. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dant } from './dant.ts';

const COMMANDS = [
  'run',
  'add',
  'check',
  'batch',
  'merge',
  'view',
  'curate',
  'report',
  'figures',
  'import',
  'convert',
  'export',
  'peth',
  'settings',
  'simulate',
  'score',
];

describe('help', () => {
  test('of dant lists the commands', async () => {
    const { code, stdout, stderr } = await dant(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
  });

  test('is printed when there is no command', async () => {
    expect(await dant([])).toEqual(await dant(['--help']));
  });

  test.each(COMMANDS)('of dant %s describes its options and gives examples', async (command) => {
    const { code, stdout, stderr } = await dant([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
    expect(stdout).toContain(`Examples:\n  dant ${command}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await dant(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('wrong usage ends with exit code 2, says what is wrong and points to the help', () => {
  test.each([
    ['an unknown command', ['rum'], "unknown command 'rum'"],
    ['an unknown option', ['run', '--outputt', 'x'], "unknown option '--outputt'"],
    ['an option without its value', ['run', '--output'], "option '-o, --output <dir>' argument missing"],
    ['a value that is not among the choices', ['run', '--shanks', 'some'], "argument 'some' is invalid"],
    ['a missing argument', ['convert', 'spikeInfo.mat'], "missing required argument 'out'"],
    ['an argument too many', ['run', 'a', 'b'], 'too many arguments'],
  ])('%s', async (_name, args, text) => {
    const { code, stdout, stderr } = await dant(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).toContain('--help');
  });

  test('a near miss is pointed out', async () => {
    expect((await dant(['rum'])).stderr).toContain('Did you mean run?');
    expect((await dant(['run', '--outputt', 'x'])).stderr).toContain('Did you mean --output?');
  });

  test('as a JSON document with --json', async () => {
    const { code, stdout } = await dant(['run', '--json', '--outputt']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2, error: { kind: 'usage' } });
  });
});
