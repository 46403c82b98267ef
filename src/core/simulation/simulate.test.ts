import { describe, expect, it } from 'vitest';
import { Motion } from '../motion/motion.ts';
import { planRecording, type SimulationOptions, simulateRecording } from './simulate.ts';

const calm = { positionUm: 0, amplitude: 0, shape: 0, timingMs: 0, firing: 0 };
const small: SimulationOptions = { sessions: 4, neuronsPerSession: 15, firing: { durationMs: 30_000 } };

describe('simulateRecording', () => {
  it('is the same for the same seed, byte for byte, and another for another seed', async () => {
    const [a, b, c] = [1, 1, 2].map((seed) => simulateRecording({ ...small, seed }));
    expect(a.dataset.waveforms).toEqual(b.dataset.waveforms);
    expect(a.dataset.peth).toEqual(b.dataset.peth);
    expect(a.neuronId).toEqual(b.neuronId);
    expect(a.trueMotion).toEqual(b.trueMotion);
    expect(await a.dataset.spikeTimes(3)).toEqual(await b.dataset.spikeTimes(3));
    expect(c.trueMotion.equals(a.trueMotion)).toBe(false);
  });

  it('describes a dataset whose parts fit together', async () => {
    const { dataset, neuronId, units, probe, sessions } = simulateRecording(small);
    expect(dataset.units).toBe(units);
    expect(neuronId).toHaveLength(units);
    expect(dataset.waveforms.data).toHaveLength(units * probe.channels * 64);
    expect(dataset.peth).toMatchObject({ bins: 60 });
    expect(dataset.peth?.data).toHaveLength(60 * units);
    expect(new Set(sessions)).toEqual(new Set([1, 2, 3, 4]));
    expect((await dataset.spikeTimes(0)).length).toBeGreaterThan(2);
    expect(dataset.waveforms.data.every(Number.isFinite)).toBe(true);
  });

  it('finds a neuron at most once in a session', () => {
    const { neuronId, sessions } = planRecording({ sessions: 10, neurons: 100 });
    expect(new Set(Array.from(neuronId, (n, u) => `${n} ${sessions[u]}`)).size).toBe(neuronId.length);
  });

  it('makes every unit by itself as it stands in the whole', async () => {
    const whole = simulateRecording(small);
    const plan = planRecording(small);
    const size = whole.probe.channels * 64;
    for (const k of [whole.units - 1, 0, 7]) {
      const unit = plan.simulateUnit(k);
      expect(unit.waveform).toEqual(whole.dataset.waveforms.data.slice(k * size, (k + 1) * size));
      expect(unit.spikeTimes).toEqual(await whole.dataset.spikeTimes(k));
      expect(unit.peth).toEqual(whole.dataset.peth?.data.slice(60 * k, 60 * (k + 1)));
      expect(unit.neuron).toBe(whole.neuronId[k]);
      expect(unit.session).toBe(whole.sessions[k]);
    }
  });

  it('finds neurons as often as asked to', () => {
    const still = { stepUm: 0, jumpProbability: 0 };
    for (const presence of [0.3, 0.8, 1]) {
      const { units } = planRecording({ neurons: 200, sessions: 20, presence, drift: still });
      expect(units / 4000).toBeCloseTo(presence, 1);
    }
  });

  it('has exactly as many units as asked for', () => {
    const { units, neuronId } = planRecording({ probe: 'np1', channels: 283, sessions: 18, units: 1203 });
    expect(units).toBe(1203);
    expect(neuronId).toHaveLength(1203);
  });

  it('moves the waveform by the motion: 40 µm are two rows of sites', () => {
    const motion = new Motion(2, { constant: [0, 40] });
    const plan = planRecording({
      sessions: 2,
      neurons: 20,
      presence: 1,
      motion,
      wander: calm,
      noise: { spikeUv: 0 },
    });
    let compared = 0;
    for (let k = 0; k < plan.units; k++) {
      const [a, b] = [k, plan.neuronId.lastIndexOf(plan.neuronId[k])];
      if (a === b) continue;
      const [before, after] = [plan.simulateUnit(a).waveform, plan.simulateUnit(b).waveform];
      expect(after.slice(4 * 64)).toEqual(before.slice(0, -4 * 64));
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  it('loses neurons that the motion carries beyond the probe', () => {
    const motion = new Motion(2, { constant: [0, 10_000] });
    expect(() => planRecording({ sessions: 2, motion })).toThrow(/no unit in session 2/);
  });

  it('places units where their neurons appear', () => {
    const { trueMotion, units, simulateUnit } = planRecording({
      ...small,
      wander: calm,
      drift: { stepUm: 30 },
    });
    const tissue = new Map<number, number>();
    for (let k = 0; k < units; k++) {
      const { neuron, session, location } = simulateUnit(k);
      const depth = location[1] - trueMotion.getMotion(session, location[1]);
      expect(depth).toBeCloseTo(tissue.get(neuron) ?? depth, 8);
      tissue.set(neuron, depth);
    }
  });

  it('averages noise away over spikes, up to the number of averaged ones', () => {
    const noiseOf = (spikes: number) => {
      const waveform = planRecording({
        sessions: 1,
        neurons: 3,
        presence: 1,
        amplitude: { min: 1e-3, median: 1e-3, max: 1e-3 },
        firing: { spikes },
        noise: { spikeUv: 20, averagedSpikes: 400 },
      }).simulateUnitWaveform(0);
      return Math.sqrt(waveform.reduce((sum, v) => sum + v * v, 0) / waveform.length);
    };
    expect(noiseOf(1)).toBeCloseTo(20, -0.5);
    expect(noiseOf(100)).toBeCloseTo(2, 0);
    expect(noiseOf(8000)).toBeCloseTo(1, 0);
  });

  it('gives every unit the number of spikes asked for', async () => {
    const { simulateUnitSpikes } = planRecording({ ...small, firing: { spikes: 500 } });
    expect([0, 1, 2].map((k) => simulateUnitSpikes(k).length)).toEqual([500, 500, 500]);
  });

  it('has the same missing bins in all units of a session', () => {
    const { units, sessions, simulateUnit, pethBins } = planRecording({
      ...small,
      peth: { missing: 0.7, events: 4, binsPerEvent: 5 },
    });
    expect(pethBins).toBe(20);
    const patterns = new Map<number, string>();
    for (let k = 0; k < units; k++) {
      const pattern = Array.from(simulateUnit(k).peth!, (v) => (Number.isNaN(v) ? '-' : 'x')).join('');
      expect(pattern).toBe(patterns.get(sessions[k]) ?? pattern);
      patterns.set(sessions[k], pattern);
    }
    expect([...patterns.values()].some((p) => p.includes('-----'))).toBe(true);
  });

  it('leaves the PETH out when told to', () => {
    const { dataset } = simulateRecording({ ...small, peth: false });
    expect(dataset.peth).toBeUndefined();
  });

  it('refuses a unit that is not there, and more units than there are neurons', () => {
    const plan = planRecording(small);
    for (const k of [-1, plan.units, 0.5, Number.NaN]) {
      expect(() => plan.simulateUnit(k)).toThrow(/got unit .*, expected 0 to/);
    }
    expect(() => planRecording({ neurons: 10, sessions: 2, units: 21 })).toThrow(/"units", expected at most/);
  });
});
