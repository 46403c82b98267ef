import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { nearestKey, resolveSettings, SETTINGS_TABLE } from './settings.ts';

describe('resolveSettings', () => {
  it('fills in every key of the table', () => {
    const { settings } = resolveSettings({});
    for (const { key } of SETTINGS_TABLE) {
      const value = key.split('.').reduce<unknown>((s, k) => (s as Record<string, unknown>)[k], settings);
      expect(value, key).toBeDefined();
    }
  });

  it('takes the recommended preset without a file and the reference preset with one', () => {
    const bare = resolveSettings({}).settings;
    expect(bare.preset).toBe('recommended');
    expect(bare.motionEstimation.stop_rule).toBe('converged');
    expect(bare.autoCuration.auto_merge).toBe(true);
    const filed = resolveSettings({}, { hasPeth: true, fromFile: true }).settings;
    expect(filed.preset).toBe('reference');
    expect(filed.motionEstimation).toMatchObject({
      stop_rule: 'matches',
      repeat_last_feature_set: false,
      stop_early: false,
      max_iter: 2,
    });
  });

  it('lets single keys override the preset', () => {
    const { settings } = resolveSettings({ preset: 'recommended', autoCuration: { auto_merge: false } });
    expect(settings.autoCuration.auto_merge).toBe(false);
    expect(settings.motionEstimation.stop_rule).toBe('converged');
  });

  it('ignores the case of feature names', () => {
    const { settings } = resolveSettings({ clustering: { features: ['waveform', 'autocorr', 'isi'] } });
    expect(settings.clustering.features).toEqual(['Waveform', 'AutoCorr', 'ISI']);
  });

  it('runs up to 15 rounds when the last feature set is repeated, else as many as there are sets', () => {
    const one = { motionEstimation: { features: [['Waveform']] } };
    expect(resolveSettings(one).settings.motionEstimation.max_iter).toBe(15);
    const context = { hasPeth: true, fromFile: true };
    expect(resolveSettings({}, context).settings.motionEstimation.max_iter).toBe(2);
    const repeating = { motionEstimation: { repeat_last_feature_set: true } };
    expect(resolveSettings(repeating, context).settings.motionEstimation.max_iter).toBe(15);
  });

  it('derives the motion distance from the clustering distance', () => {
    const { settings } = resolveSettings({ clustering: { max_distance: 60 } });
    expect(settings.motionEstimation.max_distance).toBe(60);
  });

  it.each([
    [{ clustering: { n_iter: 1e12 } }, 'clustering.n_iter', 'at most 10000'],
    [{ motionEstimation: { max_iter: 1e9 } }, 'motionEstimation.max_iter', 'at most 1000'],
    [{ autoCorr: { gaussian_sigma: 1e6 } }, 'autoCorr.gaussian_sigma', 'at most 10000 bins'],
    [{ ISI: { window: 100, binwidth: 1e-4 } }, 'ISI.window', 'at most 100000 bins'],
  ])('refuses what would never end: %o', (user, key, limit) => {
    expect(() => resolveSettings(user)).toThrow(InputError);
    expect(() => resolveSettings(user)).toThrow(`setting "${key}"`);
    expect(() => resolveSettings(user)).toThrow(limit);
  });

  it('takes fine histograms of long windows', () => {
    resolveSettings({ autoCorr: { window: 1000, binwidth: 0.01, gaussian_sigma: 100 } });
  });

  it('suggests groups for groups, and nothing where nothing is near', () => {
    const warningOf = (user: object) => resolveSettings(user).warnings;
    expect(warningOf({ Clustering: { n_iter: 3 } })).toEqual([
      'settings: unknown setting "Clustering" is ignored; did you mean "clustering"?',
    ]);
    expect(warningOf({ colour: 3 })).toEqual(['settings: unknown setting "colour" is ignored']);
    for (const { key } of SETTINGS_TABLE) expect(nearestKey(key)).toBe(key);
  });

  it('warns about unknown keys with the nearest known name', () => {
    const { warnings } = resolveSettings({ clustering: { n_iters: 3 }, path_to_python: 'x' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"clustering.n_iter"');
    expect(nearestKey('centring_waveforms')).toBe('centering_waveforms');
  });

  it('takes a window of one bin', () => {
    const { settings } = resolveSettings({ ISI: { window: 0.5, binwidth: 0.5 } });
    expect(settings.ISI.window).toBe(0.5);
  });

  it.each([
    [{ clustering: { n_iter: 0 } }, 'clustering.n_iter', 'at least 1'],
    [{ clustering: { n_iter: 2.5 } }, 'clustering.n_iter', 'whole number'],
    [{ clustering: { features: ['Wavefrom'] } }, 'clustering.features', 'Waveform, ISI'],
    [{ clustering: { max_distance: Number.NaN } }, 'clustering.max_distance', 'a number'],
    [{ preset: 'fast' }, 'preset', '"reference" or "recommended"'],
    [{ autoCorr: { window: 0 } }, 'autoCorr.window', 'above 0'],
    [{ autoCuration: { auto_split: 'yes' } }, 'autoCuration.auto_split', 'true or false'],
    [{ ISI: { window: 0.5 } }, 'ISI.window', 'not below ISI.binwidth'],
    [{ autoCorr: { binwidth: 301 } }, 'autoCorr.window', 'not below autoCorr.binwidth'],
    [{ autoCorr: 3 }, 'autoCorr', 'a group of settings'],
  ])('refuses %j', (user, key, expected) => {
    const attempt = () => resolveSettings(user);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(key);
    expect(attempt).toThrow(expected);
  });
});
