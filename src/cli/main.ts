#!/usr/bin/env node
/** The command line `dant`. */
import { CommanderError } from 'commander';
import { reportFailure } from './execute.ts';
import { createProgram } from './program.ts';
import { cannotPrint, EXIT } from './ui/exit.ts';

// A reader that goes away (`dant settings | head -1`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') reportFailure(cannotPrint(error), '', false);
});
// There is nowhere left to tell it.
process.stderr.on('error', () => {});

// What another program of Node has started, as `dant batch` does, stops when that program is no more.
const stop = () => process.kill(process.pid, 'SIGTERM');
if (process.connected === false) stop();
process.on('disconnect', stop);
process.channel?.unref();

const args = process.argv.slice(2);
try {
  await createProgram().parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = EXIT.success;
  else reportFailure(error, 'Stopped.', args.includes('--json'));
}
