/** Options that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Collects the values of an option that may stand several times. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** Reads a whole number from `min` on. */
export const integer =
  (min = Number.MIN_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(
      `It must be a whole number${min === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${min}`}.`,
    );
  };

export function addDataOptions(command: Command): Command {
  return command
    .option('-p, --preset <name>', 'reference: as pyDANT; recommended: with what tracks better')
    .option('-s, --set <key=value>', 'change a setting; may stand several times', collect)
    .addOption(
      new Option('--shanks <mode>', 'auto: shanks apart when there are several; each; together')
        .choices(['auto', 'each', 'together'])
        .default('auto'),
    );
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('-q, --quiet', 'print warnings and errors only')
    .option('--json', 'print one JSON document, for machines');
}
