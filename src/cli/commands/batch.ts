/** `dant batch`: track many recordings. */
import path from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { readBatchList } from '../../io/batch-list.ts';
import { requireFile } from '../../io/node/file-store.ts';
import { memoryLimit } from '../../io/node/memory-limit.ts';
import type { ShankMode } from '../../stages/stage-options.ts';
import { threadsOf } from '../../workers/node.ts';
import { type Job, planBatch } from '../batch/plan.ts';
import { Records } from '../batch/records.ts';
import { inspectJobs, reportJobs, runBatch, summaryTable } from '../batch/run-batch.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { formatBatch, formatRanges } from '../ui/batch-summary.ts';
import { EXIT } from '../ui/exit.ts';
import { addCommonOptions, addDataOptions, collect, integer } from './options.ts';

interface Options extends CommonOptions {
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly shanks: ShankMode;
  readonly figures: boolean;
  readonly parallel: number;
  readonly threads?: number;
  readonly resume?: boolean;
  readonly row?: number;
  readonly only?: readonly string[];
  readonly merge?: boolean;
  readonly status?: boolean;
  readonly missing?: boolean;
  readonly records?: string;
}

/** Recordings under way take a second to stop, longer on a busy machine; then it is noted, ms. */
const PATIENCE_MS = 8000;

const EXAMPLES = `
LIST is a table in CSV or TSV whose first line names the columns: data and output (folders), and where needed settings
(a settings file), name, and shank (to track it alone; shanks with one output folder are merged when all are done).
Paths are relative to the table. LIST.batch/ beside it keeps a log and a record of every recording, and summary.csv.
A recording that fails stops no other. docs/cluster.md shows how to spread a list over a cluster.

Examples:
  dant batch recordings.csv
  dant batch recordings.csv --parallel 4 --resume
  dant batch recordings.csv --set clustering.max_distance=50
  dant batch recordings.csv --only mouse3-day12
  dant batch recordings.csv --status

Exit codes: 0 all done, 1 some are not, 2 nothing was run as the list or an option is wrong, 130 stopped.`;

export function addBatchCommand(program: Command): void {
  const command = program
    .command('batch')
    .summary('track every recording of a table')
    .description('Track every recording of a table, one after another or several at once.')
    .argument('<list>', 'table of recordings, CSV or TSV')
    .option('--parallel <n>', 'recordings at once, as far as the memory allows', integer(1), 1)
    .option('--threads <n>', 'threads that they share (default: all cores)', integer(1))
    .option('--resume', 'leave alone what is done and whose data and settings have not changed')
    .option('--row <n>', 'only this row, from 1 below the header', integer(1))
    .option('--only <name>', 'only this recording; may stand several times', collect)
    .option('--merge', 'only merge shanks, then tell how everything stands')
    .option('--status', 'run nothing, tell how everything stands')
    .option('--missing', 'run nothing, print the rows that are not done, such as 2,5-7')
    .option('--records <dir>', 'folder for logs and records (default: LIST.batch beside the list)');
  addDataOptions(command).option('--no-figures', 'draw no figures');
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((list: string, options: Options) =>
      execute(
        'batch',
        options,
        async ({ onEvent, signal, ifStopped }) => {
          const location = resolvePath('argument LIST', list);
          const { jobs, unused } = await readPlan(location);
          for (const column of unused)
            onEvent({ kind: 'warning', text: `${list}: the column "${column}" is not used.` });
          const records = new Records(
            options.records !== undefined
              ? resolvePath('--records', options.records)
              : `${location.replace(/\.[^./\\]+$/, '')}.batch`,
          );
          const every = options;
          const selected = select(jobs, options, list);
          const partial = options.row !== undefined || options.only !== undefined;
          const looked = partial ? selected : jobs;
          const inspected = await inspectJobs(looked, every, signal);
          if (options.missing) {
            const reports = await reportJobs(looked, inspected, records);
            const rows = reports.flatMap(({ row, state }) =>
              row === undefined || state === 'done' || state === 'running' ? [] : [row],
            );
            return { result: { rows }, text: formatRanges(rows) };
          }
          if (!options.status) {
            ifStopped('Stopped. No recording had begun.');
            await runBatch(selected, inspected, {
              every,
              records,
              parallel: options.parallel,
              threads: threadsOf(options.threads ?? -1),
              memoryLimit: memoryLimit(),
              resume: options.resume === true || options.merge === true,
              onEvent,
              signal,
              onDone: (done, total) =>
                ifStopped(
                  `Stopped. ${done} of ${total} are done; results of the others are as they were. The same command with --resume goes on.`,
                ),
            });
          }
          const reports = await reportJobs(looked, inspected, records);
          if (!options.status && !partial) await records.writeTable(summaryTable(reports));
          const failed = reports.filter(({ state }) => state !== 'done').length;
          return {
            result: {
              list: location,
              records: records.folder,
              done: reports.length - failed,
              notDone: failed,
              jobs: reports,
            },
            text: formatBatch(reports),
            exitCode: failed > 0 ? EXIT.fault : EXIT.success,
          };
        },
        { patience: PATIENCE_MS },
      ),
    );
}

async function readPlan(location: string): Promise<{ jobs: Job[]; unused: readonly string[] }> {
  const file = await requireFile(
    location,
    'a table of recordings',
    'Check the path; `dant batch --help` says what the table holds.',
  );
  const list = await readBatchList(file);
  return { jobs: planBatch(list, location, path.dirname(location)), unused: list.unused };
}

/** The jobs that the options name; merges come with the shanks they need. */
function select(jobs: readonly Job[], { row, only, merge }: Options, list: string): Job[] {
  const unknown = (option: string, expected: string) =>
    new InputError({
      where: option,
      found: `nothing of that name in ${list}`,
      expected,
      remedy: 'Correct it.',
    });
  if (row !== undefined) {
    const rows = jobs.filter((job) => job.row === row);
    if (rows.length > 0) return rows;
    throw unknown(`--row ${row}`, `a row from 1 to ${jobs.filter((job) => job.row !== undefined).length}`);
  }
  if (only) {
    return only.map((name) => {
      const job = jobs.find((other) => other.name === name);
      if (job) return job;
      throw unknown(`--only ${name}`, `one of ${jobs.map((other) => other.name).join(', ')}`);
    });
  }
  return merge ? jobs.filter((job) => job.after.length > 0) : [...jobs];
}
