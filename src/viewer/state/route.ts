/** Which view is looked at: behind the `#` of the address, so that every view can be linked to and gone back from. */
import { create } from 'zustand';

export const VIEWS = [
  'overview',
  'neurons',
  'neuron',
  'unit',
  'candidates',
  'map',
  'matrix',
  'curation',
  'evaluation',
] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** What follows the view in the path. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

function parseRoute(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first, ...rest] = path.split('/');
  const view = VIEWS.find((name) => name === first) ?? 'overview';
  return { view, rest: rest.join('/'), query: new URLSearchParams(query) };
}

/** Address of a view. */
export function href(path: string, query: Record<string, string | number | undefined> = {}): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

export const useRoute = create<Route>(() => parseRoute(location.hash));

window.addEventListener('hashchange', () => useRoute.setState(parseRoute(location.hash), true));

export function go(address: string, { replace = false } = {}): void {
  if (!replace) {
    location.hash = address;
    return;
  }
  history.replaceState(null, '', address);
  useRoute.setState(parseRoute(location.hash), true);
}
