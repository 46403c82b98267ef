/** Sums of snippets of a recording: the heavy part of taking mean waveforms from raw data. */

export interface SnippetSums {
  /** Memory of pieces of recording, from which snippets are added: channels interleaved, in bits. */
  readonly pieces: readonly Int16Array[];
  /** (units,) snippets in each sum. */
  readonly counts: Int32Array;
  /** Adds the snippet that begins at a value of a piece to the sum of a unit. */
  add(unit: number, piece: number, from: number): void;
  /** (snippet,) of a unit, in bits; undefined without a snippet. */
  sumOf(unit: number): Int32Array | undefined;
}

export interface SnippetSumsShape {
  readonly units: number;
  /** Values of a snippet: samples × channels. */
  readonly snippet: number;
  readonly pieces: number;
  /** Values of each piece. */
  readonly piece: number;
}

export type CreateSnippetSums = (shape: SnippetSumsShape) => SnippetSums;

/** The oracle, and what serves where sums are too large for WebAssembly. Sums of up to 65,535 snippets are exact. */
export const plainSnippetSums: CreateSnippetSums = ({ units, snippet, pieces, piece }) => {
  const memory = Array.from({ length: pieces }, () => new Int16Array(piece));
  const sums = new Array<Int32Array | undefined>(units);
  const counts = new Int32Array(units);
  return {
    pieces: memory,
    counts,
    add(unit, p, from) {
      const values = memory[p].subarray(from, from + snippet);
      const sum = sums[unit];
      if (!sum) sums[unit] = new Int32Array(values);
      else for (let i = 0; i < snippet; i++) sum[i] += values[i];
      counts[unit]++;
    },
    sumOf: (unit) => sums[unit],
  };
};
