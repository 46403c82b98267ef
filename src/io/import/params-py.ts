/** phy's `params.py`, read as text: assignments of literals are taken, nothing is ever executed. */
import { InputError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';

/** What `params.py` says of the raw recording. */
export interface PhyParams {
  /** Files of the recording, one after the other. Empty when there are none. */
  readonly dataPaths: readonly string[];
  /** Channels in the file, also those that were not sorted. */
  readonly channels?: number;
  readonly dtype: string;
  /** Bytes before the first sample. */
  readonly offset: number;
  readonly sampleRateHz: number;
  readonly highPassed: boolean;
}

type Literal = string | number | boolean | null | readonly string[];

/** @throws InputError when there is no sampling rate, or a value is computed and not written down */
export async function readParams(source: ByteSource): Promise<PhyParams> {
  const values = parseAssignments(new TextDecoder().decode(await source.read(0, source.size)));
  const fail = (name: string, found: string, expected: string): never => {
    throw new InputError({
      where: `${source.name}, ${name}`,
      found,
      expected,
      remedy: `Write ${name} as a plain value; the file is read as text and never executed.`,
    });
  };
  const number = (name: string): number | undefined => {
    const value = values.get(name);
    if (value === undefined) return undefined;
    if (typeof value.literal === 'number') return value.literal;
    return fail(name, value.text, 'a number');
  };
  const path = values.get('dat_path');
  if (path && path.literal === undefined) fail('dat_path', path.text, 'a path or a list of paths in quotes');
  const paths = path?.literal ?? [];
  const dtype = values.get('dtype');
  const sampleRateHz = number('sample_rate') ?? fail('sample_rate', 'nothing', 'the sampling rate, Hz');
  if (!(sampleRateHz >= 1000 && sampleRateHz <= 200_000)) {
    fail('sample_rate', `${sampleRateHz}`, 'a sampling rate between 1,000 and 200,000 Hz');
  }
  return {
    dataPaths: (typeof paths === 'string' ? [paths] : Array.isArray(paths) ? paths : []).filter(
      // SpikeInterface writes the text 'None' for none.
      (p) => p !== '' && p !== 'None',
    ),
    channels: number('n_channels_dat'),
    dtype: typeName(typeof dtype?.literal === 'string' ? dtype.literal : (dtype?.text ?? 'int16')),
    offset: number('offset') ?? 0,
    sampleRateHz,
    highPassed: values.get('hp_filtered')?.literal === true,
  };
}

/** NumPy's name of a type, however it is written: `'<i2'`, `np.int16`, `numpy.dtype('int16')`. */
function typeName(text: string): string {
  const name = text.replace(/^(np|numpy)\./, '').replace(/^dtype\(['"]?(.*?)['"]?\)$/, '$1');
  return /^([<=|]?i2|short)$/.test(name) ? 'int16' : name;
}

/** The assignments of a file; `literal` is undefined where the value is an expression. */
function parseAssignments(text: string): Map<string, { readonly text: string; readonly literal?: Literal }> {
  const values = new Map<string, { text: string; literal?: Literal }>();
  // A list may go over several lines.
  const pattern = /^[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*(\[[^\]]*\]|\([^)]*\)|.*)$/gm;
  for (const [, name, value] of text.matchAll(pattern)) {
    const trimmed = value.trim();
    values.set(name, { text: trimmed, literal: parseLiteral(trimmed) });
  }
  return values;
}

const STRING = String.raw`[rRuU]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")`;

function parseLiteral(text: string): Literal | undefined {
  const string = new RegExp(`^(${STRING})\\s*(?:#.*)?$`).exec(text);
  if (string) return unquote(string[1]);
  const bare = text.replace(/\s*#.*$/, '');
  if (bare === 'True' || bare === 'False') return bare === 'True';
  if (bare === 'None') return null;
  if (/^[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(bare)) return Number(bare.replaceAll('_', ''));
  if (/^[[(]/.test(text)) {
    const items = text.slice(1, -1).replace(/#.*$/gm, '').trim();
    if (new RegExp(`^(${STRING}\\s*,?\\s*)*$`).test(items)) {
      return [...items.matchAll(new RegExp(STRING, 'g'))].map(([item]) => unquote(item));
    }
  }
  return undefined;
}

function unquote(text: string): string {
  const raw = /^[rR]/.test(text);
  const inner = text.replace(/^[rRuU]?['"]/, '').slice(0, -1);
  // Paths of Windows are often written without doubling: only real escapes of quotes and backslashes are resolved.
  return raw ? inner : inner.replace(/\\(['"\\])/g, '$1');
}
