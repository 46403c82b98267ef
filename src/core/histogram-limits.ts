/** Limits of histograms that no recording needs and that would take hours to compute. */
import { InputError } from './errors.ts';
import type { Settings } from './settings.ts';

const MOST_BINS = 1e5;
/** Standard deviation of the smoothing, in bins. */
const MOST_SMOOTHING = 1e4;

/** @throws InputError naming the setting under which a histogram has too many bins, or is smoothed over too many */
export function checkHistogramLimits(settings: Settings, source: string): void {
  for (const group of ['autoCorr', 'ISI'] as const) {
    const { window, binwidth, gaussian_sigma: sigma } = settings[group];
    const refuse = (key: string, value: number, of: string, most: number) => {
      throw new InputError({
        where: `${source}, setting "${group}.${key}"`,
        found: `${value}, with ${group}.${of}`,
        expected: `at most ${most} bins of ${group}.binwidth`,
        remedy: `Correct it; all three of ${group}.window, binwidth and gaussian_sigma are in ms.`,
      });
    };
    if (window / binwidth > MOST_BINS) refuse('window', window, `binwidth ${binwidth}`, MOST_BINS);
    if (sigma / binwidth > MOST_SMOOTHING)
      refuse('gaussian_sigma', sigma, `binwidth ${binwidth}`, MOST_SMOOTHING);
  }
}
