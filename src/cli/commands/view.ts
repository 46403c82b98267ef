/** `dant view`: look at a result and curate it, in the browser. */
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { packageVersion } from '../../stages/package-version.ts';
import { execute, tellFault } from '../execute.ts';
import { resolveIfGiven, resolvePath } from '../paths.ts';

interface Options {
  readonly data?: string;
  readonly port?: string;
  readonly open: boolean;
}

const EXAMPLES = `
OUT is the folder of a finished result, of dant or of pyDANT. What you curate is kept in OUT/Curation.jsonl, every step
at once; the automatic result is never changed. Only this machine, and only whoever has the printed address, can look.

Examples:
  dant view DANT_Output
  dant view pyDANT_Output --data data
  dant view DANT_Output --no-open --port 8080     for a tunnel: ssh -L 8080:127.0.0.1:8080 server`;

export function addViewCommand(program: Command): void {
  program
    .command('view')
    .summary('look at a result and curate it, in the browser')
    .description('Look at a result and curate it, in the browser. Ctrl-C ends it.')
    .argument('<out>', 'folder of a finished result')
    .option('--data <dir>', 'data folder that was tracked (default: the one that the result names)')
    .option('--port <number>', 'port to listen on (default: any that is free)')
    .option('--no-open', 'open no browser')
    .addHelpText('after', EXAMPLES)
    .action((out: string, options: Options) =>
      execute('view', {}, async ({ signal }) => {
        const { serveFolder } = await import('../../server/serve.ts');
        const serving = await serveFolder(resolvePath('argument OUT', out), {
          dataFolder: resolveIfGiven('--data', options.data),
          port: options.port === undefined ? undefined : readPort(options.port),
          version: packageVersion(),
          onFault: tellFault,
        });
        const { url, dataFolder } = serving;
        process.stdout.write(`${describe(out, dataFolder)}\n${url}\nCtrl-C ends it.\n`);
        if (options.open) await openBrowser(url);
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        await serving.close();
        return { result: undefined, text: '\nEnded. Everything you did is saved.' };
      }),
    );
}

const describe = (out: string, dataFolder: string | undefined) =>
  `Viewing ${out}${dataFolder === undefined ? '; without --data there are no raw waveforms' : ` with the data in ${dataFolder}`}:`;

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InputError({
    where: '--port',
    found: `"${text}"`,
    expected: 'a number from 0 to 65535',
    remedy: 'Leave --port out to take any port that is free.',
  });
}

/** Where there is no browser the printed address suffices. */
async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    browser.on('error', () => {});
  } catch {
    process.stderr.write('No browser could be opened: open the address yourself.\n');
  }
}
