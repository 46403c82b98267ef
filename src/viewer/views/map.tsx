/** All units by session and depth, or embedded by their similarities. */
import { useMemo } from 'react';
import { formatNumber } from '../charts/scale.ts';
import { ChosenUnits } from '../parts/chosen-units.tsx';
import { Segments } from '../parts/segments.tsx';
import { COLOURINGS, type Colouring } from '../plots/map-dots.ts';
import { depthPlaces, embeddedPlaces } from '../plots/map-places.ts';
import { MapPlot, type Plane } from '../plots/map-plot.tsx';
import { useEmbedding } from '../plots/use-embedding.ts';
import { useResult } from '../state/app.ts';
import { useKept } from '../state/kept.ts';

const PLANES = [
  { value: 'depth', name: 'Depth and session' },
  { value: 'similarity', name: 'Similarity (UMAP)' },
] as const;

const DRAGS = [
  { value: false, name: 'Move' },
  { value: true, name: 'Select', title: 'Or drag with Shift held' },
];

export function MapView() {
  const { overview, units } = useResult();
  const [plane, setPlane] = useKept<Plane>('map plane', 'depth');
  const [colouring, setColouring] = useKept<Colouring>('map colouring', 'neuron');
  const [brushing, setBrushing] = useKept('map brushing', false);
  const embedding = useEmbedding(plane === 'similarity');
  const embedded = embedding.places;
  const places = useMemo(() => {
    if (plane === 'depth') return depthPlaces(units);
    return embedded && embeddedPlaces(embedded);
  }, [plane, embedded, units]);
  const isComing = plane === 'similarity' && embedding.part < 1;
  return (
    <div className="stage">
      <section className="stage-main card">
        <div className="table-head">
          <h1 className="visually-hidden">Map</h1>
          <Segments label="Places" options={PLANES} value={plane} onChange={setPlane} />
          <label className="field">
            Colour
            <select value={colouring} onChange={(event) => setColouring(event.target.value as Colouring)}>
              {COLOURINGS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <Segments label="What dragging does" options={DRAGS} value={brushing} onChange={setBrushing} />
          {isComing && (
            <span className="muted" role="status">
              Embedding {formatNumber(overview.unitCount)} units … {formatNumber(100 * embedding.part)} %
            </span>
          )}
        </div>
        {places && (
          <MapPlot
            key={plane}
            plane={plane}
            places={places}
            colouring={colouring}
            brushing={brushing}
            follow={isComing}
          />
        )}
      </section>
      <ChosenUnits />
    </div>
  );
}
