import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { parse, type Route } from './routes.ts';

/** Where one was on a visited page: of each scroller, by the entry of the history. */
const positions = new Map<string, number>();
const CHANGED = 'kcovjs:address';

export function go(hash: string): void {
  location.hash = hash;
}

/** Changes the address without an entry of its own in the history: for sorting and filtering. */
export function replace(hash: string): void {
  if (hash === location.hash) return;
  history.replaceState(history.state, '', hash);
  dispatchEvent(new Event(CHANGED));
}

/** The address, followed. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    addEventListener(CHANGED, follow);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener(CHANGED, follow);
    };
  }, []);
  return parse(hash);
}

/** The address as it is now: keys may come before what the last one changed is drawn. */
export const currentRoute = (): Route => parse(location.hash);

/** Name of this entry of the history, and whether one has been here before. */
function entry(): { key: string; visited: boolean } {
  const state = history.state as { key?: string } | null;
  if (state?.key) return { key: state.key, visited: true };
  const key = crypto.getRandomValues(new Uint32Array(2)).join('-');
  history.replaceState({ key }, '');
  return { key, visited: false };
}

/** Keeps the position of a scroller for those who come back. */
export function useScrollMemory(scroller: { current: HTMLElement | null }, name: string): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const id = `${entry().key} ${name}`;
    const before = positions.get(id);
    if (before !== undefined) element.scrollTop = before;
    const remember = () => positions.set(id, element.scrollTop);
    element.addEventListener('scroll', remember, { passive: true });
    return () => element.removeEventListener('scroll', remember);
  }, [name]);
}

/** Whether this scroller has a position to come back to. */
export const hasPosition = (name: string): boolean => positions.has(`${entry().key} ${name}`);
