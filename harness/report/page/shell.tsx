import { useEffect, useRef, useState } from 'preact/hooks';
import { number } from './base/format.ts';
import { useRoute } from './base/history.ts';
import { useKeys } from './base/keys.ts';
import { useReport } from './base/report.ts';
import { home, type Route, toView, type View } from './base/routes.ts';
import { applyTheme, savedTheme, THEMES, type Theme } from './base/theme.ts';
import type { PageIndex } from './data.ts';
import { Waiting } from './parts/state.tsx';
import { Text } from './parts/text.tsx';
import { File } from './views/file.tsx';
import { Files } from './views/files.tsx';
import { Findings } from './views/findings.tsx';
import { Frontier } from './views/frontier.tsx';
import { Functions } from './views/functions.tsx';
import { Help } from './views/help.tsx';
import { Input } from './views/input.tsx';
import { Inputs } from './views/inputs.tsx';
import { Overview } from './views/overview.tsx';
import { Search } from './views/search.tsx';

const NAV: readonly (readonly [View, string, (index: PageIndex) => number | undefined])[] = [
  ['overview', 'Overview', () => undefined],
  ['files', 'Files', ({ files }) => files.length],
  ['functions', 'Functions', ({ totals }) => totals.functions[1]],
  ['frontier', 'Frontier', ({ doors }) => doors],
  ['inputs', 'Inputs', ({ inputs }) => inputs.count],
  ['findings', 'Findings', ({ findings }) => findings.length],
];
const PARENTS: Partial<Record<Route['view'], View>> = { file: 'files', input: 'inputs' };

/** What stands around every view. */
export function Shell() {
  const { index } = useReport();
  const route = useRoute();
  const [dialog, setDialog] = useState<'search' | 'help'>();
  const [theme, nextTheme] = useTheme();
  useKeys({ '/': () => setDialog('search'), '?': () => setDialog('help'), t: nextTheme });
  useSearchKey(() => setDialog('search'));
  useArrival(route, index);
  const close = () => setDialog(undefined);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href={home} title={index.target}>
          <b>kcovjs</b> <Text of={index.target.slice(index.target.lastIndexOf('/') + 1)} />
        </a>
        <nav aria-label="Views">
          {NAV.map(([view, title, count]) => (
            <a
              key={view}
              href={view === 'overview' ? home : toView(view)}
              aria-current={(PARENTS[route.view] ?? route.view) === view ? 'page' : undefined}
            >
              {title}
              {count(index) !== undefined && <span class="tally">{number(count(index)!)}</span>}
            </a>
          ))}
        </nav>
        <div class="tools">
          <button
            type="button"
            class="button search-button"
            onClick={() => setDialog('search')}
            aria-label="Search"
          >
            <span class="wide-only">Search </span>
            <kbd>/</kbd>
          </button>
          <button
            type="button"
            class="button"
            onClick={nextTheme}
            aria-label={`Theme: ${theme}`}
            title={`Theme: ${theme} (t)`}
          >
            {{ auto: '◐', light: '☀', dark: '☾' }[theme]}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => setDialog('help')}
            aria-label="Keys"
            title="Keys (?)"
          >
            ?
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Current route={route} />
      </main>
      {dialog === 'search' && <Search onClose={close} />}
      {dialog === 'help' && <Help onClose={close} />}
    </>
  );
}

function Current({ route }: { route: Route }) {
  switch (route.view) {
    case 'overview':
      return <Overview />;
    case 'files':
      return <Files route={route} />;
    case 'file':
      return <File route={route} />;
    case 'functions':
      return <Functions route={route} />;
    case 'frontier':
      return <Frontier route={route} />;
    case 'inputs':
      return <Inputs route={route} />;
    case 'input':
      return <Input route={route} />;
    case 'findings':
      return <Findings route={route} />;
    default:
      return <Waiting missing what={`The place ${route.name}`} />;
  }
}

function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(savedTheme);
  useEffect(() => applyTheme(theme), [theme]);
  return [theme, () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!)];
}

/** Ctrl-K, wherever the focus is. */
function useSearchKey(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

/** A new view has a title of its own, and its heading the focus; when the page opens, the focus stays where it is. */
function useArrival(route: Route, index: PageIndex): void {
  const before = useRef<string | undefined>(undefined);
  const place = `${route.view} ${route.name}`;
  useEffect(() => {
    document.title = `${titleOf(route)} · ${index.target} · kcovjs`;
    if (before.current !== undefined && before.current !== place)
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    before.current = place;
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [place, route.line]);
}

function titleOf({ view, name, line }: Route): string {
  if (view === 'file') return line === undefined ? name : `${name}:${line}`;
  if (view === 'input') return `Input ${name}`;
  return NAV.find(([other]) => other === view)?.[1] ?? 'Not found';
}
