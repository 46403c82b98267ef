/** Which neuron was seen in which session. */
import { type HeatMap, heatMapPanel, PRESENCE } from './heat-map.ts';
import { count, type Frame, messagePanel } from './panel.ts';
import { type Recording, sessionTicks } from './recording.ts';
import type { View } from './theme.ts';

/** Tracked neurons, those seen first on top; shank after shank. */
export interface NeuronPresence {
  readonly neurons: number;
  readonly sessionCount: number;
  /** (neurons, sessions) 1 where a unit of the neuron was found. */
  readonly present: Uint8Array;
  /** Row of the first neuron of every shank but the first. */
  readonly shankStarts: readonly number[];
}

/** Presence of the neurons found in two sessions or more, by first session, then by the number of sessions. */
export function neuronPresence({ shanks, sessionCount }: Recording): NeuronPresence {
  const rows: Uint8Array[] = [];
  const shankStarts: number[] = [];
  for (const { result } of shanks) {
    if (rows.length > 0) shankStarts.push(rows.length);
    const { labels, clusterCount } = result.curation;
    const seen = Array.from({ length: clusterCount }, () => new Uint8Array(sessionCount));
    labels.forEach((label, unit) => {
      if (label >= 0) seen[label][result.sessions[unit] - 1] = 1;
    });
    const order = seen.map((row) => ({
      row,
      first: row.indexOf(1),
      sessions: row.reduce((n, p) => n + p, 0),
    }));
    order.sort((a, b) => a.first - b.first || b.sessions - a.sessions);
    rows.push(...order.map(({ row }) => row));
  }
  const present = new Uint8Array(rows.length * sessionCount);
  for (const [i, row] of rows.entries()) present.set(row, i * sessionCount);
  return { neurons: rows.length, sessionCount, present, shankStarts };
}

/** Rows of the picture at most: no more than a printer resolves. */
const MAX_ROWS = 600;

export function neuronPresencePanel(presence: NeuronPresence, frame: Frame): View {
  const { neurons, sessionCount, shankStarts } = presence;
  if (neurons === 0) return messagePanel('No neuron was found twice.', frame);
  const map = presenceMap(presence);
  const scale = map.height / neurons;
  const ticks = sessionTicks(neurons, frame.height / 30);
  const content = {
    map,
    colours: { domain: [0, 1] as const, stops: PRESENCE },
    x: {
      title: 'Session',
      labels: sessionTicks(sessionCount, frame.width / 20).map((s) => ({ at: s - 0.5, text: String(s) })),
    },
    y: {
      title: shankStarts.length > 0 ? 'Neuron, shank after shank' : 'Neuron',
      labels: ticks.map((neuron) => ({ at: (neuron - 0.5) * scale, text: count(neuron) })),
      lines: shankStarts.map((row) => row * scale),
    },
  };
  return heatMapPanel(content, frame);
}

/** The share of the neurons of each row of the picture that are present. */
function presenceMap({ neurons, sessionCount, present }: NeuronPresence): HeatMap {
  const height = Math.min(neurons, MAX_ROWS);
  const values = new Float64Array(height * sessionCount);
  const merged = new Float64Array(height);
  for (let neuron = 0; neuron < neurons; neuron++) {
    const row = Math.floor((neuron * height) / neurons);
    merged[row]++;
    for (let s = 0; s < sessionCount; s++)
      values[row * sessionCount + s] += present[neuron * sessionCount + s];
  }
  return {
    width: sessionCount,
    height,
    values: values.map((sum, i) => sum / merged[Math.floor(i / sessionCount)]),
  };
}
