/** A neuron as a page of its own: one HTML file with every plot in it as a drawing, to be opened or printed anywhere. */
import type { UnitColumns } from '../../server/protocol.ts';
import { formatNumber } from '../charts/scale.ts';
import { download } from './download.ts';
import { plotsWithin } from './plot-registry.ts';
import { drawingOf, escapeXml } from './plot-svg.ts';

/** @throws Error when nothing is drawn yet */
export async function saveNeuronPage(
  title: string,
  { session, x, y, correctedY, amplitude }: UnitColumns,
  units: readonly number[],
): Promise<void> {
  const plots = plotsWithin(document);
  if (plots.length === 0) throw new Error('Nothing is drawn yet.');
  const drawings = plots.map((plot) => drawingOf(plot).svg);
  const heads = ['unit', 'session', 'x (µm)', 'y (µm)', 'y without motion (µm)', 'amplitude (µV)'];
  const rows = units.map((unit) => {
    const places = [x, y, correctedY, amplitude].map((column) => formatNumber(column[unit], 1));
    return `<tr>${[unit, session[unit], ...places].map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeXml(title)}</title>
<style>
body { font: 13px/1.45 Inter, Helvetica, Arial, sans-serif; color: #222; margin: 24px; }
main { display: flex; flex-wrap: wrap; gap: 8px; }
table { border-collapse: collapse; margin: 12px 0; }
th, td { padding: 2px 12px 2px 0; text-align: right; border-bottom: 1px solid #ddd; }
svg { break-inside: avoid; }
</style>
<h1>${escapeXml(title)}</h1>
<p>${escapeXml(document.title)}</p>
<main>
${drawings.join('\n')}
</main>
<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>
</html>
`;
  download(`${title.replaceAll(' ', '')}.html`, new Blob([html], { type: 'text/html' }));
}
