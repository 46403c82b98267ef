import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import {
  type Arrays,
  type CandidateArrays,
  type CurationReply,
  decodePack,
  encodePack,
  type HistogramArrays,
  type HistogramMeta,
  type NeighbourArrays,
  type Overview,
  type PairHistograms,
  type PairSampleArrays,
  type PairSampleMeta,
  type PathName,
  requestPath,
  type SimilarityArrays,
  type TileArrays,
  type UnitColumns,
  type WaveformArrays,
} from './protocol.ts';
import { type Serving, serveFolder } from './serve.ts';

const CASE = join(import.meta.dirname, '../../test/golden/cases/rigid');
const folder = mkdtempSync(join(tmpdir(), 'dant-view-'));
const out = join(folder, 'out');
const data = join(CASE, 'data');
let serving: Serving;
let base: URL;

beforeAll(async () => {
  cpSync(join(CASE, 'expected'), out, { recursive: true });
  const viewerFolder = join(folder, 'viewer');
  mkdirSync(join(viewerFolder, 'assets'), { recursive: true });
  writeFileSync(join(viewerFolder, 'index.html'), '<title>dant</title>');
  writeFileSync(join(viewerFolder, 'assets/app.js'), 'export {};');
  writeFileSync(join(folder, 'secret.js'), 'a secret');
  symlinkSync(join(folder, 'secret.js'), join(viewerFolder, 'secret.js'));
  serving = await serveFolder(out, { dataFolder: data, viewerFolder, version: '1.2.3' });
  base = new URL(serving.url);
});

