/** `dant add`: add sessions to a finished result. */
import path from 'node:path';
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { readMemory } from '../input.ts';
import { formatAddition } from '../ui/add-summary.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly output?: string;
  readonly data?: string;
  readonly figures: boolean;
  readonly memory?: string;
}

const EXAMPLES = `
The sessions 1 to n of NEW_DATA, recorded with the same channel map, become the sessions that follow those of OUT.
Only they are preprocessed and compared. Neurons keep their numbers: new units join them, or found neurons whose
numbers follow. Old neurons that now look like one stay apart and are named. What was curated by hand goes on. The
recording of all sessions is put together in the folder Data of the result.

Examples:
  dant add DANT_Output next_week
  dant add DANT_Output next_week --output grown
  dant add results next_week --data /moved/data --json`;

export function addAddCommand(program: Command): void {
  addCommonOptions(
    program
      .command('add')
      .summary('add sessions to a finished result')
      .description(
        'Add the sessions of a data folder to a finished result, whose neurons keep their numbers.',
      )
      .argument('<out>', 'folder of the result')
      .argument('<new_data>', 'data folder with the new sessions')
      .option('-o, --output <dir>', 'folder for the grown result (default: where the result is)')
      .option('--data <dir>', 'where the data of the result are now (default: where they were)')
      .option('--no-figures', 'draw no figures')
      .option('--memory <GB>', 'memory that may be used (default: 70 % of what the machine has)'),
  )
    .addHelpText('after', EXAMPLES)
    .action((out: string, newData: string, options: Options) =>
      execute('add', options, async (context) => {
        const { addSessions } = await import('../../stages/add.ts');
        const output = options.output ?? out;
        context.ifStopped(`Stopped. Nothing was changed in ${output}.`);
        const lastStage = options.figures ? 'figures' : 'write';
        const result = await addSessions(path.resolve(out), newData, {
          onEvent(event) {
            context.onEvent(event);
            if (event.kind === 'stage' && event.stage === lastStage && event.state === 'end') {
              context.ifStopped(`Stopped while putting the results in ${output}: run the command again.`);
            }
          },
          signal: context.signal,
          output: options.output,
          dataFolder: options.data && path.resolve(options.data),
          figures: options.figures,
          memory: readMemory(options.memory),
        });
        return { result, text: formatAddition(result) };
      }),
    );
}
