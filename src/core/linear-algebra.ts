/** The few dense solvers the method needs. Matrices are row-major float64. */

/**
 * Cholesky factor L of a symmetric positive definite matrix, A = L·Lᵀ, in place (lower triangle).
 * Returns false when a pivot falls below `tolerance` times the largest diagonal element: A is then
 * singular to working precision and holds garbage.
 */
export function choleskyInPlace(a: Float64Array, n: number, tolerance = 1e-13): boolean {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]);
  for (let j = 0; j < n; j++) {
    const rowJ = j * n;
    let pivot = a[rowJ + j];
    for (let k = 0; k < j; k++) pivot -= a[rowJ + k] * a[rowJ + k];
    if (!(pivot > tolerance * largest)) return false;
    pivot = Math.sqrt(pivot);
    a[rowJ + j] = pivot;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * n;
      let sum = a[rowI + j];
      for (let k = 0; k < j; k++) sum -= a[rowI + k] * a[rowJ + k];
      a[rowI + j] = sum / pivot;
    }
  }
  return true;
}

/**
 * Solves L·Lᵀ·X = B in place for `columns` right-hand sides; `l` from `choleskyInPlace`, B is (n, columns).
 */
export function choleskySolveInPlace(l: Float64Array, n: number, b: Float64Array, columns = 1): void {
  for (let i = 0; i < n; i++) {
    const target = i * columns;
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k];
      const source = k * columns;
      for (let c = 0; c < columns; c++) b[target + c] -= factor * b[source + c];
    }
    const pivot = l[i * n + i];
    for (let c = 0; c < columns; c++) b[target + c] /= pivot;
  }
  for (let i = n - 1; i >= 0; i--) {
    const target = i * columns;
    for (let k = i + 1; k < n; k++) {
      const factor = l[k * n + i];
      const source = k * columns;
      for (let c = 0; c < columns; c++) b[target + c] -= factor * b[source + c];
    }
    const pivot = l[i * n + i];
    for (let c = 0; c < columns; c++) b[target + c] /= pivot;
  }
}

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations
 * (Golub & Van Loan, Matrix Computations, 8.5). Column j of `vectors` belongs to `values[j]`; no order is promised.
 */
function symmetricEigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let scale = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) scale += a[i * n + j] ** 2;
        else off += a[i * n + j] ** 2;
      }
    if (off <= 1e-32 * scale) break;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (apq === 0) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = a[k * n + p];
          const akq = a[k * n + q];
          a[k * n + p] = c * akp - s * akq;
          a[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k++) {
          const apk = a[p * n + k];
          const aqk = a[q * n + k];
          a[p * n + k] = c * apk - s * aqk;
          a[q * n + k] = s * apk + c * aqk;
          const vkp = vectors[k * n + p];
          const vkq = vectors[k * n + q];
          vectors[k * n + p] = c * vkp - s * vkq;
          vectors[k * n + q] = s * vkp + c * vkq;
        }
      }
  }
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = a[i * n + i];
  return { values, vectors };
}

/**
 * Minimum-norm solution of A·x = b for a small symmetric positive semidefinite A: directions whose eigenvalue is
 * below `tolerance` times the largest are left out.
 */
export function solveMinimumNorm(
  a: Float64Array,
  n: number,
  b: Float64Array,
  tolerance = 1e-12,
): Float64Array {
  const { values, vectors } = symmetricEigen(a, n);
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  const x = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    if (!(values[j] > tolerance * largest)) continue;
    let projection = 0;
    for (let i = 0; i < n; i++) projection += vectors[i * n + j] * b[i];
    projection /= values[j];
    for (let i = 0; i < n; i++) x[i] += projection * vectors[i * n + j];
  }
  return x;
}

/**
 * Inverse of a square matrix by Gauss-Jordan elimination with partial pivoting; undefined when a pivot falls below
 * `tolerance` times the largest element: it has none to working precision.
 */
export function invertMatrix(
  matrix: ArrayLike<number>,
  n: number,
  tolerance = 1e-13,
): Float64Array | undefined {
  const a = Float64Array.from(matrix);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const swap = (m: Float64Array, p: number, q: number) => {
    const row = m.slice(p * n, (p + 1) * n);
    m.copyWithin(p * n, q * n, (q + 1) * n);
    m.set(row, q * n);
  };
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    if (!(Math.abs(a[pivot * n + k]) > tolerance * largest)) return undefined;
    if (pivot !== k) {
      swap(a, pivot, k);
      swap(inverse, pivot, k);
    }
    const scale = 1 / a[k * n + k];
    for (let j = 0; j < n; j++) {
      a[k * n + j] *= scale;
      inverse[k * n + j] *= scale;
    }
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + k];
      if (i === k || factor === 0) continue;
      for (let j = 0; j < n; j++) {
        a[i * n + j] -= factor * a[k * n + j];
        inverse[i * n + j] -= factor * inverse[k * n + j];
      }
    }
  }
  return inverse;
}
