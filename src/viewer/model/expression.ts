/**
 * Expressions that filter rows, such as `sessions >= 5 and worst < 1.2`.
 *
 * Numbers, "text", names of columns; + - * /; < <= > >= = != (or ≤ ≥ ≠) and ~ (contains); and, or, not; in(5): found in session 5.
 * A name alone is true when it is neither 0 nor missing nor empty; comparisons with a missing number are false.
 */

export type Value = number | string | boolean;

/** What the names in an expression mean for one row. */
export interface Scope {
  value(name: string): Value;
  foundIn(session: number): boolean;
}

export type Predicate = (scope: Scope) => boolean;

/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {
  /** Position in the text. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionError';
    this.at = at;
  }
}

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(\d+\.?\d*|\.\d+)|"([^"]*)"|'([^']*)'|([A-Za-z_]\w*)|(<=|>=|!=|==|&&|\|\||[-−+*/()<>=≤≥≠~!]))/y;

/** Signs as they are printed. */
const SAME_SIGN: Record<string, string> = { '≤': '<=', '≥': '>=', '≠': '!=', '−': '-' };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  while (text.slice(end).trim() !== '') {
    const match = TOKEN.exec(text);
    if (!match) throw new ExpressionError(`“${text.slice(end).trim()}” is not understood`, end);
    const at = match.index + match[0].search(/\S/);
    const [, number, double, single, name, sign] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number, at });
    else if (name !== undefined) found.push({ kind: 'name', text: name, at });
    else if (sign !== undefined) found.push({ kind: 'sign', text: SAME_SIGN[sign] ?? sign, at });
    else found.push({ kind: 'text', text: double ?? single ?? '', at });
    end = TOKEN.lastIndex;
  }
  found.push({ kind: 'end', text: '', at: text.length });
  return found;
}

type Evaluate = (scope: Scope) => Value;

const truth = (value: Value) =>
  typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : Boolean(value);
const amount = (value: Value) => (typeof value === 'string' ? Number.NaN : Number(value));

/** @throws ExpressionError when the text is no expression over the names */
export function parseExpression(text: string, names: readonly string[]): Predicate {
  const list = tokens(text);
  let next = 0;
  const peek = () => list[next];
  const isWord = (word: string, sign: string) => {
    const { kind, text } = peek();
    return (kind === 'name' && text.toLowerCase() === word) || (kind === 'sign' && text === sign);
  };
  const take = (...signs: string[]) => {
    const { kind, text } = peek();
    if (kind !== 'sign' || !signs.includes(text)) return undefined;
    next++;
    return text;
  };
  const expect = (sign: string) => {
    if (!take(sign)) throw new ExpressionError(`expected “${sign}”${after()}`, peek().at);
  };
  const after = () => (peek().kind === 'end' ? ' at the end' : ` before “${peek().text}”`);

  const either = (): Evaluate => {
    let left = both();
    while (isWord('or', '||')) {
      next++;
      const [a, b] = [left, both()];
      left = (scope) => truth(a(scope)) || truth(b(scope));
    }
    return left;
  };
  const both = (): Evaluate => {
    let left = negation();
    while (isWord('and', '&&')) {
      next++;
      const [a, b] = [left, negation()];
      left = (scope) => truth(a(scope)) && truth(b(scope));
    }
    return left;
  };
  const negation = (): Evaluate => {
    if (!isWord('not', '!')) return comparison();
    next++;
    const inner = negation();
    return (scope) => !truth(inner(scope));
  };
  const comparison = (): Evaluate => {
    const a = sum();
    const sign = take('<', '<=', '>', '>=', '=', '==', '!=', '~');
    if (!sign) return a;
    const b = sum();
    return (scope) => compare(a(scope), sign, b(scope));
  };
  const sum = (): Evaluate => {
    let left = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const [a, b, factor] = [left, product(), sign === '+' ? 1 : -1];
      left = (scope) => amount(a(scope)) + factor * amount(b(scope));
    }
    return left;
  };
  const product = (): Evaluate => {
    let left = atom();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) {
      const [a, b, times] = [left, atom(), sign === '*'];
      left = (scope) => (times ? amount(a(scope)) * amount(b(scope)) : amount(a(scope)) / amount(b(scope)));
    }
    return left;
  };
  const atom = (): Evaluate => {
    if (take('-')) {
      const inner = atom();
      return (scope) => -amount(inner(scope));
    }
    if (take('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    const token = peek();
    next++;
    if (token.kind === 'number') return () => Number(token.text);
    if (token.kind === 'text') return () => token.text;
    if (token.kind === 'name') {
      if (token.text.toLowerCase() === 'in' && take('(')) {
        const session = sum();
        expect(')');
        return (scope) => scope.foundIn(amount(session(scope)));
      }
      const name = names.find((known) => known.toLowerCase() === token.text.toLowerCase());
      if (!name)
        throw new ExpressionError(`no column “${token.text}”; there are ${names.join(', ')}`, token.at);
      return (scope) => scope.value(name);
    }
    next--;
    throw new ExpressionError(`expected a number or a column${after()}`, token.at);
  };

  const whole = either();
  if (peek().kind !== 'end') throw new ExpressionError(`“${peek().text}” is one too many`, peek().at);
  return (scope) => truth(whole(scope));
}

function compare(a: Value, sign: string, b: Value): boolean {
  if (sign === '~') return String(a).toLowerCase().includes(String(b).toLowerCase());
  if (typeof a === 'string' || typeof b === 'string') {
    const same = String(a).toLowerCase() === String(b).toLowerCase();
    return sign === '!=' ? !same : (sign === '=' || sign === '==') && same;
  }
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return false;
  switch (sign) {
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    case '>=':
      return x >= y;
    case '!=':
      return x !== y;
    default:
      return x === y;
  }
}
