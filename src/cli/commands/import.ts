/** `dant import`: folders of spike sorters to a data folder. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../../core/errors.ts';
import { GOOD_ONLY } from '../../io/import/label-expression.ts';
import { RAW_REFERENCES, WAVEFORM_SOURCES, type WaveformOptions } from '../../io/import/sorted-session.ts';
import type { SessionEntry } from '../../stages/import-sessions.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { refuseToReplace } from '../refuse-to-replace.ts';
import { formatImport } from '../ui/import-summary.ts';
import { addCommonOptions, collect } from './options.ts';

interface Options extends CommonOptions {
  readonly session?: readonly string[];
  readonly sessions?: string;
  readonly goodOnly?: boolean;
  readonly labels?: string;
  readonly waveforms: WaveformOptions['source'];
  readonly gain?: string;
  readonly sampleRate?: string;
  readonly spikes?: string;
  readonly window?: string;
  readonly highPass?: string;
  readonly reference: WaveformOptions['reference'];
  readonly seed?: string;
  readonly force?: boolean;
}

const EXAMPLES = `
DIR is a folder of Kilosort 2 to 4 or phy (also with the waveforms of Bombcell, UnitMatch or C_Waves), a SortingAnalyzer
of SpikeInterface (folder or zarr), or an .nwb file with units; or the one spikeInfo.mat that holds all sessions.
The order of the sessions is the order in which they are given. A table has the column folder, and if you like date,
label and gain. Labels: COLUMN=VALUE|VALUE, also != < <= > >=, joined by and, or, not; any column of cluster_*.tsv.

Examples:
  dant import data --session day1/kilosort4 --session day2/kilosort4
  dant import data --sessions sessions.csv --labels "label=good|mua and n_spikes>=200"
  dant import data --sessions sessions.csv --labels "bc_unitType=GOOD" --waveforms mean --gain 2.34375
  dant import data --session day1 --session day2 && dant run data`;

export function addImportCommand(program: Command): void {
  addCommonOptions(
    program
      .command('import')
      .summary('turn folders of spike sorters into a data folder')
      .description(
        'Turn the folders that spike sorters and phy wrote, one for each session, into a data folder.',
      )
      .argument('<out>', 'data folder to write')
      .option('-s, --session <dir>', 'folder of a session; stands once for each, in their order', collect)
      .option('--sessions <table>', 'table of sessions: folder, date, label, gain')
      .option('--good-only', 'take units labelled good (default)')
      .option('--labels <expression>', 'take the units that it fits; "all" for every one')
      .addOption(
        new Option('--waveforms <source>', 'where mean waveforms come from; auto: the best that is there')
          .choices(['auto', ...WAVEFORM_SOURCES])
          .default('auto'),
      )
      .option('--gain <uV>', 'µV per bit, where the files do not say it; 1 for values in µV')
      .option('--sample-rate <Hz>', 'sampling rate, where an .nwb file does not say it')
      .option('--spikes <n>', 'spikes that a mean of raw data is taken over (default: 500)')
      .option('--window <before,after>', 'ms around the trough (default: 0.7,1.4)')
      .option('--high-pass <Hz>', 'cutoff of the filter on raw data, 0 for none (default: 300)')
      .addOption(
        new Option(
          '--reference <of>',
          'what raw data are referenced to; median: of all sites, if there are 64',
        )
          .choices(RAW_REFERENCES)
          .default('median'),
      )
      .option('--seed <n>', 'seed of the choice of spikes (default: 1)')
      .option('--force', 'replace a recording that is there already'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('import', options, async ({ onEvent, signal, ifStopped }) => {
        const dataFolder = resolvePath('argument OUT', out);
        if (options.force !== true) refuseToReplace(dataFolder);
        const chosen = readOptions(options);
        const matFile = spikeInfoOf(options.session);
        if (matFile !== undefined) {
          const { convertSpikeInfo } = await import('../../stages/preprocess.ts');
          const { units, sessions } = await convertSpikeInfo(matFile, dataFolder, { onEvent, signal });
          const result = { dataFolder, taken: units, sessions: new Set(sessions).size };
          return { result, text: `Imported all ${units} units of ${matFile}.\n\n  Data  ${dataFolder}` };
        }
        const { importFolder, readSessionTable } = await import('../../stages/import-sessions.ts');
        const entries: SessionEntry[] = [
          ...(options.sessions === undefined
            ? []
            : await readSessionTable(resolvePath('--sessions', options.sessions))),
          ...(options.session ?? []).map((folder) => ({ path: resolvePath('--session', folder) })),
        ];
        ifStopped(`Stopped. Nothing was changed in ${dataFolder}.`);
        const result = await importFolder(dataFolder, entries, { ...chosen, onEvent, signal });
        return { result, text: formatImport(result) };
      }),
    );
}

/** The spikeInfo.mat that is the only session given, or stands in its folder. */
function spikeInfoOf(sessions: readonly string[] = []): string | undefined {
  const found = sessions.flatMap((folder) => {
    const location = resolvePath('--session', folder);
    return [location, path.join(location, 'spikeInfo.mat')].filter(
      (file) => /\.mat$/i.test(file) && existsSync(file),
    );
  });
  if (found.length === 0 || sessions.length === 1) return found[0];
  throw wrong(
    '--session',
    `${found[0]} among ${sessions.length} sessions`,
    'it alone: it holds all sessions',
  );
}

function readOptions(options: Options) {
  if (options.session === undefined && options.sessions === undefined) {
    throw wrong('--session', 'no session', 'the folder of every session, or a table: --sessions');
  }
  if (options.session !== undefined && options.sessions !== undefined) {
    throw wrong('--session', 'both --session and --sessions', 'one of them');
  }
  if (options.goodOnly && options.labels !== undefined) {
    throw wrong('--labels', 'both --good-only and --labels', 'one of them');
  }
  const number = (flag: string, text: string | undefined, lowest: number, whole: boolean) => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && value >= lowest && value < Number.POSITIVE_INFINITY) {
      if (!whole || Number.isInteger(value)) return value;
    }
    throw wrong(flag, `"${text}"`, `a${whole ? ' whole' : ''} number, at least ${lowest}`);
  };
  const window = options.window?.split(',').map((text) => number('--window', text, 0.1, false) as number);
  if (window && (window.length !== 2 || window.some((ms) => ms > 50))) {
    throw wrong('--window', `"${options.window}"`, 'two times in ms, at most 50, such as 0.7,1.4');
  }
  return {
    labels: options.labels ?? GOOD_ONLY,
    source: options.waveforms,
    gain: number('--gain', options.gain, 1e-6, false),
    sampleRateHz: number('--sample-rate', options.sampleRate, 1000, false),
    maxSpikes: number('--spikes', options.spikes, 1, true),
    window: window as [number, number] | undefined,
    highPassHz: number('--high-pass', options.highPass, 0, false),
    reference: options.reference,
    seed: number('--seed', options.seed, 0, true),
  };
}

function wrong(where: string, found: string, expected: string): InputError {
  return new InputError({ where, found, expected, remedy: 'See dant import --help.' });
}
