/** Requests to the server of `dant view`. Paths are relative: the page's address carries the token. */
import {
  type Arrays,
  type CandidateArrays,
  type CandidateParameters,
  type CurationReply,
  decodePack,
  type EvaluationReply,
  type FailureReply,
  type HistogramArrays,
  type HistogramMeta,
  type NeighbourArrays,
  type OrderArrays,
  type OrderParameters,
  type Overview,
  type Pack,
  type PairHistograms,
  type PairSampleArrays,
  type PairSampleMeta,
  type PairSampleParameters,
  type PairStatistics,
  type PairStatisticsMeta,
  type PathName,
  type ProbeArrays,
  requestPath,
  type SimilarityArrays,
  type SimilarityRowArrays,
  type TileArrays,
  type TileMeta,
  type TileParameters,
  type UnitColumns,
  type UnitsMeta,
  type WaveformArrays,
  type WaveformMeta,
  type WaveformParameters,
} from '../../server/protocol.ts';
import { KeptPacks } from './kept-packs.ts';

/** The server refused, with its reason. */
export class RequestError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const { error, remedy } = (body ?? {}) as Partial<FailureReply>;
    super([error ?? `The server answered ${status}.`, remedy].filter(Boolean).join(' '));
    this.name = 'RequestError';
    this.status = status;
    this.body = body;
  }
}

/** The server does not answer at all. */
export class OfflineError extends Error {
  constructor(options?: ErrorOptions) {
    super('The server does not answer. Start `dant view` again and open the address it prints.', options);
    this.name = 'OfflineError';
  }
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new OfflineError({ cause });
  }
  if (response.ok) return response;
  throw new RequestError(response.status, await response.json().catch(() => undefined));
}

async function getJson<T>(name: PathName, parameters: object = {}): Promise<T> {
  return (await send(requestPath(name, parameters))).json() as Promise<T>;
}

/**
 * @param patience how long the answer may take, ms; default: for ever
 * @throws OfflineError, RequestError
 */
export async function postJson<T>(name: PathName, body: object, patience?: number): Promise<T> {
  const init = {
    method: 'POST',
    signal: patience === undefined ? undefined : AbortSignal.timeout(patience),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await send(requestPath(name), init)).json() as Promise<T>;
}

async function getPack<A extends Arrays, M = unknown>(
  name: PathName,
  parameters: object = {},
): Promise<Pack<A, M>> {
  const response = await send(requestPath(name, parameters));
  return decodePack<A, M>(await response.arrayBuffer());
}

/** Every answer here depends on the automatic result alone. */
const kept = new KeptPacks(160 << 20);

const keptPack = <A extends Arrays, M = unknown>(name: PathName, parameters: object = {}) =>
  kept.get(requestPath(name, parameters), () => getPack(name, parameters)) as Promise<Pack<A, M>>;

const list = (units: readonly number[]) => ({ units });

export const api = {
  overview: () => getJson<Overview>('overview'),
  units: () => getPack<UnitColumns, UnitsMeta>('units'),
  unitStatistics: () => getPack<PairStatistics, PairStatisticsMeta>('unitStatistics'),
  /** Entries of the log after a version. */
  curation: (after: number) => getJson<CurationReply>('curation', { after }),
  probe: () => keptPack<ProbeArrays>('probe'),
  waveforms: (parameters: WaveformParameters) =>
    keptPack<WaveformArrays, WaveformMeta>('waveforms', parameters),
  histograms: (name: 'autocorrelograms' | 'isiHistograms' | 'peths', units: readonly number[]) =>
    keptPack<HistogramArrays, HistogramMeta>(name, list(units)),
  similarity: (units: readonly number[]) => keptPack<SimilarityArrays>('similarity', list(units)),
  similarityRow: (unit: number) => keptPack<SimilarityRowArrays>('similarityRow', { unit }),
  candidates: (parameters: CandidateParameters) => keptPack<CandidateArrays>('candidates', parameters),
  pairSample: (parameters: PairSampleParameters = {}) =>
    keptPack<PairSampleArrays, PairSampleMeta>('pairSample', parameters),
  pairHistograms: () => getJson<PairHistograms>('pairHistograms'),
  evaluation: () => getJson<EvaluationReply | null>('evaluation'),
  matrixOrder: (parameters: OrderParameters) => keptPack<OrderArrays>('matrixOrder', parameters),
  matrixTile: (parameters: TileParameters) => keptPack<TileArrays, TileMeta>('matrixTile', parameters),
  neighbours: (count: number) => keptPack<NeighbourArrays>('neighbours', { count }),
};
