/** `dant settings`: print or write the settings with their defaults. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { settingsTemplate } from '../../io/settings-file.ts';
import { execute } from '../execute.ts';

interface Options {
  readonly init?: string | true;
  readonly force?: boolean;
}

const EXAMPLES = `
Examples:
  dant settings | less
  dant settings --init                  write settings.json here
  dant settings --init mouse12.json`;

export function addSettingsCommand(program: Command): void {
  program
    .command('settings')
    .summary('print or write all settings with their defaults')
    .description('Print every setting with its default and what it means, or write them to a file to edit.')
    .option('--init [file]', 'write them to a file (default: settings.json)')
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) =>
      execute('settings', {}, async () => {
        const template = settingsTemplate();
        if (options.init === undefined) return { result: template, text: template };
        const file = options.init === true ? 'settings.json' : options.init;
        writeNew(file, template, options.force === true);
        return { result: { file }, text: `Wrote ${file}. Edit it, then: dant run ${file}` };
      }),
    );
}

function writeNew(file: string, text: string, replace: boolean): void {
  try {
    writeFileSync(file, text, { flag: replace ? 'w' : 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const exists = code === 'EEXIST';
    throw new InputError(
      {
        where: file,
        found: exists ? 'a file that is there already' : message,
        expected: exists ? 'no file of that name' : 'a place where a file can be written',
        remedy: exists ? 'Give another name, or --force to replace it.' : 'Give another name or folder.',
      },
      { cause },
    );
  }
}
