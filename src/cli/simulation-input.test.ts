import { describe, expect, test } from 'vitest';
import { InputError } from '../core/errors.ts';
import { readSimulation, SIMULATION_PRESETS, type SimulationInput } from './simulation-input.ts';

const read = (input: Partial<SimulationInput>) =>
  readSimulation({ peth: true, numbers: new Map(), ...input });

describe('the options of a simulation', () => {
  test('are empty when nothing is asked for: the defaults hold', () => {
    expect(read({})).toEqual({});
  });

  test('single options override the preset without changing it', () => {
    const before = structuredClone(SIMULATION_PRESETS);
    const options = read({
      preset: 'Large',
      probe: 'NP2',
      numbers: new Map([
        ['seed', '-3'],
        ['firing.spikes', '100'],
      ]),
      set: ['firing.logSd=0', 'wander.shape = 0.1'],
    });
    expect(options).toEqual({
      ...SIMULATION_PRESETS.large,
      probe: 'np2',
      seed: -3,
      firing: { spikes: 100, logSd: 0 },
      wander: { shape: 0.1 },
    });
    expect(SIMULATION_PRESETS).toEqual(before);
  });

  test('units per session replace the number of units of the preset', () => {
    const options = read({ preset: 'large', numbers: new Map([['neuronsPerSession', '20']]) });
    expect(options).toMatchObject({ neuronsPerSession: 20 });
    expect(options.units).toBeUndefined();
  });

  test.each([
    ['an unknown preset', { preset: 'huge' }, '--preset'],
    ['an unknown probe', { probe: 'np3' }, '--probe'],
    ['an unknown key', { set: ['wander.colour=1'] }, 'wander.colour=1'],
    ['an assignment without a value', { set: ['seed'] }, 'KEY=NUMBER'],
    ['text for a number', { numbers: new Map([['sessions', 'many']]) }, '"sessions"'],
    ['nothing for a number', { numbers: new Map([['noise.spikeUv', '']]) }, '"noise.spikeUv"'],
    ['a number out of range', { numbers: new Map([['presence', '2']]) }, '"presence"'],
    [
      'more channels than the probe has',
      { probe: 'small', numbers: new Map([['channels', '65']]) },
      '65 channels',
    ],
  ])('%s is bad input that names it', (_name, input, text) => {
    expect(() => read(input)).toThrow(InputError);
    expect(() => read(input)).toThrow(text);
  });
});
