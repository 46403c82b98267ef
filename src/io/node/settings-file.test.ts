import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../../test/numpy.ts';
import { InputError } from '../../core/errors.ts';
import { resolveSettings } from '../../core/settings.ts';
import { readSettingsFile, resolvePaths } from './settings-file.ts';

describe('readSettingsFile', () => {
  it('takes paths as relative to the file, with either separator', () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'run'));
      const path = join(folder, 'run', 'settings.json');
      writeFileSync(
        path,
        '{ "path_to_data": "..\\\\data\\\\rat1", "waveformCorrection": { "path_to_motion": "motion.npy", "n_templates": 1 } }',
      );
      const { user, folder: base } = await readSettingsFile(path);
      expect(base).toBe(join(folder, 'run'));
      expect(user).toEqual({
        path_to_data: join(folder, 'data', 'rat1'),
        output_folder: join(folder, 'run', 'DANT_Output'),
        waveformCorrection: { path_to_motion: join(folder, 'run', 'motion.npy'), n_templates: 1 },
      });
    }));

  it('says when there is no such file', async () => {
    await expect(readSettingsFile('nowhere/settings.json')).rejects.toThrow(InputError);
    await expect(readSettingsFile('nowhere/settings.json')).rejects.toThrow('no such file');
  });
});

describe('resolvePaths', () => {
  it('leaves absolute paths, an empty path and wrong values as they are', () => {
    const user = { path_to_data: '/data', output_folder: 3, waveformCorrection: { path_to_motion: '' } };
    expect(resolvePaths(user, '/run')).toEqual(user);
    expect(() => resolveSettings(resolvePaths(user, '/run'))).toThrow('output_folder');
    expect(resolvePaths({ waveformCorrection: 3 }, '/run')).toMatchObject({ waveformCorrection: 3 });
  });

  it.each([
    ['output_folder', { output_folder: '' }],
    ['output_folder', { output_folder: '~/results' }],
    ['path_to_data', { path_to_data: '~\\data' }],
    ['waveformCorrection.path_to_motion', { waveformCorrection: { path_to_motion: '~' } }],
  ])('leaves an unusable %s to be refused: %o', (key, user) => {
    expect(() => resolveSettings(resolvePaths(user, '/run'))).toThrow(InputError);
    expect(() => resolveSettings(resolvePaths(user, '/run'))).toThrow(`setting "${key}": found`);
  });
});
