import { describe, expect, it } from 'vitest';
import { exampleTracking } from '../../test/example-result.ts';
import { MemoryStore } from './memory-store.ts';
import { blocksOfTracking } from './result-blocks.ts';
import { checkUnitSessions, encodeUnits, readUnits, resultUnits, type UnitRow } from './units-table.ts';

const row = (unit: number, more: Partial<UnitRow> = {}): UnitRow => ({
  unit,
  session: 1 + (unit % 2),
  date: '2026-01-02',
  label: 'day, "one"',
  clusterId: String(100 + unit),
  folder: '/data/Kilosort 4',
  shank: 0,
  peakChannel: 17,
  depth: 1234.5,
  neuron: unit === 0 ? -1 : 3,
  extra: {},
  ...more,
});

const folder = async (content: string | readonly UnitRow[]) => {
  const store = new MemoryStore('data');
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : encodeUnits(content);
  await store.write('units.csv', bytes);
  return store;
};

describe('units.csv', () => {
  it('has the published columns, extra ones last', async () => {
    const text = new TextDecoder().decode(encodeUnits([row(0, { extra: { confidence: '0.91' } })]));
    expect(text).toBe(
      'unit,session,date,label,cluster_id,folder,shank,peak_channel,depth,neuron,confidence\n' +
        '0,1,2026-01-02,"day, ""one""",100,/data/Kilosort 4,0,17,1234.5,-1,0.91\n',
    );
  });

  it('gives back what was written, in the order of the units', async () => {
    const rows = [row(0, { extra: { confidence: '0.9' } }), row(1, { extra: { confidence: '' } })];
    expect(await readUnits(await folder([...rows].reverse()), 2)).toEqual(rows);
  });

  it('needs no more than unit and session', async () => {
    expect(await readUnits(await folder('session,unit\n2,0\n'), 1)).toEqual([
      { unit: 0, session: 2, date: '', label: '', clusterId: '', folder: '', extra: {} },
    ]);
  });

  it('is optional', async () => {
    expect(await readUnits(new MemoryStore(), 3)).toBeUndefined();
  });

  it.each([
    ['a missing column', 'unit,date\n0,x\n', 1, /no column session/],
    ['a unit twice', 'unit,session\n0,1\n0,2\n', 2, /row 2: found unit "0" a second time/],
    ['a unit that is not there', 'unit,session\n0,1\n5,2\n', 2, /unit "5"/],
    ['a unit without session', 'unit,session\n0,\n', 1, /of session ""/],
    ['a missing unit', 'unit,session\n0,1\n', 2, /found 1 units; expected the 2 units/],
    ['a broken number', 'unit,session,depth\n0,1,deep\n', 1, /row 1, column depth: found "deep"/],
    ['half a channel', 'unit,session,peak_channel\n0,1,1.5\n', 1, /expected a whole number/],
  ])('tells %s', async (_, text, units, message) => {
    await expect(readUnits(await folder(text), units)).rejects.toThrow(message);
  });

  it('tells a session that differs from session_index.npy', () => {
    const check = (sessions: number[]) =>
      checkUnitSessions([row(0), row(1)], Int32Array.from(sessions), 'units.csv');
    expect(() => check([1, 2])).not.toThrow();
    expect(() => check([1, 1])).toThrow(/session 2 for unit 1; expected session 1/);
  });
});

describe('the table of a result', () => {
  const blocks = blocksOfTracking(exampleTracking(6));

  it('takes neurons and places from the result, everything else from the input', () => {
    const given = [0, 1, 2, 3, 4, 5].map((unit) => row(unit, { extra: { note: `n${unit}` } }));
    const table = resultUnits(blocks, given);
    const { features, sessions } = blocks;
    expect(table[4]).toEqual({
      ...given[4],
      session: sessions[4],
      shank: 1,
      peakChannel: features.peakChannels[4],
      depth: features.locations[13],
      neuron: -1,
    });
    expect(table.map(({ neuron }) => neuron)).toEqual(
      [...blocks.labels].map((label) => (label < 0 ? -1 : label + 1)),
    );
  });

  it('finds the rows of the units of a shank', () => {
    const given = Array.from({ length: 12 }, (_, unit) => row(unit));
    const table = resultUnits(blocks, given, Int32Array.of(1, 3, 5, 7, 9, 11));
    expect(table.map(({ unit, clusterId }) => [unit, clusterId])).toEqual(
      [101, 103, 105, 107, 109, 111].map((id, unit) => [unit, String(id)]),
    );
  });

  it('is there without a table of the input', () => {
    expect(resultUnits(blocks, undefined)[0]).toMatchObject({ unit: 0, clusterId: '', folder: '' });
  });
});
