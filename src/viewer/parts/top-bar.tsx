/** Navigation, search, undo and redo, and what the page can do as a whole. */
import { type FormEvent, useState } from 'react';
import { subjectTitle } from '../model/groups.ts';
import { ask, currentSubject, openSubject, subjectPath } from '../state/actions.ts';
import { useApp } from '../state/app.ts';
import { redo, undo } from '../state/curation.ts';
import { say } from '../state/messages.ts';
import { href, useRoute } from '../state/route.ts';
import { toggleTheme, useTheme } from '../state/theme.ts';

export function TopBar() {
  const route = useRoute();
  const ready = useApp((state) => state.curated !== undefined);
  const first = useApp((state) => state.order[0]);
  const done = useApp((state) => state.curated?.replayed.done.length ?? 0);
  const undone = useApp((state) => state.curated?.replayed.undone.length ?? 0);
  const version = useApp((state) => state.curated?.replayed.version ?? 0);
  const applied = useApp((state) => state.curated?.appliedVersion);
  const theme = useTheme((state) => state.theme);
  const subject = currentSubject() ?? first;
  const path = subject ? subjectPath(subject) : '';
  const pages = [
    ['overview', 'Overview', 'overview'],
    ['neurons', 'Neurons', 'neurons'],
    ...(subject
      ? [
          [subject.kind, currentSubject() ? subjectTitle(subject) : 'Neuron', path],
          ['candidates', 'Candidates', `candidates/${path}`],
        ]
      : []),
    ['map', 'Map', 'map'],
    ['matrix', 'Matrix', 'matrix'],
    ['curation', 'Curation', 'curation'],
    ['evaluation', 'Evaluation', 'evaluation'],
  ];
  return (
    <header className="top">
      <a className="brand" href="#/overview">
        <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="#0072b2" />
          <path d="M4 17h5l2 2 3-13 4 20 3-11 2 2h5" fill="none" stroke="#fff" strokeWidth="2.2" />
        </svg>
        dant
      </a>
      <nav aria-label="Views">
        <ul>
          {pages.map(([view, title, to]) => (
            <li key={view}>
              <a href={href(to)} aria-current={view === route.view ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <span className="space" />
      {ready && <Find />}
      <button
        type="button"
        className="quiet"
        disabled={done === 0}
        title="Undo (Ctrl+Z)"
        onClick={() => void undo()}
      >
        Undo
      </button>
      <button
        type="button"
        className="quiet"
        disabled={undone === 0}
        title="Redo (Ctrl+Shift+Z)"
        onClick={() => void redo()}
      >
        Redo
      </button>
      <button
        type="button"
        className={version > 0 && applied !== version ? 'primary' : ''}
        disabled={!ready}
        title="Write the curated files (A)"
        onClick={() => ask({ kind: 'apply' })}
      >
        Apply …
      </button>
      <button
        type="button"
        className="quiet icon-button"
        aria-label={theme === 'light' ? 'Dark theme' : 'Light theme'}
        title="Light or dark (T)"
        onClick={toggleTheme}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </button>
      <button
        type="button"
        className="quiet icon-button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={() => ask({ kind: 'help' })}
      >
        ?
      </button>
    </header>
  );
}

/** Jumps to a neuron by its number, or to a unit by `u` and its number. */
function Find() {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { result, curated } = useApp.getState();
    const [, prefix, digits] = /^\s*(u|unit|n|neuron)?\s*(\d+)\s*$/i.exec(text) ?? [];
    if (!digits || !result || !curated) {
      say('Type the number of a neuron, or u and the number of a unit: 17, u532.', 'warning');
      return;
    }
    const number = Number(digits);
    const isUnit = prefix?.toLowerCase().startsWith('u');
    const exists = isUnit ? number < result.overview.unitCount : curated.groups.has(number);
    if (!exists) {
      say(`There is no ${isUnit ? 'unit' : 'neuron'} ${number}.`, 'warning');
      return;
    }
    setText('');
    (document.activeElement as HTMLElement | null)?.blur();
    openSubject(isUnit ? { kind: 'unit', unit: number } : { kind: 'neuron', id: number });
  };
  return (
    <form onSubmit={submit} role="search">
      <input
        id="find"
        aria-label="Find a neuron or unit"
        placeholder="Neuron 17, u532 (F)"
        value={text}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
    </form>
  );
}
