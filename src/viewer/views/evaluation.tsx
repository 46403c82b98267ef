/** How good the tracking is, as `dant evaluate` found. */
import { useState } from 'react';
import type { Evaluation } from '../../core/evaluation/evaluation.ts';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { formatNumber } from '../charts/scale.ts';
import {
  ErrorRatesPlot,
  percent,
  ReliabilityPlot,
  rateRows,
  SurvivalPlot,
  YieldPlot,
} from '../plots/evaluation-plots.tsx';
import { AucPlot, RocPlot } from '../plots/functional-plots.tsx';
import { useResult } from '../state/app.ts';

export function EvaluationView() {
  const { overview } = useResult();
  const { value, fresh, error } = useFetched('evaluation', api.evaluation);
  const [chosen, choose] = useState(0);
  if (!value) {
    return (
      <div className="full-message">
        <h1>Evaluation</h1>
        {error ? (
          <p>{error.message}</p>
        ) : fresh ? (
          <>
            <p>This result has not been evaluated. In a terminal:</p>
            <p>
              <code>dant evaluate {overview.folder}</code>
            </p>
            <p className="muted">
              It estimates false and missed matches without ground truth, and writes Evaluation.json into the
              folder. Then reload this page.
            </p>
          </>
        ) : (
          <p className="muted">Reading the evaluation …</p>
        )}
      </div>
    );
  }
  const { shanks, used } = value;
  const { evaluation } = shanks[Math.min(chosen, shanks.length - 1)];
  return (
    <div className="grid">
      <div className="view-head" style={{ marginBottom: 0 }}>
        <h1>How good the tracking is</h1>
        <p className="facts">
          <span>
            <b>{formatNumber(evaluation.matchedPairs)}</b> matched pairs
          </span>
          <span>
            <b>{formatNumber(evaluation.neurons)}</b> neurons
          </span>
          <span>
            mean probability <b>{formatNumber(evaluation.meanProbability, 3)}</b>
          </span>
          <span>matched and moved by {used.join(', ')}</span>
        </p>
        {shanks.length > 1 && (
          <fieldset className="segments">
            <legend className="visually-hidden">Shank</legend>
            {shanks.map(({ shank }, i) => (
              <button key={shank} type="button" aria-pressed={i === chosen} onClick={() => choose(i)}>
                Shank {shank}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <Warnings texts={evaluation.warnings} />
      <div className="grid halves">
        <div className="card">
          <ErrorRatesPlot rows={rateRows(evaluation)} />
        </div>
        <div className="card">
          <Explanation evaluation={evaluation} />
        </div>
      </div>
      <div className="grid thirds">
        {evaluation.truth && (
          <div className="card">
            <ReliabilityPlot truth={evaluation.truth} />
          </div>
        )}
        {evaluation.functional.length > 0 && <FunctionalCards evaluation={evaluation} />}
        <div className="card">
          <SurvivalPlot evaluation={evaluation} />
        </div>
        <div className="card">
          <YieldPlot evaluation={evaluation} />
        </div>
      </div>
    </div>
  );
}

function Warnings({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul className="warning-box" aria-label="Warnings">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function FunctionalCards({ evaluation: { functional } }: { evaluation: Evaluation }) {
  return (
    <>
      <div className="card">
        <RocPlot checks={functional} />
      </div>
      <div className="card">
        <AucPlot checks={functional} by="sessions" />
      </div>
      {functional.some(({ byDays }) => byDays.length > 0) && (
        <div className="card">
          <AucPlot checks={functional} by="days" />
        </div>
      )}
    </>
  );
}

/** The numbers, and what they rest on. */
function Explanation({ evaluation }: { evaluation: Evaluation }) {
  const { errorRates, functional, excluded } = evaluation;
  const { halves } = errorRates;
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Measure</th>
            <th scope="col" className="number">
              Estimate
            </th>
            <th scope="col" className="number">
              Between
            </th>
          </tr>
        </thead>
        <tbody>
          {rateRows(evaluation).map(({ name, rate }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{percent(rate.estimate)}</td>
              <td className="number">
                {percent(rate.low)} and {percent(rate.high)}
              </td>
            </tr>
          ))}
          {functional.map(({ feature, auc, standardError, matched }) => (
            <tr key={feature}>
              <th scope="row">AUC {feature}</th>
              <td className="number">{formatNumber(auc, 3)}</td>
              <td className="number">
                ± {formatNumber(standardError, 3)}, {formatNumber(matched)} pairs
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {halves && (
        <p className="muted">
          Tracked as two sessions, {percent(halves.notFound.estimate)} of the {formatNumber(halves.units)}{' '}
          halves of units are not found, {percent(halves.wronglyJoined.estimate)} of their joins are wrong,
          and {percent(halves.joinedWithout.estimate)} of those without their other half are joined with
          another unit.
          {!halves.rates &&
            ' Both halves have one waveform, which makes them easy to find: these are no rates of the tracking.'}
        </p>
      )}
      {excluded.length > 0 && (
        <p className="muted">
          No check by {excluded.map(({ feature, reason }) => `${feature} (${reason})`).join(', ')}.
        </p>
      )}
    </>
  );
}