afterAll(async () => {
  await serving.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request exactly as it is given: no browser and no `fetch` makes it decent. */
function raw(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: base.port, path, method, headers: { host: base.host, ...headers } },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(pieces) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const at = (path: string) => base.pathname + path;
const get = (name: PathName, parameters?: object) => raw(at(requestPath(name, parameters)));

async function json<T>(name: PathName, parameters?: object): Promise<T> {
  const { status, body } = await get(name, parameters);
  expect(status, body.toString()).toBe(200);
  return JSON.parse(body.toString());
}

async function pack<A extends Arrays, M = unknown>(name: PathName, parameters?: object) {
  const { status, body } = await get(name, parameters);
  expect(status, body.toString('utf8', 0, 300)).toBe(200);
  return decodePack<A, M>(Uint8Array.from(body).buffer);
}

const post = (name: PathName, value: unknown, headers: Record<string, string> = {}) =>
  raw(at(requestPath(name)), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });

it('tells when the web application has not been built', async () => {
  const serve = serveFolder(out, {
    dataFolder: data,
    viewerFolder: join(folder, 'nothing'),
    version: '1.2.3',
  });
  await expect(serve).rejects.toThrow('no web application');
});

describe('requests that are refused', () => {
  it('without the token, or with another one', async () => {
    const token = base.pathname.slice(1, -1);
    const nearly = token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x');
    for (const path of [
      '/',
      '/api/overview',
      '/token/api/overview',
      `/${nearly}/api/overview`,
      '//api/overview',
    ]) {
      expect((await raw(path)).status, path).toBe(403);
    }
    expect((await raw(`/?token=${token}`)).status).toBe(403);
  });

  it('for another host, as after DNS rebinding', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${base.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${base.port}`,
    ]) {
      expect((await raw(at('api/overview'), { headers: { host } })).status, host).toBe(403);
    }
    expect((await raw(at('api/overview'), { headers: { host: `localhost:${base.port}` } })).status).toBe(200);
  });

  it('from pages of others', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'https://127.0.0.1',
      `http://127.0.0.1:1`,
      `https://${base.host}`,
    ]) {
      expect((await raw(at('api/overview'), { headers: { origin } })).status, origin).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await raw(at('api/overview'), { headers: { 'sec-fetch-site': site } })).status, site).toBe(403);
    }
    expect((await raw(at('api/overview'), { headers: { origin: `http://${base.host}` } })).status).toBe(200);
  });

  it('for paths that lead out of the folders', async () => {
    for (const path of [
      '../secret.js',
      '..%2fsecret.js',
      '%2e%2e/secret.js',
      '%2e%2e%2fsecret.js',
      '..%5csecret.js',
      '....//secret.js',
      'assets/../../secret.js',
      'assets/%2e%2e/%2e%2e/secret.js',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      'file:///etc/passwd',
      'secret.js',
      'secret.js%00.js',
      'assets',
    ]) {
      const { status, body } = await raw(at(path));
      // `..` in the open leaves the token behind.
      expect([403, 404], path).toContain(status);
      expect(body.toString(), path).not.toMatch(/a secret|root:/);
    }
    expect((await raw('/etc/passwd')).status).toBe(403);
    expect((await raw(at('assets/app.js'))).status).toBe(200);
  });

  it('for links in the folders that lead out of them', async () => {
    const linked = join(folder, 'linked');
    cpSync(join(CASE, 'expected'), linked, { recursive: true });
    rmSync(join(linked, 'amplitude.npy'));
    writeFileSync(join(folder, 'outside.npy'), readFileSync(join(out, 'amplitude.npy')));
    symlinkSync(join(folder, 'outside.npy'), join(linked, 'amplitude.npy'));
    const options = { dataFolder: data, version: '1' };
    await expect(serveFolder(linked, options)).rejects.toThrow(
      /amplitude.npy: found a link that leads out of the folder/,
    );
    rmSync(join(linked, 'amplitude.npy'));
    symlinkSync('peak_channels.npy', join(linked, 'amplitude.npy'));
    await (await serveFolder(linked, options)).close();
    symlinkSync(join(folder, 'secret.js'), join(linked, 'Curation.jsonl'));
    const second = await serveFolder(linked, options);
    const answer = await fetch(second.url + requestPath('curation'));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/a link to somewhere else/);
    await second.close();
  });

  it('with parameters that mean nothing', async () => {
    for (const path of [
      'api/similarity',
      'api/similarity?units=',
      'api/similarity?units=1,-1',
      'api/similarity?units=1,1',
      'api/similarity?units=999999',
      'api/similarity?units=1e3',
      'api/similarity?units=../../etc/passwd',
      `api/similarity?units=${Array.from({ length: 1001 }, (_, i) => i)}`,
      'api/similarity?units=1&path=/etc/passwd',
      'api/similarity-row?unit=NaN',
      'api/waveforms?units=1&kind=../raw',
      'api/waveforms?units=1&kind=raw&channels=0',
      'api/matrix-tile?order=depth&measure=weighted&level=0&row=99&column=0',
      'api/matrix-tile?order=depth&measure=weighted&level=99&row=0&column=0',
      'api/matrix-tile?order=depth&measure=/etc/passwd&level=0&row=0&column=0',
      'api/matrix-order?order=__proto__',
      'api/pair-sample?count=999999999',
      'api/curation?after=-1',
      'api/export/neuron?units=1&format=exe',
      'api/export/report?neurons=99999',
    ]) {
      const { status, body } = await raw(at(path));
      expect(status, path).toBe(400);
      expect(JSON.parse(body.toString()), path).toHaveProperty('error');
    }
  });

  it('with bodies that are too large, malformed or of another type', async () => {
    const good = { after: 0, id: 'abcdefgh', operation: { operation: 'mark', units: [1], mark: 'x' } };
    for (const body of [
      '',
      '{',
      'null',
      '[]',
      '{}',
      { ...good, after: -1 },
      { ...good, after: '0' },
      { ...good, id: '../../x' },
      { ...good, extra: 1 },
      { ...good, operation: { operation: 'merge', units: ['a'] } },
      { ...good, operation: { operation: 'merge', units: [0, 1e9] } },
      { ...good, operation: { operation: 'delete', units: [0] } },
      { ...good, operation: { operation: 'undo' } },
      '{"__proto__":{"after":0}}',
    ]) {
      expect((await post('append', body)).status, JSON.stringify(body)).toBe(400);
    }
    expect((await post('append', good, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post('apply', { path: '/tmp' })).status).toBe(400);
    // The connection may be closed before all of it was sent.
    const large = JSON.stringify({ ...good, id: 'x'.repeat(1 << 20) });
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
      const status = await post('append', large, headers).then(
        (answer) => answer.status,
        (error) => error.code,
      );
      expect([413, 'ECONNRESET', 'EPIPE']).toContain(status);
    }
    expect((await raw(at(requestPath('append')))).status).toBe(404);
    expect((await raw(at(requestPath('overview')), { method: 'DELETE' })).status).toBe(404);
    expect((await json<CurationReply>('curation')).version).toBe(0);
  });

  it('and every answer tells the browser to be strict', async () => {
    for (const path of [at(''), at('api/overview'), '/']) {
      const { headers } = await raw(path);
      expect(headers['content-security-policy'], path).toMatch(/default-src 'none'; script-src 'self';/);
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['cross-origin-resource-policy'], path).toBe('same-origin');
      expect(headers['access-control-allow-origin'], path).toBeUndefined();
    }
  });
});

const matrix = async (name: string) =>
  (await readNpyAs((await openFile(join(out, `${name}.npy`)))!, 'float32')).data;

