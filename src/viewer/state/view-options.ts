/** How neurons are shown; kept while the page is open. */
import { create } from 'zustand';
import { useApp } from './app.ts';

export interface ViewOptions {
  readonly waveforms: 'raw' | 'corrected';
}

export const useViewOptions = create<ViewOptions>(() => ({ waveforms: 'corrected' }));

/** The kind wanted, or the one there is; undefined when the folder has no waveforms. */
export function useWaveformKind(): 'raw' | 'corrected' | undefined {
  const wanted = useViewOptions((state) => state.waveforms);
  const has = useApp((state) => state.result?.overview.has);
  if (!has) return undefined;
  if (wanted === 'corrected')
    return has.correctedWaveforms ? 'corrected' : has.rawWaveforms ? 'raw' : undefined;
  return has.rawWaveforms ? 'raw' : has.correctedWaveforms ? 'corrected' : undefined;
}

export function toggleWaveformKind(): void {
  useViewOptions.setState(({ waveforms }) => ({ waveforms: waveforms === 'raw' ? 'corrected' : 'raw' }));
}
