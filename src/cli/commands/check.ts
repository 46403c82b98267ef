/** `dant check`: look at a recording without tracking it. */
import type { Command } from 'commander';
import type { RunOptions } from '../../stages/stage-options.ts';
import { type CommonOptions, execute } from '../execute.ts';
import { type InputOptions, readInput } from '../input.ts';
import { formatCheckSummary } from '../ui/summary.ts';
import { addCommonOptions, addDataOptions } from './options.ts';

interface Options extends CommonOptions, InputOptions {
  readonly shanks: RunOptions['shanks'];
}

const EXAMPLES = `
Reads and checks all that a run would read, and estimates the memory and the time of that run. Writes nothing.

Examples:
  dant check data
  dant check settings.json
  dant check data --set 'clustering.features=["Waveform"]' --json`;

export function addCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .summary('check and describe a recording without tracking it')
    .description(
      'Check a recording and describe it: units per session, memory and time that a run would take.',
    )
    .argument('[data]', 'data folder or settings file');
  addDataOptions(command);
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((data: string | undefined, options: Options) =>
      execute('check', options, async (context) => {
        const input = await readInput(data, options);
        for (const text of input.notes) context.onEvent({ kind: 'log', text });
        for (const text of input.warnings) context.onEvent({ kind: 'warning', text });
        const { checkData } = await import('../../stages/check.ts');
        const summary = await checkData(input.userSettings, {
          onEvent: context.onEvent,
          signal: context.signal,
          fromFile: input.fromFile,
          source: input.source,
          shanks: options.shanks,
        });
        const result = { ...summary, warnings: [...input.warnings, ...summary.warnings] };
        return { result, text: formatCheckSummary(result) };
      }),
    );
}
