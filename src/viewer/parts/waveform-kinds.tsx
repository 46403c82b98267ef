/** Raw or corrected waveforms. */
import { useApp } from '../state/app.ts';
import { useViewOptions, useWaveformKind } from '../state/view-options.ts';

export function WaveformKinds() {
  const has = useApp((state) => state.result?.overview.has);
  const kind = useWaveformKind();
  if (!has || !kind) return null;
  const kinds = [
    ['raw', 'Raw', has.rawWaveforms],
    ['corrected', 'Corrected', has.correctedWaveforms],
  ] as const;
  return (
    <span className="segments" role="group" aria-label="Waveforms">
      {kinds.map(([name, title, there]) => (
        <button
          key={name}
          type="button"
          disabled={!there}
          aria-pressed={kind === name}
          title={there ? 'Waveforms (W)' : `No ${name} waveforms in this folder`}
          onClick={() => useViewOptions.setState({ waveforms: name })}
        >
          {title}
        </button>
      ))}
    </span>
  );
}
