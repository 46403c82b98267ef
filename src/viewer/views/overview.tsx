/** The whole result on one page; everything on it leads to what it stands for. */
import { useMemo } from 'react';
import { pairsWithinClusters } from '../../core/curation/cluster-labels.ts';
import { sessionMatches } from '../../figures/matched-probability.ts';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { formatNumber } from '../charts/scale.ts';
import { PairScatter, SimilarityHistogram, WeightsPlot } from '../plots/pair-plots.tsx';
import { PresenceMap } from '../plots/presence-map.tsx';
import { ProbabilityByLag, ProbabilityMatrix } from '../plots/probability-plots.tsx';
import { DepthBySession, MotionPlot, UnitsPerSession } from '../plots/session-plots.tsx';
import { useResult } from '../state/app.ts';
import { href } from '../state/route.ts';

export function OverviewView() {
  const { overview, units, curated } = useResult();
  const { labels } = curated.replayed.state;
  const matches = useMemo(() => {
    const pairs = pairsWithinClusters(labels.map((label) => (label > 0 ? label - 1 : -1)));
    return {
      ...sessionMatches([{ sessions: units.session, pairs }], overview.sessions.length),
      pairCount: pairs.length / 2,
    };
  }, [labels, units, overview]);
  const histograms = useFetched('pairHistograms', api.pairHistograms);
  const sample = useFetched('pairSample', () => api.pairSample());
  const days = useMemo(() => daysOf(overview.sessions.map(({ date }) => date)), [overview]);
  const matched = labels.reduce((n, label) => n + Number(label > 0), 0);
  const thresholds = overview.parts.map(({ threshold }) => threshold);
  const weighted = histograms.value?.histograms.find(({ measure }) => measure === 'weighted');
  const changes = curated.replayed.done.length;
  return (
    <div className="grid">
      <div className="view-head" style={{ marginBottom: 0 }}>
        <h1>
          {formatNumber(curated.groups.size)} neurons tracked over {overview.sessions.length} sessions
        </h1>
        <p className="facts">
          <span title={overview.folder}>{overview.folder.split(/[\\/]/).slice(-2).join('/')}</span>
          {overview.preset && <span>preset {overview.preset}</span>}
          {overview.dateTime && <span>{overview.dateTime.slice(0, 16).replace('T', ' ')}</span>}
          {overview.runTimeSec !== undefined && <span>{formatNumber(overview.runTimeSec, 1)} s</span>}
          {changes > 0 && <a href={href('curation')}>{changes} changes by hand</a>}
        </p>
      </div>
      <div className="tiles">
        <Tile
          to={href('neurons', { filter: 'matched' })}
          value={formatNumber(curated.groups.size)}
          name="neurons"
        />
        <Tile to={href('neurons', { filter: '' })} value={formatNumber(overview.unitCount)} name="units" />
        <Tile
          to={href('neurons', { filter: 'not matched' })}
          value={`${formatNumber((100 * matched) / Math.max(1, overview.unitCount), 1)} %`}
          name="of the units matched"
        />
        <Tile to={href('matrix')} value={formatNumber(matches.pairCount)} name="matched pairs" />
        <Tile
          to={href('matrix', { measure: 'weighted' })}
          value={thresholds.map((t) => (t === null ? '–' : formatNumber(t, 2))).join(' · ')}
          name="threshold (Fisher z)"
        />
        <Tile
          to={href('curation')}
          value={formatNumber(curated.rows.filter((row) => row.confirmed).length)}
          name="confirmed by hand"
        />
      </div>
      <div className="grid thirds">
        <div className="card">
          <UnitsPerSession overview={overview} units={units} labels={labels} />
        </div>
        <div className="card">
          <DepthBySession overview={overview} units={units} labels={labels} />
        </div>
        <div className="card">
          <MotionPlot overview={overview} />
        </div>
      </div>
      <div className="grid thirds">
        <div className="card tall-card">
          <PresenceMap overview={overview} units={units} groups={curated.groups} />
        </div>
        <div className="card">
          <ProbabilityMatrix matches={matches} />
        </div>
        <div className="card">
          <ProbabilityByLag matches={matches} />
        </div>
        {days && (
          <div className="card">
            <ProbabilityByLag matches={matches} days={days} />
          </div>
        )}
        <div className="card">
          {weighted && <SimilarityHistogram histogram={weighted} parts={overview.parts} />}
        </div>
        <div className="card">
          {sample.value && (
            <PairScatter
              overview={overview}
              sample={sample.value.arrays}
              sampledMatched={sample.value.meta.sampledMatched}
            />
          )}
        </div>
        <div className="card">
          <WeightsPlot overview={overview} />
        </div>
      </div>
    </div>
  );
}

function Tile({ to, value, name }: { to: string; value: string; name: string }) {
  return (
    <a className="tile card" href={to}>
      <strong>{value}</strong>
      <span>{name}</span>
    </a>
  );
}

/** Days since the first date; undefined unless every session has one. */
function daysOf(dates: readonly (string | undefined)[]): number[] | undefined {
  const times = dates.map((date) => (date ? Date.parse(date) : Number.NaN));
  if (times.some(Number.isNaN)) return undefined;
  return times.map((time) => Math.round((time - times[0]) / 86_400_000));
}
