/** The keys of the application. */
import {
  ask,
  askText,
  confirm,
  currentSubject,
  remove,
  split,
  startMerge,
  step,
  subjectPath,
} from '../state/actions.ts';
import { chooseUnits, useApp } from '../state/app.ts';
import { redo, undo } from '../state/curation.ts';
import { go, href } from '../state/route.ts';
import type { Shortcut } from '../state/shortcuts.ts';
import { toggleTheme } from '../state/theme.ts';
import { toggleWaveformKind } from '../state/view-options.ts';

/** The subject looked at, or the first row of the table. */
function goToSubject(prefix = ''): void {
  const subject = currentSubject() ?? useApp.getState().order[0];
  if (subject) go(href(prefix + subjectPath(subject)));
}

const focusOn = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();

export const SHORTCUTS: readonly Shortcut[] = [
  { group: 'Go', keys: ['1'], does: 'Overview', run: () => go(href('overview')) },
  { group: 'Go', keys: ['2'], does: 'Neurons', run: () => go(href('neurons')) },
  { group: 'Go', keys: ['3'], does: 'This neuron over all days', run: () => goToSubject() },
  { group: 'Go', keys: ['4'], does: 'Its candidates', run: () => goToSubject('candidates/') },
  { group: 'Go', keys: ['5'], does: 'Map', run: () => go(href('map')) },
  { group: 'Go', keys: ['6'], does: 'Matrix', run: () => go(href('matrix')) },
  { group: 'Go', keys: ['7'], does: 'Curation', run: () => go(href('curation')) },
  { group: 'Go', keys: ['8'], does: 'Evaluation', run: () => go(href('evaluation')) },
  { group: 'Go', keys: ['J', 'ArrowRight'], does: 'Next row of the table', run: () => step(1) },
  { group: 'Go', keys: ['K', 'ArrowLeft'], does: 'Previous row of the table', run: () => step(-1) },
  { group: 'Go', keys: ['F'], does: 'Find a neuron or unit', run: () => focusOn('#find') },
  { group: 'Look', keys: ['/'], does: 'Filter the table', run: () => focusOn('#expression') },
  { group: 'Look', keys: ['W'], does: 'Raw or corrected waveforms', run: toggleWaveformKind },
  { group: 'Look', keys: ['T'], does: 'Light or dark', run: toggleTheme },
  { group: 'Look', keys: ['?'], does: 'This sheet', run: () => ask({ kind: 'help' }) },
  { group: 'Look', keys: ['Escape'], does: 'Choose nothing', run: () => chooseUnits([]) },
  { group: 'Curate', keys: ['M'], does: 'Merge with what is chosen', run: startMerge },
  { group: 'Curate', keys: ['S'], does: 'Split off the chosen units', run: () => void split() },
  { group: 'Curate', keys: ['R'], does: 'Remove the chosen units', run: () => void remove() },
  { group: 'Curate', keys: ['C'], does: 'Confirm, or take it back', run: () => void confirm() },
  { group: 'Curate', keys: ['X'], does: 'Mark', run: () => askText('mark') },
  { group: 'Curate', keys: ['L'], does: 'Label', run: () => askText('label') },
  { group: 'Curate', keys: ['N'], does: 'Note', run: () => askText('note') },
  { group: 'Curate', keys: ['Ctrl+Z', 'U'], does: 'Undo', run: () => void undo() },
  { group: 'Curate', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], does: 'Redo', run: () => void redo() },
  { group: 'Curate', keys: ['A'], does: 'Write the curated files …', run: () => ask({ kind: 'apply' }) },
];
