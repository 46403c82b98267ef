/** Raw or corrected waveforms. */
import { useApp } from '../state/app.ts';
import { useViewOptions, useWaveformKind } from '../state/view-options.ts';
import { Segments } from './segments.tsx';

export function WaveformKinds() {
  const has = useApp((state) => state.result?.overview.has);
  const kind = useWaveformKind();
  if (!has || !kind) return null;
  const option = <T extends string>(value: T, name: string, there: boolean) => ({
    value,
    name,
    disabled: !there,
    title: there ? 'Waveforms (W)' : `No ${value} waveforms in this folder`,
  });
  return (
    <Segments
      label="Waveforms"
      options={[
        option('raw', 'Raw', has.rawWaveforms),
        option('corrected', 'Corrected', has.correctedWaveforms),
      ]}
      value={kind}
      onChange={(waveforms) => useViewOptions.setState({ waveforms })}
    />
  );
}
