/** `dant settings`: print or write the settings with their defaults. */
import path from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { FileStore, isThere, statusOf } from '../../io/node/file-store.ts';
import { settingsTemplate } from '../../io/settings-file.ts';
import { execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';

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
        await writeNew(file, template, options.force === true);
        return { result: { file }, text: `Wrote ${file}. Edit it, then: dant run ${file}` };
      }),
    );
}

async function writeNew(file: string, text: string, replace: boolean): Promise<void> {
  const location = resolvePath('argument FILE', file);
  const store = new FileStore(path.dirname(location));
  if (!replace && isThere(location)) {
    throw new InputError({
      where: file,
      found: 'something that is there already',
      expected: 'no file of that name',
      remedy: 'Give another name, or --force to replace it.',
    });
  }
  if (!statusOf(store.name)?.isDirectory()) {
    throw new InputError({
      where: file,
      found: `no folder ${store.name}`,
      expected: 'a place where a file can be written',
      remedy: 'Give another name or folder.',
    });
  }
  await store.write(path.basename(location), new TextEncoder().encode(text));
}
