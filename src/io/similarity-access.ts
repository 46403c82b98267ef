/** Similarities of units read on demand: from a dense (units, units) matrix on the disk, or from a sparse one. */
import { InputError } from '../core/errors.ts';
import { sizeOf } from '../core/ndarray.ts';
import { pathIn, type Store } from './byte-source.ts';
import { concurrently } from './concurrently.ts';
import { type NpyFile, openNpy, readNpyRowsAs } from './npy.ts';
import { decodeNumbers } from './npy-elements.ts';
import { type NpzFile, openNpz } from './npz.ts';

/** What is known of one unit with others. */
export interface SimilarityRow {
  readonly unit: number;
  /** Unit that each value is of; undefined when there is one for every unit, in their order. */
  readonly columns?: Int32Array;
  readonly values: Float32Array | Float64Array;
}

/** A symmetric (units, units) matrix. */
export interface SimilarityAccess {
  readonly units: number;
  /** Whether only some pairs were compared; the others are NaN. */
  readonly sparse: boolean;
  /** Every row, from the first unit to the last; the arrays may be used again for the next one. */
  scan(): AsyncIterable<SimilarityRow>;
  /** (rows, columns) of the units named. */
  block(rows: ArrayLike<number>, columns: ArrayLike<number>): Promise<Float32Array>;
}

/**
 * The matrix of that name: `<name>.npy`, (units, units); or `<name>.npz`, a sparse one as SciPy saves it in compressed rows.
 * Undefined when there is neither.
 * @throws InputError when it is of another shape, or damaged
 */
export async function openSimilarity(
  store: Store,
  name: string,
  units: number,
): Promise<SimilarityAccess | undefined> {
  const dense = await store.open(`${name}.npy`);
  if (dense) {
    const file = await openNpy(dense);
    checkShape(file.shape, units, dense.name);
    return denseSimilarity(file);
  }
  const archive = await store.open(`${name}.npz`);
  if (!archive) return undefined;
  const file = await openNpz(archive);
  const shape = await file.readAs('shape', 'int32');
  checkShape([...shape.data], units, archive.name);
  const starts = (await file.readAs('indptr', 'float64')).data;
  const [columns, data] = [await file.open('indices'), await file.open('data')];
  const [indices, values] = [sizeOf(columns.shape), sizeOf(data.shape)];
  if (starts.length !== units + 1 || indices !== values || starts[units] !== values) {
    throw new InputError({
      where: pathIn(store, `${name}.npz`),
      found: `${values} values, ${indices} indices and ${starts.length} row starts`,
      expected: `as many indices as values, and ${units + 1} row starts`,
      remedy: 'The file is damaged: run again.',
    });
  }
  return sparseSimilarity(file, starts);
}

function checkShape(shape: readonly number[], units: number, where: string): void {
  if (shape.length === 2 && shape[0] === units && shape[1] === units) return;
  throw new InputError({
    where,
    found: `a matrix of shape (${shape.join(', ')})`,
    expected: `(${units}, ${units}), a similarity for every two units`,
    remedy: 'The files of the folder come from different runs: run again.',
  });
}

/** Bytes of rows read at once when the whole matrix is gone through. */
const PIECE_BYTES = 8 << 20;

/** Bytes between columns asked for that are read rather than skipped. */
const WORTH_READING = 32_768;

