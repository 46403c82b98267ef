/** `dant convert`: MATLAB's spikeInfo.mat to a data folder. */
import type { Command } from 'commander';
import { type CommonOptions, execute } from '../execute.ts';
import { resolvePath } from '../paths.ts';
import { refuseToReplace } from '../refuse-to-replace.ts';
import { addCommonOptions } from './options.ts';

interface Options extends CommonOptions {
  readonly force?: boolean;
}

const EXAMPLES = `
Examples:
  dant convert spikeInfo.mat data
  dant convert spikeInfo.mat data && dant run data`;

export function addConvertCommand(program: Command): void {
  addCommonOptions(
    program
      .command('convert')
      .summary('turn spikeInfo.mat into a data folder')
      .description('Turn spikeInfo.mat (MATLAB v7.3) into a data folder that can be tracked.')
      .argument('<file>', 'spikeInfo.mat')
      .argument('<out>', 'data folder to write')
      .option('--force', 'replace a recording that is there already'),
  )
    .addHelpText('after', EXAMPLES)
    .action((file: string, out: string, options: Options) =>
      execute('convert', options, async ({ onEvent, signal, ifStopped }) => {
        const dataFolder = resolvePath('argument OUT', out);
        if (options.force !== true) refuseToReplace(dataFolder);
        ifStopped(`Stopped. Nothing was changed in ${dataFolder}.`);
        const { convertSpikeInfo } = await import('../../stages/preprocess.ts');
        await convertSpikeInfo(resolvePath('argument FILE', file), dataFolder, { onEvent, signal });
        return {
          result: { dataFolder },
          text: `Converted ${file}.\n\n  Data  ${dataFolder}\n  Next  dant run ${out}`,
        };
      }),
    );
}
