/** A Slurm cluster of one node, this machine, for as long as a test needs it: munged, slurmctld and slurmd in a folder of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/** Debian has the daemons in /usr/sbin, which need not be on the path. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const NEEDED = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'sinfo'];

export const isInstalled = (program: string) =>
  PATH.split(':').some((folder) => existsSync(path.join(folder, program)));

/** The programs that are not installed. */
export const missingPrograms = () => NEEDED.filter((program) => !isInstalled(program));

export class OneNodeSlurm {
  /** Environment in which the commands of Slurm speak to this cluster. */
  readonly env: Readonly<Record<string, string>>;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'dant-slurm-'));
  private readonly daemons: ChildProcess[] = [];

  constructor() {
    this.env = { ...process.env, PATH, SLURM_CONF: path.join(this.folder, 'slurm.conf') } as Record<
      string,
      string
    >;
  }

  /** Starts the daemons; resolves when the node takes jobs. */
  async start(): Promise<void> {
    const at = (name: string) => path.join(this.folder, name);
    const node = hostname().split('.')[0];
    const [controllerPort, nodePort] = [await freePort(), await freePort()];
    for (const name of ['state', 'spool']) mkdirSync(at(name));
    writeFileSync(at('munge.key'), randomBytes(128), { mode: 0o600 });
    writeFileSync(
      at('slurm.conf'),
      [
        'ClusterName=dant',
        `SlurmctldHost=${node}(127.0.0.1)`,
        `SlurmctldPort=${controllerPort}`,
        `SlurmdPort=${nodePort}`,
        `SlurmUser=${userInfo().username}`,
        `SlurmdUser=${userInfo().username}`,
        'AuthType=auth/munge',
        `AuthInfo=socket=${at('munge.socket')}`,
        `StateSaveLocation=${at('state')}`,
        `SlurmdSpoolDir=${at('spool')}`,
        `SlurmctldPidFile=${at('slurmctld.pid')}`,
        `SlurmdPidFile=${at('slurmd.pid')}`,
        'ProctrackType=proctrack/linuxproc',
        'TaskPlugin=task/none',
        'MpiDefault=none',
        'AccountingStorageType=accounting_storage/none',
        'JobAcctGatherType=jobacct_gather/none',
        'SelectType=select/cons_tres',
        'SelectTypeParameters=CR_CPU',
        'SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=100000',
        'KillWait=5',
        `NodeName=${node} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN`,
        'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
        '',
      ].join('\n'),
    );
    const files = ['socket', 'pid', 'seed'].map(
      (kind) => `--${kind}${kind === 'socket' ? '' : '-file'}=${at(`munge.${kind}`)}`,
    );
    this.launch('munged', [
      '--foreground',
      '--force',
      `--key-file=${at('munge.key')}`,
      `--log-file=${at('munge.log')}`,
      ...files,
    ]);
    await until(
      'munged listens',
      () => existsSync(at('munge.socket')),
      () => this.logs(),
    );
    this.launch('slurmctld', ['-D', '-c']);
    this.launch('slurmd', ['-D', '-N', node]);
    await until(
      'the node takes jobs',
      () => this.ask('sinfo', ['-h', '-o', '%T']).trim() === 'idle',
      () => this.logs(),
    );
  }

  /** Waits until no job is left. */
  async idle(): Promise<void> {
    await until(
      'all jobs have ended',
      () => this.ask('squeue', ['-h']).trim() === '',
      () => this.ask('squeue', []),
      180,
    );
  }

  /** Ends everything that was started, jobs included, and removes the folder. */
  async stop(): Promise<void> {
    if (existsSync(path.join(this.folder, 'slurmctld.pid'))) {
      this.ask('scancel', ['--user', userInfo().username, '--signal=KILL']);
      this.ask('scancel', ['--user', userInfo().username]);
      await until(
        'jobs are cancelled',
        () => this.ask('squeue', ['-h']).trim() === '',
        () => '',
        20,
      ).catch(() => {});
    }
    for (const daemon of this.daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      const impatient = setTimeout(() => daemon.kill('SIGKILL'), 5000);
      daemon.kill('SIGTERM');
      await ended;
      clearTimeout(impatient);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private launch(program: string, args: readonly string[]): void {
    const log = openSync(path.join(this.folder, `${program}.out`), 'a');
    this.daemons.push(spawn(program, args, { env: this.env, stdio: ['ignore', log, log] }));
  }

  private ask(command: string, args: readonly string[]): string {
    try {
      return execFileSync(command, args, {
        env: this.env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 10_000,
      });
    } catch {
      return 'no answer';
    }
  }

  private logs(): string {
    return ['munged', 'slurmctld', 'slurmd']
      .map((name) => path.join(this.folder, `${name}.out`))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8').split('\n').slice(-8).join('\n'))
      .join('\n');
  }
}

async function until(what: string, isSo: () => boolean, describe: () => string, seconds = 60): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited ${seconds} s until ${what}.\n${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
