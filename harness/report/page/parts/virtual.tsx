import type { ComponentChildren, HTMLAttributes } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { hasPosition, useScrollMemory } from '../base/history.ts';

/** Rows beyond what is seen. */
const AROUND = 12;
/** Rows that are put on paper. */
const PRINTED = 5000;

export interface VirtualProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  count: number;
  /** Of a row, in pixels. */
  rowHeight: number;
  row: (index: number) => ComponentChildren;
  /** Stays above the rows. */
  header?: ComponentChildren;
  /** For coming back to where one was. */
  memory: string;
  /** Brings a row into sight, whenever this object is another. */
  reveal?: { index: number; always?: boolean } | undefined;
  /** Rows that stay, however far away: those of a selection. */
  keep?: readonly [from: number, to: number] | undefined;
  inner?: HTMLAttributes<HTMLDivElement>;
}

/** A scroller with as many rows as there are, of which there are only those that are seen. */
export function Virtual(props: VirtualProps) {
  const { count, rowHeight, row, header, memory, reveal, keep, inner, ...rest } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<readonly [number, number]>([0, 60]);
  useScrollMemory(scroller, memory);

  const measure = () => {
    // Observers may still call back when it has gone.
    if (!scroller.current) return;
    const { scrollTop, clientHeight } = scroller.current;
    const from = Math.max(0, Math.floor(scrollTop / rowHeight) - AROUND);
    const to = Math.ceil((scrollTop + clientHeight) / rowHeight) + AROUND;
    setSeen((before) => (before[0] === from && before[1] === to ? before : [from, to]));
  };
  useLayoutEffect(measure, [count, rowHeight]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [rowHeight]);
  useLayoutEffect(() => {
    if (reveal && (reveal.always || !hasPosition(memory))) bring(scroller.current!, reveal.index, rowHeight);
    measure();
  }, [reveal]);
  usePrinting(() => setSeen([0, PRINTED]), measure);

  const from = Math.min(seen[0], keep?.[0] ?? count);
  const to = Math.min(count, Math.max(seen[1], keep ? keep[1] + 1 : 0));
  const rows: ComponentChildren[] = [];
  for (let at = from; at < to; at++) rows.push(row(at));
  return (
    <div {...rest} class={`scroll ${rest.class ?? ''}`} ref={scroller} onScroll={measure}>
      {header}
      <div
        {...inner}
        class={`rows ${inner?.class ?? ''}`}
        style={{
          ...(inner?.style as object),
          '--above': `${from * rowHeight}px`,
          '--height': `${count * rowHeight}px`,
        }}
      >
        {rows}
      </div>
    </div>
  );
}

/** Scrolls as little as it takes; to the middle where it is far. */
function bring(scroller: HTMLElement, index: number, rowHeight: number): void {
  const sticky = scroller.querySelector<HTMLElement>(':scope > .sticky')?.offsetHeight ?? 0;
  const top = index * rowHeight;
  const bottom = top + rowHeight + sticky;
  const { scrollTop, clientHeight } = scroller;
  if (top >= scrollTop && bottom <= scrollTop + clientHeight) return;
  const near = top > scrollTop - 3 * rowHeight && bottom < scrollTop + clientHeight + 3 * rowHeight;
  if (!near) scroller.scrollTop = top - clientHeight / 3;
  else scroller.scrollTop = top < scrollTop ? top : bottom - clientHeight;
}

function usePrinting(before: () => void, after: () => void): void {
  useEffect(() => {
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
}