/** Reads by position; the matrix is never in memory as a whole. Rows and columns of a symmetric matrix are the same. */
function denseSimilarity(file: NpyFile): SimilarityAccess {
  const [units] = file.shape;
  const { source, itemSize, dataOffset } = file;
  const read = async (first: number, count: number): Promise<ArrayLike<number>> => {
    const bytes = await source.read(dataOffset + first * itemSize, count * itemSize);
    return decodeNumbers(bytes, file) as ArrayLike<number>;
  };
  return {
    units,
    sparse: false,
    async *scan() {
      const step = Math.max(1, Math.floor(PIECE_BYTES / (itemSize * units)));
      for (let from = 0; from < units; from += step) {
        const to = Math.min(units, from + step);
        const piece = (await read(from * units, (to - from) * units)) as Float64Array;
        for (let unit = from; unit < to; unit++) {
          yield { unit, values: piece.subarray((unit - from) * units, (unit - from + 1) * units) };
        }
      }
    },
    async block(rows, columns) {
      const block = new Float32Array(rows.length * columns.length);
      const runs = runsOf(columns, WORTH_READING / itemSize);
      await concurrently(rows.length, async (i) => {
        for (const { first, count, places } of runs) {
          const values = await read(rows[i] * units + first, count);
          for (const place of places) block[i * columns.length + place] = values[columns[place] - first];
        }
      });
      return block;
    },
  };
}

/** Columns that are read at once: those close to each other. */
function runsOf(columns: ArrayLike<number>, gap: number) {
  const order = Array.from(columns, (_, place) => place).sort((a, b) => columns[a] - columns[b]);
  const runs: { first: number; count: number; places: number[] }[] = [];
  for (const place of order) {
    const run = runs[runs.length - 1];
    const column = columns[place];
    if (run && column <= run.first + run.count + gap) {
      run.count = column - run.first + 1;
      run.places.push(place);
    } else runs.push({ first: column, count: 1, places: [place] });
  }
  return runs;
}

/** Elements of compressed rows that are read at once when all are gone through: one read of `readNpyRowsAs` each. */
const PIECE_ELEMENTS = 1 << 20;

/**
 * Compressed rows, as in SciPy's `csr_array`: `indices`, rising within a row, and `data`. Both (a, b) and (b, a) are kept. All rows are
 * gone through in pieces; for blocks the matrix is read as a whole, the first time.
 * @param starts (units + 1,) where the elements of each row begin
 */
function sparseSimilarity(file: NpzFile, starts: Float64Array): SimilarityAccess {
  const units = starts.length - 1;
  const readWhole = async () => ({
    data: (await file.readAs('data', 'float32')).data,
    columns: (await file.readAs('indices', 'int32')).data,
  });
  let whole: ReturnType<typeof readWhole> | undefined;
  return {
    units,
    sparse: true,
    async *scan() {
      const [columnsFile, dataFile] = [await file.open('indices'), await file.open('data')];
      let [columns, data] = [new Int32Array(0), new Float32Array(0)];
      for (let first = 0, end = 0; first < units; first = end) {
        const from = starts[first];
        for (end = first + 1; end < units && starts[end + 1] - from <= PIECE_ELEMENTS; ) end++;
        const count = starts[end] - from;
        if (columns.length < count) {
          const room = Math.max(count, Math.min(PIECE_ELEMENTS, starts[units]));
          [columns, data] = [new Int32Array(room), new Float32Array(room)];
        }
        await readNpyRowsAs(columnsFile, from, from + count, 'int32', columns.subarray(0, count));
        await readNpyRowsAs(dataFile, from, from + count, 'float32', data.subarray(0, count));
        for (let unit = first; unit < end; unit++) {
          const [a, b] = [starts[unit] - from, starts[unit + 1] - from];
          yield { unit, columns: columns.subarray(a, b), values: data.subarray(a, b) };
        }
      }
    },
    async block(rows, wanted) {
      whole ??= readWhole();
      const { data, columns } = await whole;
      const block = new Float32Array(rows.length * wanted.length).fill(Number.NaN);
      for (let r = 0; r < rows.length; r++) {
        for (let c = 0; c < wanted.length; c++) {
          const at = find(columns, wanted[c], starts[rows[r]], starts[rows[r] + 1]);
          if (at >= 0) block[r * wanted.length + c] = data[at];
        }
      }
      return block;
    },
  };
}

/** Position of a value in a rising part of an array; -1 when it is not there. */
function find(array: Int32Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (array[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < to && array[low] === value ? low : -1;
}
