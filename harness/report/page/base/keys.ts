import { useEffect } from 'preact/hooks';

/** Calls back for single keys, but not while one writes, and not with Ctrl, Alt or Meta. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target))
        return;
      if (document.querySelector('dialog[open]') || !Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      keys[event.key]!();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  });
}

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
