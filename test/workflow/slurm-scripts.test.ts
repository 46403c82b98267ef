/** The scripts of workflow/ with commands that stand for those of Slurm and for `dant`. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPTS = path.join(import.meta.dirname, '../../workflow');
let root: string;
const at = (...parts: string[]) => path.join(root, ...parts);

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'dant-slurm-')));
  mkdirSync(at('bin'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A command of the name that runs lines of bash. */
const command = (name: string, ...lines: string[]) =>
  writeFileSync(at('bin', name), `#!/usr/bin/env bash\n${lines.join('\n')}\n`, { mode: 0o755 });

const run = (script: string, ...args: string[]) =>
  execFileSync('bash', [path.join(SCRIPTS, script), ...args], {
    encoding: 'utf8',
    env: { PATH: `${at('bin')}:${process.env.PATH}`, DANT_STATUS_WAIT: '0' },
  });

describe('slurm-status.sh', () => {
  const silent = () => command('sacct', 'exit 1');
  const status = () => run('slurm-status.sh', '42').trim();

  test.each([
    ['running', 'PENDING CONFIGURING RUNNING SIGNALING STAGE_OUT COMPLETING SUSPENDED STOPPED RESIZING'],
    ['running', 'REQUEUED REQUEUE_FED REQUEUE_HOLD SPECIAL_EXIT POWER_UP_NODE'],
    ['failed', 'FAILED CANCELLED TIMEOUT OUT_OF_MEMORY NODE_FAIL BOOT_FAIL PREEMPTED DEADLINE'],
    ['success', 'COMPLETED'],
  ])('calls %s what is %s', (expected, states) => {
    silent();
    for (const state of states.split(' ')) {
      command('scontrol', `echo "JobId=42 JobName=dant JobState=${state} Reason=None"`);
      expect(status(), state).toBe(expected);
    }
  });

  test('asks the accounting for a job that the controller has forgotten', () => {
    command('scontrol', 'echo "slurm_load_jobs error: Invalid job id specified" >&2', 'exit 1');
    for (const [state, expected] of [
      ['COMPLETED', 'success'],
      ['CANCELLED by 1000', 'failed'],
      ['OUT_OF_MEMORY', 'failed'],
    ]) {
      command('sacct', `echo "${state}"`);
      expect(status(), state).toBe(expected);
    }
    silent();
    expect(status()).toBe('failed');
  });

  const UNREACHABLE = 'echo "slurm_load_jobs error: Unable to contact slurm controller" >&2';

  test('asks again when Slurm does not answer', () => {
    silent();
    command(
      'scontrol',
      `echo asked >> ${at('asked')}`,
      `if [ "$(wc -l < ${at('asked')})" -lt 3 ]; then ${UNREACHABLE}; exit 1; fi`,
      'echo "JobId=42 JobState=FAILED"',
    );
    expect(status()).toBe('failed');
    expect(readFileSync(at('asked'), 'utf8')).toBe('asked\n'.repeat(3));
  });

  test('takes a job for one that goes on while Slurm does not answer', () => {
    silent();
    command('scontrol', UNREACHABLE, 'exit 1');
    expect(status()).toBe('running');
  });
});

describe('submit-slurm.sh', () => {
  test.each([
    ['dir v1.2/my rec', 'recordings', 'recordings.batch'],
    ['dir v1.2/my rec', 'list.csv', 'list.batch'],
    ['plain', 'a.b.tsv', 'a.b.batch'],
  ])('in "%s" keeps the logs of %s in %s, as dant batch does', (folder, list, records) => {
    mkdirSync(at(folder), { recursive: true });
    writeFileSync(at(folder, list), '');
    command('dant', 'echo 2,5-7');
    command('sbatch', `printf '%s\\n' "$@" >> ${at('submitted')}`, 'echo 42');
    run('submit-slurm.sh', at(folder, list), '--mem=8G');
    expect(readdirSync(at(folder)).sort()).toEqual([list, records].sort());
    const submitted = readFileSync(at('submitted'), 'utf8').split('\n');
    expect(submitted).toContain('--array=2,5-7');
    expect(submitted).toContain(`--output=${at(folder, records)}/slurm-%A_%a.log`);
    expect(submitted).toContain(`--output=${at(folder, records)}/slurm-merge-%j.log`);
    expect(submitted).toContain('--dependency=afterany:42');
  });
});
