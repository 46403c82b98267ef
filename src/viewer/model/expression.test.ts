import { describe, expect, it } from 'vitest';
import { ExpressionError, parseExpression, type Value } from './expression.ts';

const NAMES = ['sessions', 'worst', 'label', 'confirmed'];
const row: Record<string, Value> = { sessions: 7, worst: Number.NaN, label: 'Interneuron', confirmed: true };
const holds = (text: string) =>
  parseExpression(text, NAMES)({ value: (name) => row[name], foundIn: (session) => session === 3 });

describe('a filter expression', () => {
  it('compares, calculates and joins with the usual precedence', () => {
    expect(holds('sessions >= 5 and sessions < 8')).toBe(true);
    expect(holds('sessions - 1 * 2 = 5')).toBe(true);
    expect(holds('(sessions - 1) * 2 = 12')).toBe(true);
    expect(holds('sessions = 1 or sessions = 7 and confirmed')).toBe(true);
    expect(holds('not (sessions = 7)')).toBe(false);
    expect(holds('-sessions = -7 && !(1 > 2)')).toBe(true);
    expect(holds('sessions ≥ 7 and sessions ≤ 7 and sessions ≠ 8 and −sessions < 0')).toBe(true);
  });

  it('is never true of a missing number', () => {
    expect(['worst < 1', 'worst > 1', 'worst = 1', 'worst != 1', 'worst'].map(holds)).toEqual(
      Array(5).fill(false),
    );
  });

  it('looks for text without regard to case', () => {
    expect(holds('label ~ "INTER"')).toBe(true);
    expect(holds("LABEL = 'interneuron'")).toBe(true);
    expect(holds('label != "other"')).toBe(true);
  });

  it('asks for sessions', () => {
    expect([holds('in(3)'), holds('in(4)')]).toEqual([true, false]);
  });

  it('says what is wrong and where', () => {
    const problem = (text: string) => {
      try {
        parseExpression(text, NAMES);
      } catch (error) {
        return error instanceof ExpressionError ? [error.at, error.message] : error;
      }
    };
    expect(problem('depth > 3')).toEqual([0, expect.stringContaining('no column “depth”')]);
    expect(problem('sessions >')).toEqual([10, expect.stringContaining('at the end')]);
    expect(problem('(sessions > 3')).toEqual([13, expect.stringContaining('“)”')]);
    expect(problem('sessions 3')).toEqual([9, expect.stringContaining('one too many')]);
    expect(problem('sessions § 3')).toEqual([8, expect.stringContaining('not understood')]);
  });
});
