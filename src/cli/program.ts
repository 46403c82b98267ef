/** The commands of `dant` and their help. */
import { Command } from 'commander';
import { packageVersion } from '../stages/package-version.ts';
import { addAddCommand } from './commands/add.ts';
import { addBatchCommand } from './commands/batch.ts';
import { addCheckCommand } from './commands/check.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addConvertCommand } from './commands/convert.ts';
import { addCurateCommand } from './commands/curate.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExportCommand } from './commands/export.ts';
import { addFiguresCommand } from './commands/figures.ts';
import { addImportCommand } from './commands/import.ts';
import { addMergeCommand } from './commands/merge.ts';

import { addPethCommand } from './commands/peth.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { addScoreCommand } from './commands/score.ts';
import { addSettingsCommand } from './commands/settings.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addViewCommand } from './commands/view.ts';

const EXAMPLES = `
Examples:
  dant run data                        track the neurons of the recording in data/
  dant run settings.json               the same, with settings
  dant view DANT_Output                look at the result and curate it, in the browser
  dant add DANT_Output next_week       add the sessions of next_week/ to a result
  dant check data                      look at the recording without tracking it
  dant batch recordings.csv            track every recording of a table
  dant import data -s day1 -s day2     turn folders of Kilosort or phy into a data folder
  dant convert spikeInfo.mat data      turn MATLAB's file into a data folder
  dant peth data --events events.csv   add how units respond to events, to be compared as well
  dant export DANT_Output --to mat     write the result for MATLAB; also csv, parquet, nwb, phy, …
  dant settings --init                 write settings.json with every setting explained
  dant simulate demo && dant run demo  try it on a simulated recording

Exit codes: 0 done, 1 fault, 2 bad input, 130 stopped.
DANT_DEBUG=1 shows where in the program an error arose; NO_COLOR=1 switches colours off.`;

/** A program that throws CommanderError on wrong usage, and prints nothing about it. */
export function createProgram(): Command {
  const program = new Command('dant')
    .description('Track single neurons across days in chronic high-density recordings.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  addRunCommand(program);
  addAddCommand(program);
  addCheckCommand(program);
  addViewCommand(program);
  addCurateCommand(program);
  addReportCommand(program);
  addFiguresCommand(program);
  addBatchCommand(program);
  addMergeCommand(program);
  addImportCommand(program);
  addConvertCommand(program);
  addExportCommand(program);
  addPethCommand(program);
  addSettingsCommand(program);
  addSimulateCommand(program);
  addScoreCommand(program);
  addEvaluateCommand(program);
  addCompareCommand(program);
  return program;
}
