/** Which units to take: `good`, or an expression over their labels and properties. */
import { InputError } from '../../core/errors.ts';
import type { SortedUnit } from './sorted-session.ts';

/** Whether a unit is to be taken. */
export interface LabelExpression {
  readonly text: string;
  /** Names of the columns it asks for, lower case. */
  readonly columns: readonly string[];
  accepts(unit: SortedUnit): boolean;
}

type Test = (unit: SortedUnit) => boolean;

/** The default. */
export const GOOD_ONLY = 'label=good';

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

/**
 * Parses an expression: `all`; comparisons `COLUMN=VALUE` or `COLUMN=VALUE|VALUE`, also with `!=`, and with `<`, `<=`, `>`,
 * `>=` for numbers; joined by `and`, `or`, `not` and parentheses. A single word stands for `label=WORD`. Names and values
 * ignore case; a value that a unit does not have is never equal and never in a range.
 *
 * @throws InputError saying where it cannot be understood
 */
export function parseLabelExpression(text: string): LabelExpression {
  const tokens = [...text.matchAll(/\(|\)|!=|<=|>=|==|=|<|>|\||"[^"]*"|[^\s()!<>=|"]+/g)].map((m) => m[0]);
  const columns = new Set<string>();
  let at = 0;
  const fail = (expected: string): never => {
    throw new InputError({
      where: `--labels "${text}"`,
      found: at < tokens.length ? `"${tokens[at]}"` : 'the end',
      expected,
      remedy: 'Write for example --labels "label=good|mua and n_spikes>=200", or --labels all.',
    });
  };
  const isWord = (token: string | undefined) =>
    token !== undefined && !/^(\(|\)|!=|[<>]=?|==?|\|)$/.test(token);
  const isKeyword = (token: string | undefined, word: string) => token?.toLowerCase() === word;
  const word = (expected: string): string => {
    if (!isWord(tokens[at])) fail(expected);
    return tokens[at++].replace(/^"|"$/g, '');
  };

  const either = (): Test => {
    const tests = [both()];
    while (isKeyword(tokens[at], 'or')) {
      at++;
      tests.push(both());
    }
    return (unit) => tests.some((test) => test(unit));
  };
  const both = (): Test => {
    const tests = [single()];
    while (isKeyword(tokens[at], 'and')) {
      at++;
      tests.push(single());
    }
    return (unit) => tests.every((test) => test(unit));
  };
  const single = (): Test => {
    if (isKeyword(tokens[at], 'not')) {
      at++;
      const test = single();
      return (unit) => !test(unit);
    }
    if (tokens[at] === '(') {
      at++;
      const test = either();
      if (tokens[at] !== ')') fail('a closing parenthesis');
      at++;
      return test;
    }
    if (isKeyword(tokens[at], 'all')) {
      at++;
      return () => true;
    }
    return comparison();
  };
  const comparison = (): Test => {
    const first = word('the name of a column');
    const token = tokens[at] === '==' ? '=' : tokens[at];
    const operator = OPERATORS.find((o) => o === token);
    if (!operator) {
      columns.add('label');
      return compare('label', '=', [first]);
    }
    at++;
    const values = [word('a value')];
    while (tokens[at] === '|') {
      at++;
      values.push(word('a value'));
    }
    if (!['=', '!='].includes(operator) && (values.length > 1 || !Number.isFinite(Number(values[0])))) {
      at -= 1;
      fail(`one number after ${operator}`);
    }
    columns.add(first.toLowerCase());
    return compare(first, operator, values);
  };

  const accepts = either();
  if (at < tokens.length) fail('"and", "or" or the end');
  return { text, columns: [...columns], accepts };
}

/** A value of a unit by the name of its column, any case. */
function unitValue(unit: SortedUnit, column: string): string | undefined {
  const name = column.toLowerCase();
  if (name === 'label') return unit.label;
  if (name === 'n_spikes') return String(unit.spikes);
  if (name === 'cluster_id') return unit.id;
  for (const [key, value] of unit.properties) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** Columns by which units of a session can be chosen. */
export function columnNames(units: readonly SortedUnit[]): string[] {
  const names = new Set(['n_spikes', 'cluster_id']);
  for (const unit of units) {
    if (unit.label !== undefined) names.add('label');
    for (const name of unit.properties.keys()) names.add(name);
  }
  return [...names].sort();
}

function compare(column: string, operator: Operator, values: readonly string[]): Test {
  const wanted = values.map((value) => value.toLowerCase());
  const limit = Number(values[0]);
  return (unit) => {
    const value = unitValue(unit, column);
    if (operator === '!=') return value === undefined || !wanted.some((w) => equal(value, w));
    if (value === undefined || value.trim() === '') return false;
    if (operator === '=') return wanted.some((w) => equal(value, w));
    const number = Number(value);
    if (operator === '<') return number < limit;
    if (operator === '<=') return number <= limit;
    if (operator === '>') return number > limit;
    return number >= limit;
  };
}

function equal(value: string, wanted: string): boolean {
  if (value.trim().toLowerCase() === wanted) return true;
  return value.trim() !== '' && wanted !== '' && Number(value) === Number(wanted);
}
