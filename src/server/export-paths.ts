/** Paths of what is taken along: pictures of neurons, and the report. */
import { check } from './parameters.ts';
import type { Paths } from './paths.ts';

export function addExportPaths({ app, tracked, curation, parameters, version, route, get }: Paths): void {
  get('neuronFigure', async (query) => {
    const { units, format, title } = check(parameters.neuronFigure, query);
    // What draws takes a while to load, and few ask for it.
    const { neuronFigurePicture } = await import('../stages/neuron-figures.ts');
    return neuronFigurePicture(tracked, units, { format, title });
  });
  app.get(route('report'), async (c) => {
    const { neurons } = check(parameters.report, c.req.query());
    const { reportHtml } = await import('../stages/report.ts');
    const html = await reportHtml(tracked, (await curation.replayed()).state, {
      neurons,
      version,
    });
    return c.body(html, 200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Disposition': 'attachment; filename="report.html"',
    });
  });
}
