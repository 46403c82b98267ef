/** Logistic regression of "same neuron" when only certain non-matches carry a label. */
import { choleskyInPlace, choleskySolveInPlace } from '../linear-algebra.ts';

export interface DecoyRegressionInput {
  /** (rows, columns) evidence of every pair; the first column is 1. */
  readonly evidence: Float64Array;
  readonly columns: number;
  /** (rows,) 1 for a decoy, that is a certain non-match, 0 for a pair that may be one or not. */
  readonly decoy: Uint8Array;
  /** (rows,) how many pairs a row stands for. */
  readonly weights: Float64Array;
  /** Non-matches among the unlabelled pairs per decoy, wherever one looks: λ > 0. */
  readonly ratio: number;
  /** (columns,) normal prior of the coefficients. */
  readonly priorMean: ArrayLike<number>;
  readonly priorPrecision: ArrayLike<number>;
}

const MAX_STEPS = 50;
/** The fit ends when the log posterior grows by less than this. */
const TOLERANCE = 1e-5;

/**
 * Finds the coefficients β of the log-odds `η = x·β` that an unlabelled pair with evidence x is a match.
 *
 * Decoys and the non-matches among the unlabelled pairs have the same distribution of evidence, λ of the latter for each of the
 * former. A pair with evidence x is therefore unlabelled, rather than a decoy, with probability
 *
 *     P(unlabelled | x) = λ(1 + e^η) / (1 + λ(1 + e^η))
 *
 * whose likelihood over all pairs, times the prior, is maximised by Fisher scoring with Levenberg damping (learning from positive and
 * unlabelled data, Elkan & Noto 2008; here it is the negatives that are known).
 *
 * @returns (columns,) β
 */
export function decoyRegression(input: DecoyRegressionInput): Float64Array {
  const { columns, priorPrecision } = input;
  let coefficients: Float64Array = Float64Array.from(input.priorMean);
  let at = posteriorAt(input, coefficients);
  let damping = 1e-3;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, information } = at;
    let grown = 0;
    while (damping < 1e8) {
      const matrix = information.slice();
      for (let f = 0; f < columns; f++) {
        matrix[f * columns + f] += damping * (information[f * columns + f] + priorPrecision[f] + 1e-6);
      }
      const change = gradient.slice();
      if (choleskyInPlace(matrix, columns)) {
        choleskySolveInPlace(matrix, columns, change);
        const next = coefficients.map((c, f) => c + change[f]);
        const nextAt = posteriorAt(input, next);
        if (nextAt.value > at.value) {
          grown = nextAt.value - at.value;
          [coefficients, at] = [next, nextAt];
          damping = Math.max(1e-9, damping / 5);
          break;
        }
      }
      damping *= 5;
    }
    if (grown < TOLERANCE) break;
  }
  return coefficients;
}

/** Probability of a match for log-odds η. */
export const logistic = (eta: number): number => 1 / (1 + Math.exp(-eta));

/** ln(1 + e^x) without overflow, to 1e-13. */
const softplus = (x: number) => (x > 30 ? x : x < -30 ? 0 : Math.log(1 + Math.exp(x)));

/** x·β of one row of the evidence. */
export function logOdds(
  evidence: Float64Array,
  row: number,
  columns: number,
  coefficients: Float64Array,
): number {
  let eta = 0;
  for (let f = 0; f < columns; f++) eta += evidence[row * columns + f] * coefficients[f];
  return eta;
}

/** The log posterior with its gradient and the expected information. */
function posteriorAt(input: DecoyRegressionInput, coefficients: Float64Array) {
  const { columns, priorMean, priorPrecision } = input;
  const gradient = new Float64Array(columns);
  const information = new Float64Array(columns * columns);
  let value = addRows(input, coefficients, gradient, information);
  for (let f = 0; f < columns; f++) {
    for (let g = f + 1; g < columns; g++) information[f * columns + g] = information[g * columns + f];
    information[f * columns + f] += priorPrecision[f];
    const away = coefficients[f] - priorMean[f];
    gradient[f] -= priorPrecision[f] * away;
    value -= 0.5 * priorPrecision[f] * away * away;
  }
  return { value, gradient, information };
}

/**
 * Adds what the rows say to the gradient and to the lower triangle of the information. Nothing follows the loop: an engine that has translated
 * a loop while it runs throws the translation away where it goes on to what was never run.
 * @returns their log likelihood
 */
function addRows(
  { evidence, columns, decoy, weights, ratio }: DecoyRegressionInput,
  coefficients: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): number {
  const logRatio = Math.log(ratio);
  let value = 0;
  for (let i = 0; i < decoy.length; i++) {
    const row = i * columns;
    const eta = logOdds(evidence, i, columns, coefficients);
    const match = logistic(eta);
    // Log-odds of being unlabelled.
    const tau = logRatio + softplus(eta);
    const unlabelled = logistic(tau);
    value += weights[i] * ((decoy[i] ? 0 : tau) - softplus(tau));
    // dτ/dη = match; E[(label - P)²] = P(1 - P).
    const slope = weights[i] * match * ((decoy[i] ? 0 : 1) - unlabelled);
    const curvature = weights[i] * match * match * unlabelled * (1 - unlabelled);
    for (let f = 0; f < columns; f++) {
      const x = evidence[row + f];
      gradient[f] += slope * x;
      const scaled = curvature * x;
      for (let g = 0; g <= f; g++) information[f * columns + g] += scaled * evidence[row + g];
    }
  }
  return value;
}
