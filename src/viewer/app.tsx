/** The frame of the page: navigation, search, what concerns all views. */
import { useEffect, useRef } from 'react';
import { parseSubject, subjectTitle } from './model/groups.ts';
import { Dialogs } from './parts/dialogs.tsx';
import { Messages } from './parts/messages.tsx';
import { SHORTCUTS } from './parts/shortcut-table.ts';
import { TopBar } from './parts/top-bar.tsx';
import { useApp } from './state/app.ts';
import { listen } from './state/curation.ts';
import { type Route, useRoute, type View } from './state/route.ts';
import { listenToKeys } from './state/shortcuts.ts';
import { CandidatesView } from './views/candidates.tsx';
import { CurationView } from './views/curation.tsx';
import { EvaluationView } from './views/evaluation.tsx';
import { MapView } from './views/map.tsx';
import { MatrixView } from './views/matrix.tsx';
import { NeuronView } from './views/neuron.tsx';
import { NeuronsView } from './views/neurons.tsx';
import { OverviewView } from './views/overview.tsx';

const VIEW: Record<
  View,
  { readonly title: string; readonly fixed?: boolean; readonly Content: () => React.ReactNode }
> = {
  overview: { title: 'Overview', Content: OverviewView },
  neurons: { title: 'Neurons', fixed: true, Content: NeuronsView },
  neuron: { title: 'Neuron', Content: NeuronView },
  unit: { title: 'Unit', Content: NeuronView },
  candidates: { title: 'Candidates', fixed: true, Content: CandidatesView },
  map: { title: 'Map', fixed: true, Content: MapView },
  matrix: { title: 'Matrix', fixed: true, Content: MatrixView },
  evaluation: { title: 'Evaluation', Content: EvaluationView },
  curation: { title: 'Curation', Content: CurationView },
};

/** With the neuron or unit that is looked at, so that windows can be told apart. */
function titleOf({ view, rest }: Route): string {
  const { title } = VIEW[view];
  const subject = parseSubject(view === 'candidates' ? rest : `${view}/${rest}`);
  if (!subject) return title;
  return view === 'candidates' ? `${title} of ${subjectTitle(subject)}` : subjectTitle(subject);
}

export function App() {
  const ready = useApp((state) => state.curated !== undefined);
  const failure = useApp((state) => state.failure);
  const online = useApp((state) => state.online);
  const folder = useApp((state) => state.result?.overview.folder);
  const route = useRoute();
  const { view } = route;
  const main = useRef<HTMLElement>(null);
  const { fixed, Content } = VIEW[view];
  const title = titleOf(route);

  useEffect(() => {
    if (ready) return listen();
  }, [ready]);
  useEffect(() => listenToKeys(SHORTCUTS), []);
  useEffect(() => {
    document.title = `${title} · ${folder ? `${folder.split(/[\\/]/).at(-1)} · ` : ''}dant`;
  }, [title, folder]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new view begins at its top
  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [view]);

  return (
    <div className="frame">
      <div>
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          Skip to the content
        </button>
        <TopBar />
        {!online && (
          <p className="banner" role="status">
            The server does not answer: what you do now is not saved. Everything up to here is. Start{' '}
            <code>dant view</code> again and open the address it prints.
          </p>
        )}
      </div>
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        className={fixed && ready ? 'fixed' : undefined}
        data-view={view}
      >
        {failure ? (
          <div className="full-message">
            <h1>The result cannot be shown</h1>
            <p>{failure.message}</p>
          </div>
        ) : ready ? (
          <Content />
        ) : (
          <p className="muted" role="status">
            Reading the result …
          </p>
        )}
      </main>
      {ready && <Dialogs />}
      <Messages />
    </div>
  );
}
