import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { Virtual } from './virtual.tsx';

const ROW = 28;

export interface Column {
  key: string;
  title: string;
  /** Of the grid: `minmax(10rem, 2fr)`. */
  width: string;
  numeric?: boolean;
  /** Left out where the screen is less wide: under 1000 pixels, or under 600. */
  wide?: 'medium' | 'large';
  /** What to sort by; largest first, unless it is text. */
  by?: (row: number) => number | string;
  cell: (row: number) => ComponentChildren;
}

/** `-calls` is by calls, turned around. */
export type Order = string | undefined;

interface TableProps {
  label: string;
  columns: readonly Column[];
  /** Which rows, before they are sorted. */
  rows: readonly number[] | Uint32Array;
  order: Order;
  onOrder: (order: Order) => void;
  memory: string;
  /** Where there are none. */
  empty: string;
}

export function Table({ label, columns, rows, order, onOrder, memory, empty }: TableProps) {
  const sorted = useMemo(() => sort(rows, columns, order), [rows, order]);
  const header = (
    <div role="row" class="table-row table-head sticky" aria-rowindex={1}>
      {columns.map((column) => (
        <Head key={column.key} column={column} order={order} onOrder={onOrder} />
      ))}
    </div>
  );
  return (
    <>
      <Virtual
        class="table"
        role="table"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        count={sorted.length}
        rowHeight={ROW}
        header={header}
        memory={memory}
        inner={{ role: 'rowgroup' }}
        style={tracks(columns)}
        row={(at) => (
          <div role="row" class="table-row" key={sorted[at]} aria-rowindex={at + 2}>
            {columns.map((column) => (
              <div role="cell" key={column.key} class={cellClass(column)}>
                {column.cell(sorted[at]!)}
              </div>
            ))}
          </div>
        )}
      />
      {rows.length === 0 && <p class="empty">{empty}</p>}
    </>
  );
}

function Head({ column, order, onOrder }: { column: Column; order: Order; onOrder: (order: Order) => void }) {
  const state = order === column.key ? 'first' : order === `-${column.key}` ? 'turned' : 'none';
  const down = (state === 'first') !== isText(column);
  const sorting = state === 'none' ? 'none' : down ? 'descending' : 'ascending';
  const next = state === 'none' ? column.key : state === 'first' ? `-${column.key}` : undefined;
  return (
    <div role="columnheader" class={cellClass(column)} aria-sort={column.by ? sorting : undefined}>
      {column.by ? (
        <button type="button" class="sort" onClick={() => onOrder(next)}>
          {column.title}
          <span aria-hidden="true" class="arrow">
            {state === 'none' ? '' : down ? '▾' : '▴'}
          </span>
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}

const isText = (column: Column): boolean => !column.numeric;
const cellClass = (column: Column): string =>
  `cell${column.numeric ? ' numeric' : ''}${column.wide ? ` wide-${column.wide}` : ''}`;

const tracks = (columns: readonly Column[]): Record<string, string> => ({
  '--large': widths(columns),
  '--medium': widths(columns.filter(({ wide }) => wide !== 'large')),
  '--small': widths(columns.filter(({ wide }) => !wide)),
});
const widths = (columns: readonly Column[]): string => columns.map(({ width }) => width).join(' ');

function sort(rows: TableProps['rows'], columns: readonly Column[], order: Order): TableProps['rows'] {
  const column = columns.find(({ key }) => key === order?.replace(/^-/, ''));
  if (!column?.by) return rows;
  const turn = (order!.startsWith('-') ? -1 : 1) * (isText(column) ? 1 : -1);
  const keys = new Map<number, number | string>();
  for (const row of rows) keys.set(row, column.by(row));
  return Uint32Array.from(rows).sort((a, b) => {
    const left = keys.get(a)!;
    const right = keys.get(b)!;
    return left === right ? a - b : left < right ? -turn : turn;
  });
}