describe('a folder that pyDANT wrote', () => {
  it('is described', async () => {
    const overview = await json<Overview>('overview');
    const units = overview.unitCount;
    expect(overview).toMatchObject({
      folder: 'out',
      hasData: true,
      version: '1.2.3',
      features: ['Waveform', 'AutoCorr'],
      measures: ['weighted', 'Waveform', 'AutoCorr'],
      has: {
        rawWaveforms: true,
        correctedWaveforms: false,
        autoCorr: true,
        isi: true,
        confidence: false,
        sparse: false,
      },
    });
    expect(overview.sessions.reduce((sum, session) => sum + session.units, 0)).toBe(units);
    const { arrays } = await pack<UnitColumns>('units');
    expect(arrays.session.length).toBe(units);
    const labels = (await readNpyAs((await openFile(join(out, 'IdxCluster.npy')))!, 'int32')).data;
    expect(arrays.label).toEqual(labels);
    expect(new Set(arrays.label.filter((label) => label > 0)).size).toBe(overview.neuronCount);
  });

  it('has the amplitude that the waveforms have on their peak channel', async () => {
    const { arrays } = await pack<UnitColumns>('units');
    const waveforms = await readNpyAs((await openFile(join(data, 'waveform_all.npy')))!, 'float32');
    const [units, channels, samples] = waveforms.shape;
    const ratios = Float64Array.from({ length: units }, (_, unit) => {
      const start = (unit * channels + arrays.peakChannel[unit]) * samples;
      const waveform = waveforms.data.subarray(start, start + samples);
      return arrays.amplitude[unit] / (Math.max(...waveform) - Math.min(...waveform));
    }).sort();
    expect(ratios[units >> 1]).toBeCloseTo(1, 1);
    expect(ratios[0]).toBeGreaterThan(0.6);
    expect(ratios[units - 1]).toBeLessThan(1.4);
  });

  it('gives similarities as they are on the disk', async () => {
    const weighted = await matrix('SimilarityMatrix');
    const acg = await matrix('AutoCorr_similarity_matrix');
    const size = Math.sqrt(weighted.length);
    const units = [7, 3, size - 1, 0];
    const { arrays } = await pack<SimilarityArrays>('similarity', { units });
    const block = (m: Float32Array) => units.flatMap((a) => units.map((b) => m[a * size + b]));
    expect([...arrays.similarity.subarray(0, 16)]).toEqual(block(weighted));
    expect([...arrays.similarity.subarray(32, 48)]).toEqual(block(acg));
    const row = await pack<SimilarityArrays>('similarityRow', { unit: 5 });
    expect(row.arrays.similarity.subarray(0, size)).toEqual(weighted.subarray(5 * size, 6 * size));
    const near = await pack<NeighbourArrays>('neighbours', { count: 3 });
    const found = await pack<CandidateArrays>('candidates', { units: [5], count: 3 });
    const best = [...weighted.subarray(5 * size, 6 * size).keys()]
      .filter((unit) => unit !== 5)
      .sort((a, b) => weighted[5 * size + b] - weighted[5 * size + a])
      .slice(0, 3);
    expect([...near.arrays.units.subarray(15, 18)]).toEqual(best);
    expect([...found.arrays.unit]).toEqual(best);
    expect([...found.arrays.similarity.subarray(0, 3)]).toEqual(
      best.map((unit) => weighted[5 * size + unit]),
    );
  });

  it('gives its matrix in tiles of which the coarser ones hold the largest of the finer', async () => {
    const weighted = await matrix('SimilarityMatrix');
    const size = Math.sqrt(weighted.length);
    for (const order of ['depth', 'leaf'] as const) {
      const places = (await pack<{ order: Int32Array }>('matrixOrder', { order })).arrays.order;
      expect([...places].sort((a, b) => a - b)).toEqual([...places.keys()]);
      const tile = { order, measure: 'weighted', level: 0, row: 0, column: 0 };
      const { arrays, meta } = await pack<TileArrays, { rows: number; columns: number }>('matrixTile', tile);
      expect(meta).toEqual({ rows: size, columns: size });
      const expected = Array.from(arrays.values, (_, i) => {
        const [a, b] = [places[Math.floor(i / size)], places[i % size]];
        return a === b ? Number.NaN : weighted[a * size + b];
      });
      expect([...arrays.values]).toEqual(expected);
    }
  });

  it('gives waveforms and histograms of its units', async () => {
    const units = [4, 2];
    const { arrays, meta } = await pack<WaveformArrays, { samples: number }>('waveforms', {
      units,
      kind: 'raw',
      channels: 3,
    });
    const source = await readNpyAs((await openFile(join(data, 'waveform_all.npy')))!, 'float32');
    const [, channels, samples] = source.shape;
    expect(meta.samples).toBe(samples);
    units.forEach((unit, i) => {
      arrays.channels.forEach((channel, c) => {
        const start = (unit * channels + channel) * samples;
        expect(arrays.waveforms.subarray((i * 3 + c) * samples, (i * 3 + c + 1) * samples)).toEqual(
          source.data.subarray(start, start + samples),
        );
      });
    });
    expect(arrays.locations?.length).toBe(6);
    const acg = await pack<HistogramArrays, HistogramMeta>('autocorrelograms', { units });
    expect(acg.meta).toMatchObject({ startMs: -300, stepMs: 1, bins: 601 });
    const saved = await readNpyAs((await openFile(join(out, 'auto_corr.npy')))!, 'float32');
    expect(acg.arrays.values.subarray(0, 601)).toEqual(saved.data.subarray(4 * 601, 5 * 601));
    expect((await get('waveforms', { units, kind: 'corrected' })).status).toBe(404);
  });

  it('gives its candidate pairs', async () => {
    const { candidatePairCount } = await json<Overview>('overview');
    const { histograms } = await json<PairHistograms>('pairHistograms');
    const sum = (list: readonly number[]) => list.reduce((total, n) => total + n, 0);
    for (const { matched, unmatched } of histograms)
      expect(sum(matched) + sum(unmatched)).toBe(candidatePairCount);
    const weighted = await matrix('SimilarityMatrix');
    const size = Math.sqrt(weighted.length);
    const { arrays, meta } = await pack<PairSampleArrays, PairSampleMeta>('pairSample', { count: 40 });
    expect(meta).toMatchObject({ candidates: candidatePairCount, sampledMatched: 20 });
    for (let i = 0; i < 40; i++) {
      const value = weighted[arrays.units[2 * i] * size + arrays.units[2 * i + 1]];
      expect(arrays.similarity[i]).toBeCloseTo(value, 5);
    }
  });

  it('draws a neuron, and writes a report', async () => {
    const { arrays } = await pack<UnitColumns>('units');
    const units = [...arrays.label.keys()].filter((unit) => arrays.label[unit] === 1);
    const svg = await get('neuronFigure', { units, format: 'svg', title: 'Neuron 1 <&>' });
    expect(svg.headers['content-type']).toBe('image/svg+xml');
    expect(svg.body.toString()).toContain('Neuron 1 &lt;&amp;&gt;');
    const report = await get('report', { neurons: [1] });
    expect(report.body.toString()).toMatch(/<section id="neuron-1">/);
    expect(report.headers['content-disposition']).toMatch(/attachment/);
  });
});

