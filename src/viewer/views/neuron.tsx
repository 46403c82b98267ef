/** One neuron over all days. */
import { useEffect, useMemo } from 'react';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { saveNeuronPage } from '../export/neuron-page.ts';
import { parseSubject, subjectTitle, unitsOf } from '../model/groups.ts';
import { type NeuronData, neuronData, neuronDataKey } from '../model/neuron-data.ts';
import { positionIn } from '../model/order.ts';
import { ownPairs } from '../model/own-pairs.ts';
import { NoSubject } from '../parts/no-subject.tsx';
import { SubjectHead } from '../parts/subject-head.tsx';
import { useSubject } from '../parts/use-subject.ts';
import { WaveformKinds } from '../parts/waveform-kinds.tsx';
import { HistogramPlots } from '../plots/histogram-plots.tsx';
import { AmplitudeOverSessions, DepthOverSessions } from '../plots/over-sessions.tsx';
import { PairMatrix } from '../plots/pair-matrix.tsx';
import { PairScatter, SimilarityHistogram } from '../plots/pair-plots.tsx';
import { sessionStrokes } from '../plots/strokes.ts';
import { PeakWaveform, ProbeWaveforms } from '../plots/waveform-plots.tsx';
import { subjectPath } from '../state/actions.ts';
import { useApp, useResult } from '../state/app.ts';
import { report } from '../state/messages.ts';
import { href, useRoute } from '../state/route.ts';
import { useWaveformKind } from '../state/view-options.ts';

const HEIGHT = 178;

export function NeuronView() {
  const { overview, units: columns, curated } = useResult();
  const route = useRoute();
  const kind = useWaveformKind();
  const path = `${route.view}/${route.rest}`;
  const asked = parseSubject(path);
  const open = useSubject(asked, (subject) => href(subjectPath(subject)));
  const members = open?.members ?? [];
  const key = members.length > 0 ? neuronDataKey(members, kind) : undefined;
  const { value: data, fresh, error } = useFetched(key, () => neuronData(overview, members, kind));
  const order = useApp((state) => state.order);

  // The neighbours in the table, so that the next one is there at once.
  const { groups } = curated;
  useEffect(() => {
    const subject = parseSubject(path);
    if (!fresh || !subject) return;
    const at = positionIn(order, subject);
    for (const by of at < 0 ? [] : [1, -1, 2]) {
      const next = order[(at + by + order.length) % order.length];
      const others = next ? unitsOf(next, groups, overview.unitCount) : [];
      if (others.length > 0) void neuronData(overview, others, kind).catch(() => undefined);
    }
  }, [fresh, path, kind, order, groups, overview]);

  if (!open) {
    return (
      <NoSubject asked={asked}>
        <p>It may have been merged or split. The table shows what there is.</p>
      </NoSubject>
    );
  }
  const { subject } = open;
  return (
    <article data-subject={subjectPath(subject)} data-fresh={fresh}>
      <SubjectHead {...open}>
        <WaveformKinds />
        <a className="button" href={href(`candidates/${subjectPath(subject)}`)}>
          Candidates<kbd>4</kbd>
        </a>
        <button
          type="button"
          onClick={() =>
            saveNeuronPage(subjectTitle(subject), columns, members).catch((e: unknown) => report(e))
          }
        >
          Save page
        </button>
      </SubjectHead>
      {error && <p className="warning-box">{error.message}</p>}
      {data && <NeuronPlots data={data} />}
    </article>
  );
}

function NeuronPlots({ data }: { data: NeuronData }) {
  const { overview, units: columns } = useResult();
  const chosen = useApp((state) => state.chosen);
  const strokes = useMemo(() => sessionStrokes(data.units, columns.session, chosen), [data, columns, chosen]);
  const histograms = useFetched('pairHistograms', api.pairHistograms);
  const sample = useFetched('pairSample', () => api.pairSample());
  const own = useMemo(() => ownPairs(data, overview.measures.length), [data, overview]);
  const shanks = new Set(data.units.map((unit) => columns.shank[unit]));
  const ownParts = overview.parts.filter(({ shankId }) => shankId === undefined || shanks.has(shankId));
  const n = data.units.length;
  const over = { overview, columns, members: data.units, strokes, height: HEIGHT };
  const kind = data.kind ?? '';
  return (
    <div className="neuron-grid">
      {data.waveforms ? (
        <>
          <div className="card tall">
            <ProbeWaveforms
              waveforms={data.waveforms}
              strokes={strokes}
              kind={kind}
              height={2 * HEIGHT + 62}
            />
          </div>
          <div className="card">
            <PeakWaveform waveforms={data.waveforms} strokes={strokes} kind={kind} height={HEIGHT} />
          </div>
        </>
      ) : (
        <div className="card">
          <h3>Waveforms</h3>
          <p className="muted">
            This folder keeps none. Open it with the recording, <code>dant view OUT --data DIR</code>, to see
            them.
          </p>
        </div>
      )}
      <HistogramPlots data={data} strokes={strokes} height={HEIGHT} hasData={overview.hasData} />
      <div className="card">
        <DepthOverSessions {...over} height={HEIGHT - 17} />
      </div>
      <div className="card">
        <AmplitudeOverSessions {...over} />
      </div>
      {data.similarity && n > 1 && (
        <>
          {overview.measures.map((measure, m) => (
            <div className="card" key={measure}>
              <PairMatrix
                measure={measure}
                values={data.similarity!.subarray(m * n * n, (m + 1) * n * n)}
                strokes={strokes}
                height={250}
                most={3}
              />
            </div>
          ))}
          {histograms.value?.histograms.map((histogram) => (
            <div className="card" key={histogram.measure}>
              <SimilarityHistogram
                histogram={histogram}
                parts={histogram.measure === 'weighted' ? ownParts : []}
                own={own.similarity[overview.measures.indexOf(histogram.measure)]}
                ownName="this neuron"
                height={HEIGHT}
              />
            </div>
          ))}
          {sample.value && (
            <div className="card">
              <PairScatter
                overview={overview}
                sample={sample.value.arrays}
                sampledMatched={sample.value.meta.sampledMatched}
                own={own}
                height={HEIGHT}
              />
            </div>
          )}
        </>
      )}
    </div>
  );
}
