export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'kcovjs-theme';

/** What was chosen before; `auto` follows the system. */
export function savedTheme(): Theme {
  const saved = attempt(() => localStorage.getItem(KEY));
  return THEMES.find((theme) => theme === saved) ?? 'auto';
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  attempt(() => localStorage.setItem(KEY, theme));
}

/** Storage may be forbidden: then the choice lasts as long as the page. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