describe('curating', () => {
  it('appends, tells conflicts, counts a repeated request once, and applies', async () => {
    const merge = {
      after: 0,
      id: 'window-1-a',
      operation: { operation: 'confirm', units: [0], confirmed: true },
    };
    const first = await post('append', merge);
    expect(JSON.parse(first.body.toString())).toMatchObject({
      version: 1,
      entries: [{ id: 'window-1-a', version: 1 }],
    });
    expect((await post('append', merge)).status).toBe(200);
    const late = await post('append', { ...merge, id: 'window-2-a' });
    expect(late.status).toBe(409);
    expect(JSON.parse(late.body.toString())).toMatchObject({ version: 1, entries: [{ id: 'window-1-a' }] });
    expect(
      (await post('append', { after: 1, id: 'window-2-b', operation: { operation: 'undo' } })).status,
    ).toBe(200);
    const applied = await post('apply', {});
    expect(JSON.parse(applied.body.toString())).toMatchObject({ version: 2 });
    const reply = await json<CurationReply>('curation', { after: 1 });
    expect(reply).toMatchObject({ version: 2, appliedVersion: 2, entries: [{ operation: 'undo' }] });
    const labels = await readNpyAs((await openFile(join(out, 'IdxCluster.npy')))!, 'int32');
    const curated = await readNpyAs((await openFile(join(out, 'IdxCluster_curated.npy')))!, 'int32');
    expect(curated).toEqual(labels);
  });

  it('tells other windows', async () => {
    const answer = await fetch(new URL(requestPath('events'), serving.url));
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => JSON.parse((await reader.read()).value!.replace(/^data: /, ''));
    expect(await next()).toEqual({ kind: 'curation', version: 2 });
    await post('append', { after: 2, id: 'window-3-a', operation: { operation: 'redo' } });
    expect(await next()).toEqual({ kind: 'curation', version: 3 });
    await reader.cancel();
  });
});

describe('a pack', () => {
  it('is read back as it was written', () => {
    const arrays = {
      a: Float32Array.of(1.5, Number.NaN),
      b: Int32Array.of(-1),
      c: new Uint8Array(0),
      d: undefined,
    };
    const { arrays: back, meta } = decodePack(encodePack(arrays, { text: 'µ' }).buffer);
    expect(back).toEqual({ a: arrays.a, b: arrays.b, c: arrays.c });
    expect(meta).toEqual({ text: 'µ' });
  });
});
