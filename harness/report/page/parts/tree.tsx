import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { Virtual } from './virtual.tsx';

/** Deeper rows stand no further to the right. */
const INDENTED = 60;

export interface TreeRow {
  /** From 1. */
  level: number;
  /** Undefined where there is nothing under it. */
  expanded?: boolean | undefined;
  /** Its place among its siblings, from 1. */
  position: number;
  siblings: number;
}

interface TreeProps<Row extends TreeRow> {
  label: string;
  rows: readonly Row[];
  rowHeight: number;
  memory: string;
  role?: 'tree' | 'treegrid';
  header?: ComponentChildren;
  class?: string;
  /** The row that the page is about: it is brought into sight. */
  current?: number | undefined;
  row: (row: Row) => ComponentChildren;
  onToggle: (row: Row, index: number) => void;
  /** Enter, on a row. */
  onOpen: (row: Row, index: number) => void;
}

/** What can be unfolded, with the keys of an ARIA tree. One row at a time is active; the focus stays on the whole. */
export function Tree<Row extends TreeRow>(props: TreeProps<Row>) {
  const { rows, role = 'tree', current, onToggle, onOpen } = props;
  const id = useId();
  const [active, setActive] = useState(Math.max(0, current ?? 0));
  const [reveal, setReveal] = useState<{ index: number; always?: boolean }>();
  useEffect(() => {
    if (current === undefined || current < 0) return;
    setActive(current);
    setReveal({ index: current });
  }, [current]);

  const to = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index));
    setActive(next);
    setReveal({ index: next, always: true });
  };
  const pressed = (event: KeyboardEvent) => {
    const row = rows[active];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys<Row>(rows, active, to, onToggle, onOpen).get(event.key);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  return (
    <Virtual
      class={`tree ${props.class ?? ''}`}
      role={role}
      aria-label={props.label}
      aria-activedescendant={rows.length ? `${id}-${Math.min(active, rows.length - 1)}` : undefined}
      aria-rowcount={role === 'treegrid' ? rows.length : undefined}
      tabIndex={0}
      count={rows.length}
      rowHeight={props.rowHeight}
      memory={props.memory}
      header={props.header}
      reveal={reveal}
      keep={undefined}
      onKeyDown={pressed}
      inner={{ role: 'presentation' }}
      row={(at) => {
        const row = rows[at]!;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the tree's.
          // biome-ignore lint/a11y/noStaticElementInteractions: its role is one of two.
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role is one of two.
          <div
            id={`${id}-${at}`}
            key={at}
            role={role === 'tree' ? 'treeitem' : 'row'}
            class={`tree-row${at === active ? ' active' : ''}${at === current ? ' current' : ''}`}
            aria-level={row.level}
            aria-setsize={row.siblings}
            aria-posinset={row.position}
            aria-expanded={row.expanded}
            aria-selected={role === 'tree' ? at === active : undefined}
            style={{ '--level': String(Math.min(row.level - 1, INDENTED)) }}
            onClick={(event) => {
              setActive(at);
              if (row.expanded !== undefined && !(event.target as Element).closest('a, button'))
                onToggle(row, at);
            }}
          >
            {props.row(row)}
          </div>
        );
      }}
    />
  );
}

function keys<Row extends TreeRow>(
  rows: readonly Row[],
  active: number,
  to: (index: number) => void,
  onToggle: (row: Row, index: number) => void,
  onOpen: (row: Row, index: number) => void,
): Map<string, () => void> {
  const row = rows[active]!;
  const parent = () => to(rows.findLastIndex(({ level }, at) => at < active && level < row.level));
  const isParent = rows.findLastIndex(({ level }, at) => at < active && level < row.level) >= 0;
  return new Map<string, () => void>([
    ['ArrowDown', () => to(active + 1)],
    ['ArrowUp', () => to(active - 1)],
    ['PageDown', () => to(active + 20)],
    ['PageUp', () => to(active - 20)],
    ['Home', () => to(0)],
    ['End', () => to(rows.length - 1)],
    ['Enter', () => onOpen(row, active)],
    [' ', () => (row.expanded === undefined ? onOpen(row, active) : onToggle(row, active))],
    ['ArrowRight', () => (row.expanded === false ? onToggle(row, active) : row.expanded && to(active + 1))],
    ['ArrowLeft', () => (row.expanded ? onToggle(row, active) : isParent && parent())],
  ]);
}

/** The sign of what can be unfolded. */
export function Twist({ expanded }: { expanded: boolean | undefined }) {
  return (
    <span class="twist" aria-hidden="true">
      {expanded === undefined ? '' : expanded ? '▾' : '▸'}
    </span>
  );
}
