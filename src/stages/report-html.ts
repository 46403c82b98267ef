/** The HTML of a report: text, tables and pictures in one file, no scripts, nothing fetched from anywhere. */

/** What `dant evaluate` found, of the recording or of one shank. */
export interface ReportEvaluation {
  readonly shank?: number;
  /** Whether the neurons of the report are others than those evaluated, the automatic ones. */
  readonly curated: boolean;
  /** SVG */
  readonly figure: string;
  readonly warnings: readonly string[];
}

/** One row of the table of neurons. */
export interface ReportNeuron {
  readonly id: number;
  readonly units: readonly number[];
  readonly sessions: readonly number[];
  /** Without the motion, µm. */
  readonly depth: number;
  /** µV; NaN where it is not known. */
  readonly amplitude: number;
  /** Weighted similarity within the neuron; undefined when no pair was compared. */
  readonly meanSimilarity?: number;
  readonly worstSimilarity?: number;
  readonly confirmed: boolean;
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

export interface ReportContent {
  /** Of the folder. */
  readonly name: string;
  readonly version: string;
  readonly dateTime?: string;
  /** CSS of the fonts that the pictures are drawn with. */
  readonly fonts: string;
  readonly facts: readonly (readonly [string, string])[];
  /** SVG */
  readonly summary: string;
  /** None before the result was evaluated. */
  readonly evaluations: readonly ReportEvaluation[];
  readonly neurons: readonly ReportNeuron[];
  /** SVG of the neurons that have a page, by id. */
  readonly pages: ReadonlyMap<number, string>;
  readonly params?: unknown;
}

const STYLE = `
body { font: 14px/1.5 Inter, Helvetica, Arial, sans-serif; color: #222; background: #fff; max-width: 900px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .15em .8em .15em 0; border-bottom: 1px solid #e8e8e8; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
ul.warnings { background: #fff4dc; color: #7a5200; padding: .5em 1em .5em 2em; border-radius: 6px; }
section { break-before: page; } pre { white-space: pre-wrap; } a { color: #0072b2; } footer { color: #5f5f5f; margin-top: 3em; }`;

export function htmlDocument(content: ReportContent): string {
  const { name, version, dateTime, fonts, facts, summary, evaluations, neurons, pages, params } = content;
  const made = dateTime ? ` Tracked ${escapeHtml(dateTime)}.` : '';
  const settings =
    params === undefined
      ? ''
      : `<h2>Settings</h2>\n<details><summary>as they were checked</summary><pre>${escapeHtml(JSON.stringify(params, undefined, 2))}</pre></details>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}: neurons tracked by dant</title>
<style>${fonts}${STYLE}
</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<table>
${facts.map(([key, value]) => `<tr><th scope="row">${escapeHtml(key)}</th><td>${escapeHtml(value)}</td></tr>`).join('\n')}
</table>
<h2>Overview</h2>
${picture('overview', summary, 'Overview of the result')}
${evaluations.map(evaluationSection).join('\n')}
<h2>Neurons</h2>
<table>
<thead><tr><th class="number">Neuron</th><th class="number">Units</th><th>Sessions</th><th class="number">Depth (µm)</th><th class="number">Amplitude (µV)</th><th class="number">Mean similarity</th><th class="number">Worst</th><th>Confirmed</th><th>Name and notes</th></tr></thead>
<tbody>
${neurons.map((neuron) => tableRow(neuron, pages.has(neuron.id))).join('\n')}
</tbody>
</table>
${[...pages].map(([id, svg]) => section(id, svg, neurons)).join('\n')}
${settings}
<footer>Written by dant ${escapeHtml(version)}.${made}</footer>
</body>
</html>
`;
}

function tableRow(neuron: ReportNeuron, hasPage: boolean): string {
  const { id, units, sessions, depth, amplitude, meanSimilarity, worstSimilarity } = neuron;
  const number = (text: string) => `<td class="number">${text}</td>`;
  const similarity = (value: number | undefined) => number(value === undefined ? '' : value.toFixed(2));
  const link = hasPage ? `<a href="#neuron-${id}">${id}</a>` : String(id);
  const remarks = [...neuron.names, ...neuron.notes].map(escapeHtml).join('; ');
  return `<tr>${number(link)}${number(String(units.length))}<td>${runs(sessions)}</td>${number(depth.toFixed(0))}${number(Number.isNaN(amplitude) ? '' : amplitude.toFixed(0))}${similarity(meanSimilarity)}${similarity(worstSimilarity)}<td>${neuron.confirmed ? 'yes' : ''}</td><td>${remarks}</td></tr>`;
}

function evaluationSection({ shank, curated, figure, warnings }: ReportEvaluation): string {
  const of = [
    ...(shank === undefined ? [] : [`shank ${shank}`]),
    ...(curated ? ['the automatic result'] : []),
  ];
  const title = ['Evaluation', ...of].join(' of ');
  const texts =
    warnings.length > 0
      ? `<ul class="warnings">${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>\n`
      : '';
  return `<h2>${title}</h2>
${texts}${picture(`evaluation-${shank ?? 'all'}`, figure, title)}`;
}

function section(id: number, svg: string, neurons: readonly ReportNeuron[]): string {
  const units = neurons.find((neuron) => neuron.id === id)?.units ?? [];
  return `<section id="neuron-${id}">
<h2>Neuron ${id}</h2>
<p>Units ${units.join(', ')}</p>
${picture(`picture-${id}`, svg, `Neuron ${id} over all sessions`)}
</section>`;
}

/**
 * A picture within the page, whose fonts it takes: text in another font would be cut off or cover something.
 * @param name begins the ids within the picture, so that they cannot collide with those of another
 */
function picture(name: string, svg: string, text: string): string {
  return svg
    .replace('<svg ', `<svg role="img" aria-label="${escapeHtml(text)}" `)
    .replace(/(\bid="|url\(#)/g, `$1${name}-`);
}

/** 1, 2, 3, 5 as "1–3, 5". */
function runs(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === numbers[end] + 1) end++;
    parts.push(end > i ? `${numbers[i]}–${numbers[end]}` : String(numbers[i]));
    i = end + 1;
  }
  return parts.join(', ');
}

/** Text that means nothing to HTML. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
