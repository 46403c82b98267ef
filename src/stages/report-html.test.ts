import { expect, it } from 'vitest';
import { htmlDocument, type ReportNeuron } from './report-html.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><clipPath id="clip0"><rect/></clipPath></defs>' +
  '<g clip-path="url(#clip0)"><text font-family="Inter">µm</text></g></svg>';
const neuron = (id: number): ReportNeuron => ({
  id,
  units: [id],
  sessions: [1],
  depth: 0,
  amplitude: 0,
  confirmed: false,
  names: [],
  notes: [],
});

it('a page has its pictures in itself, in the fonts of the page, each with names of its own', () => {
  const html = htmlDocument({
    name: 'out',
    version: '0',
    fonts: '@font-face { font-family: Inter; }',
    facts: [],
    summary: svg,
    evaluations: [1, 2].map((shank) => ({ shank, curated: false, figure: svg, warnings: [] })),
    neurons: [neuron(1), neuron(2)],
    pages: new Map([1, 2].map((id) => [id, svg])),
  });
  expect(html).toContain('<style>@font-face { font-family: Inter; }');
  expect(html).toContain('font-src data:');
  expect(html).not.toContain('<img');
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = [...html.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
  expect(named).toHaveLength(5);
  expect(new Set(named).size).toBe(5);
  expect(ids).toEqual(expect.arrayContaining(named));
  expect(html).toContain('<svg role="img" aria-label="Evaluation of shank 2" ');
});
