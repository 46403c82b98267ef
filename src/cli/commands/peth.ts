/** `dant peth`: how units respond to events, from a table of events. */
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { pethBins } from '../../core/features/peth.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { formatPeth } from '../ui/summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly events: string;
  readonly window: string;
  readonly bin: string;
  readonly smooth: string;
  readonly force?: boolean;
}

const EXAMPLES = `
Writes peth.npy into DATA: for every unit the mean rate (spikes/s) around the events of its session, one kind of events
after the other in alphabetical order; NaN for kinds that a session lacks. \`dant run\` then compares it by itself.

events.csv has the columns session (1..N), type, and time in seconds or time_ms in ms, counted from the start of the
session like its spike times. Events whose window is not wholly within their session are left out, with a warning.

Examples:
  dant peth data --events events.csv
  dant peth data --events events.csv --window -1,3 --bin 0.01 --smooth 0.03 --force`;

export function addPethCommand(program: Command): void {
  addCommonOptions(
    program
      .command('peth')
      .summary('compute peri-event time histograms')
      .description('Compute peri-event time histograms of all units from a table of events.')
      .argument('<data>', 'data folder')
      .requiredOption('--events <file>', 'table of events (CSV)')
      .option('--window <from,to>', 'window around each event, seconds', '-1,3')
      .option('--bin <seconds>', 'width of a bin; must divide the window', '0.01')
      .option('--smooth <seconds>', 'standard deviation of Gaussian smoothing, 0 for none', '0')
      .option('--force', 'replace a peth.npy that is there already'),
  )
    .addHelpText('after', EXAMPLES)
    .action((data: string, options: Options) =>
      execute('peth', options, async ({ onEvent, signal, ifStopped }) => {
        const window = readWindow(options.window);
        const bin = readNumber('--bin', options.bin, 0);
        const smooth = readNumber('--smooth', options.smooth, 0);
        checkBins(window, bin);
        const dataFolder = resolvePath('argument DATA', data);
        ifStopped(`Stopped. Nothing was changed in ${dataFolder}.`);
        const { computePeth } = await import('../../stages/peth.ts');
        const result = await computePeth(dataFolder, resolvePath('--events', options.events), {
          window,
          bin,
          smooth,
          force: options.force,
          onEvent,
          signal,
        });
        return { result, text: formatPeth(result) };
      }),
    );
}

function readNumber(where: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new InputError({
    where,
    found: `"${text}"`,
    expected: least === 0 ? 'a number of seconds, at least 0' : 'a number of seconds',
    remedy: 'Write it like 0.01.',
  });
}

function readWindow(text: string): [number, number] {
  const parts = text.split(',');
  const problem = {
    where: '--window',
    found: `"${text}"`,
    expected: 'begin and end in seconds, begin first',
  };
  const remedy = 'Write it like --window -1,3.';
  if (parts.length !== 2) throw new InputError({ ...problem, remedy });
  const [begin, end] = parts.map((part) => readNumber('--window', part, Number.NEGATIVE_INFINITY));
  if (!(begin < end)) throw new InputError({ ...problem, remedy });
  return [begin, end];
}

function checkBins(window: readonly [number, number], bin: number): void {
  try {
    pethBins({ window, bin });
  } catch (cause) {
    const length = window[1] - window[0];
    const whole = Math.max(1, Math.round(length / bin));
    throw new InputError(
      {
        where: '--bin',
        found: `${bin} s, which does not divide the window of ${Number(length.toFixed(9))} s`,
        expected: 'a whole number of bins in the window',
        remedy:
          bin > 0
            ? `Use another width, or --window ${window[0]},${Number((window[0] + whole * bin).toFixed(9))}.`
            : 'Give a width above 0, like --bin 0.01.',
      },
      { cause },
    );
  }
}
