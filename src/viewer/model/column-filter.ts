/**
 * What is typed into the filter of one column. Numbers are compared as the table shows them, or as precisely as they are typed:
 * `525` finds 524.86 where no decimals are shown, `524.9` does not.
 */
import type { Value } from './expression.ts';

export interface FilteredColumn {
  readonly title: string;
  /** As the table shows them; undefined for text. */
  readonly decimals?: number;
}

export type Test = (value: Value) => boolean;

class FilterError extends Error {}

const SIGNS: Record<string, (a: number, b: number) => boolean> = {
  '': (a, b) => a === b,
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '≤': (a, b) => a <= b,
  '≥': (a, b) => a >= b,
  '≠': (a, b) => a !== b,
};

const NUMBER = String.raw`[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?`;
const COMPARISON = new RegExp(`^(<=|>=|!=|==|[<>=≤≥≠]|)\\s*(${NUMBER})$`);
const RANGE = new RegExp(`^(${NUMBER})\\s*(?:\\.\\.\\.?|…|–|-)\\s*(${NUMBER})$`);
const SAME_SIGN: Record<string, string> = { '<=': '≤', '>=': '≥', '!=': '≠', '==': '=' };

/**
 * @param typed a number, one with a sign such as `≥ 5`, a range such as `3..8` or `3-8`, or a piece of text
 * @returns undefined when nothing is typed
 * @throws FilterError when it is not understood
 */
export function columnFilter(typed: string, { title, decimals }: FilteredColumn): Test | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  if (decimals === undefined) {
    const piece = text.toLowerCase();
    return (value) => String(value).toLowerCase().includes(piece);
  }
  const shown = (value: Value, places: number) =>
    typeof value === 'number' ? Number(value.toFixed(Math.min(20, Math.max(decimals, places)))) : Number.NaN;
  const [, sign, number] = COMPARISON.exec(text) ?? [];
  const wanted = numberOf(number);
  if (wanted) {
    const holds = SIGNS[SAME_SIGN[sign] ?? sign];
    return (value) => {
      const own = shown(value, wanted.places);
      return !Number.isNaN(own) && holds(own, wanted.value);
    };
  }
  const [, one, other] = RANGE.exec(text) ?? [];
  const [from, to] = [numberOf(one), numberOf(other)];
  if (from && to) {
    const [low, high] = [Math.min(from.value, to.value), Math.max(from.value, to.value)];
    const places = Math.max(from.places, to.places);
    return (value) => shown(value, places) >= low && shown(value, places) <= high;
  }
  throw new FilterError(`“${text}” under ${title} is not understood: it takes 5, ≥ 5, ≠ 5 or 3..8`);
}

/** A number as people type it, with the decimals that it has. */
function numberOf(text: string | undefined): { value: number; places: number } | undefined {
  if (text === undefined || !/\d/.test(text)) return undefined;
  const plain = text.replaceAll(',', '').replace('−', '-');
  return { value: Number(plain), places: plain.split('.')[1]?.length ?? 0 };
}
