import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Door } from '../data.ts';
import { Virtual } from '../parts/virtual.tsx';
import { copySource, rowsSelected } from './copying.ts';
import { type Colours, canHighlight, highlight } from './highlight.ts';
import { Line, SHOWN } from './line.tsx';
import type { Lines } from './lines.ts';

const ROW = 20;

interface CodeProps {
  path: string;
  text: string;
  lines: Lines;
  doors: readonly Door[];
  /** From 1. */
  current: number | undefined;
  onLine: (line: number) => void;
}

/** The source, with what is known of its lines before it. */
export function Code({ path, text, lines, doors, current, onLine }: CodeProps) {
  const colours = useColours(path, text, lines);
  const [selected, setSelected] = useState<readonly [number, number]>();
  const [whole, setWhole] = useState<ReadonlySet<number>>(new Set());
  const pane = useRef<HTMLElement | null>(null);
  const everything = useRef(false);
  const reveal = useMemo(() => (current ? { index: current - 1, always: true } : undefined), [current]);
  useEffect(() => {
    const follow = () => setSelected(rowsSelected(pane.current));
    document.addEventListener('selectionchange', follow);
    return () => document.removeEventListener('selectionchange', follow);
  }, []);
  const digits = String(lines.texts.length).length;
  return (
    <Virtual
      class="code"
      role="group"
      aria-label={`Source of ${path}`}
      tabIndex={0}
      count={lines.texts.length}
      rowHeight={ROW}
      memory={`code ${path}`}
      reveal={reveal}
      keep={selected}
      style={{ '--digits': String(digits), '--columns': String(Math.min(lines.width, SHOWN) + 4) }}
      onFocus={(event) => {
        pane.current = event.currentTarget;
      }}
      onPointerDown={(event) => {
        pane.current = event.currentTarget;
        everything.current = false;
      }}
      onKeyDown={(event) => {
        if (isSelectAll(event)) {
          event.preventDefault();
          getSelection()?.selectAllChildren(event.currentTarget.querySelector('.rows')!);
          everything.current = true;
        } else if (!isOnTheWayToCopy(event)) everything.current = false;
      }}
      onCopy={(event) => copySource(event, lines.texts, everything.current ? text : undefined)}
      row={(at) => (
        <Line
          key={at}
          at={at}
          lines={lines}
          doors={doors}
          colours={colours}
          current={current === at + 1}
          whole={whole.has(at)}
          onWhole={() => setWhole(new Set([...whole, at]))}
          onLine={onLine}
        />
      )}
    />
  );
}

/** Ctrl-A means the file, not the page. */
const isSelectAll = (event: KeyboardEvent): boolean => isCommand(event) && event.key.toLowerCase() === 'a';
const isOnTheWayToCopy = (event: KeyboardEvent): boolean =>
  /^(?:Control|Meta|Shift)$/.test(event.key) || (isCommand(event) && event.key.toLowerCase() === 'c');
const isCommand = ({ ctrlKey, metaKey }: KeyboardEvent): boolean => ctrlKey || metaKey;

function useColours(path: string, text: string, lines: Lines): Colours | undefined {
  const [colours, setColours] = useState<Colours>();
  useEffect(() => {
    setColours(undefined);
    return canHighlight(text, lines.texts) ? highlight(path, text, setColours) : undefined;
  }, [path, text]);
  return colours;
}
