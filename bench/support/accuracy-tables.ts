/** What the accuracy benchmark finds, as text. */
import type { ReliabilityBin } from '../../src/core/confidence/calibration-error.ts';
import type { ErrorRates, Estimate } from '../../src/core/evaluation/error-rates.ts';

export interface Row {
  readonly recording: string;
  readonly variant: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** µm */
  readonly motion: number;
  /** Of the matched pairs. */
  readonly reliability: readonly ReliabilityBin[];
  readonly eceMatches: number;
  readonly eceCandidates: number;
  readonly falsePositives: Estimate;
  readonly falseNegatives: Estimate;
  readonly depthFalsePositives: Estimate;
  /** Of the preset `recommended` alone. */
  readonly halves?: ErrorRates['halves'];
}

/** Whether an interval holds a value. */
export const within = (value: number, { low, high }: Estimate) => value >= low - 1e-9 && value <= high + 1e-9;
const fixed = (value: number, digits = 3) => value.toFixed(digits);
const range = ({ low, high }: Estimate) => `${fixed(low)}–${fixed(high)}`;
const interval = (value: number, estimate: Estimate) =>
  within(value, estimate) ? range(estimate) : `**${range(estimate)}**`;
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** One row for each recording and settings. */
export function csvOf(rows: readonly Row[]): string {
  const estimates = ['fp', 'fn', 'fp_depth', 'fp_halves', 'fn_halves'];
  const header = [
    'recording,variant,precision,recall,f1,motion_um,ece_matches,ece_candidates',
    ...estimates.flatMap((name) => [`${name}_low`, name, `${name}_high`]),
  ].join(',');
  const lines = rows.map((r) =>
    [
      r.recording,
      r.variant.replaceAll(',', ''),
      ...[r.precision, r.recall, r.f1, r.motion, r.eceMatches, r.eceCandidates],
      ...[
        r.falsePositives,
        r.falseNegatives,
        r.depthFalsePositives,
        r.halves?.rates?.falsePositives,
        r.halves?.rates?.falseNegatives,
      ].flatMap((e): (number | string)[] => (e ? [e.low, e.estimate, e.high] : ['', '', ''])),
    ]
      .map((value) => (typeof value === 'number' ? value.toFixed(4) : value))
      .join(','),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

/** Means over the recordings, a line for each of the settings. */
export function settingsTable(rows: readonly Row[], variants: readonly string[]): string {
  const lines = variants.map((variant) => {
    const own = rows.filter((row) => row.variant === variant);
    const mean = (of: (row: Row) => number) => own.reduce((sum, row) => sum + of(row), 0) / own.length;
    const motions = own.map((row) => row.motion).sort((a, b) => a - b);
    return line([
      variant,
      fixed(mean((r) => r.precision)),
      fixed(mean((r) => r.recall)),
      fixed(mean((r) => r.f1)),
      fixed(Math.min(...own.map((r) => r.precision))),
      fixed(motions[own.length >> 1], 1),
      fixed(mean((r) => r.eceMatches)),
    ]);
  });
  const header = 'settings,precision,recall,F1,least precision,"motion error, median µm",ECE matches';
  return table(header, lines);
}

/** Error rates and their intervals, a line for each recording. */
export function ratesTable(rows: readonly Row[]): string {
  const lines = rows.map((r) => {
    const [fp, fn] = [1 - r.precision, 1 - r.recall];
    return line([
      r.recording,
      fixed(r.precision),
      fixed(r.recall),
      fixed(r.motion, 1),
      fixed(r.eceMatches),
      fixed(r.eceCandidates),
      fixed(fp),
      interval(fp, r.falsePositives),
      interval(fp, r.depthFalsePositives),
      r.halves?.rates ? interval(fp, r.halves.rates.falsePositives) : '',
      fixed(fn),
      interval(fn, r.falseNegatives),
      r.halves?.rates ? interval(fn, r.halves.rates.falseNegatives) : '',
    ]);
  });
  const header =
    'recording,precision,recall,motion error µm,ECE matches,ECE candidates,false matches,by decoys,by depth,by halves,missed pairs,by decoys,by halves';
  return table(header, lines);
}

function table(header: string, lines: readonly string[]): string {
  const names = header.match(/"[^"]*"|[^,]+/g)!.map((name) => name.replaceAll('"', ''));
  return ['', line(names), `|${'---|'.repeat(names.length)}`, ...lines].join('\n');
}
