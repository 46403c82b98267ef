/** Light or dark: as the system says until the user chooses. */
import { create } from 'zustand';
import { applyPalette, type Palette, paletteOf, type Theme } from '../theme/palette.ts';

interface ThemeState {
  readonly theme: Theme;
  readonly sessionCount: number;
  readonly palette: Palette;
}

const STORED = 'dant-theme';

function initialTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') return stored;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function stateOf(theme: Theme, sessionCount: number): ThemeState {
  applyPalette(theme, sessionCount);
  return { theme, sessionCount, palette: paletteOf(theme, sessionCount) };
}

export const useTheme = create<ThemeState>(() => stateOf(initialTheme(), 1));

export function toggleTheme(): void {
  const { theme, sessionCount } = useTheme.getState();
  const next = theme === 'light' ? 'dark' : 'light';
  localStorage.setItem(STORED, next);
  useTheme.setState(stateOf(next, sessionCount));
}

/** Prepares a colour for every session. */
export function setSessionCount(sessionCount: number): void {
  useTheme.setState(stateOf(useTheme.getState().theme, sessionCount));
}

export const sessionCountOfPage = () => useTheme.getState().sessionCount;
