import { useMemo } from 'preact/hooks';
import { many, number } from '../base/format.ts';
import { replace } from '../base/history.ts';
import { matching } from '../base/matching.ts';
import { useChunk, useReport } from '../base/report.ts';
import { type Route, toFile, toView } from '../base/routes.ts';
import type { FunctionTable, PageIndex } from '../data.ts';
import { Bar, Ratio } from '../parts/bar.tsx';
import { Filter } from '../parts/filter.tsx';
import { Waiting } from '../parts/state.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Text } from '../parts/text.tsx';

export function Functions({ route }: { route: Route }) {
  const { index } = useReport();
  const table = useChunk<FunctionTable>('functions');
  const filter = route.params.get('q') ?? '';
  const order = route.params.get('sort');
  const show = (q: string, sort: string | undefined) => replace(toView('functions', { q, sort }));
  const value = table.state === 'ready' ? table.value : undefined;
  const lowered = useMemo(
    () =>
      value?.names.map((name, at) => `${name} ${index.files[value.files[at]!]?.path ?? ''}`.toLowerCase()) ??
      [],
    [value],
  );
  const rows = useMemo(() => matching(lowered, filter), [lowered, filter]);
  const columns = useMemo(() => (value ? columnsOf(value, index) : []), [value]);
  return (
    <div class="stack">
      <div class="toolbar">
        <h1 tabIndex={-1}>
          Functions{' '}
          <span class="faint" role="status">
            {value ? many(rows.length, 'function') : ''}
          </span>
        </h1>
        <Filter label="Filter functions" value={filter} onChange={(q) => show(q, order)} />
      </div>
      {value ? (
        <Table
          label="Functions"
          columns={columns}
          rows={rows}
          order={order}
          onOrder={(sort) => show(filter, sort)}
          memory="functions"
          empty="No function is called so."
        />
      ) : (
        <Waiting missing={table.state === 'missing'} what="The table of functions" />
      )}
    </div>
  );
}

function columnsOf(table: FunctionTable, { files }: PageIndex): Column[] {
  const path = (row: number) => files[table.files[row]!]?.path ?? '';
  return [
    {
      key: 'name',
      title: 'Function',
      width: 'minmax(6rem, 2fr)',
      by: (row) => table.names[row]!.toLowerCase(),
      cell: (row) => (
        <a href={toFile(path(row), table.lines[row])}>
          <Text of={table.names[row] || '(anonymous)'} />
        </a>
      ),
    },
    {
      key: 'file',
      title: 'File',
      width: 'minmax(8rem, 2fr)',
      wide: 'medium',
      by: path,
      cell: (row) => (
        <span class="end-cut" title={path(row)}>
          <Text of={path(row)} />:{table.lines[row]}
        </span>
      ),
    },
    {
      key: 'calls',
      title: 'Calls',
      width: '6rem',
      numeric: true,
      by: (row) => table.calls[row]!,
      cell: (row) => (table.calls[row] ? number(table.calls[row]!) : <span class="bad">never</span>),
    },
    {
      key: 'pcs',
      title: 'PCs',
      width: '6.5rem',
      numeric: true,
      by: (row) => table.pcs[row]![1],
      cell: (row) => <Ratio of={table.pcs[row]!} />,
    },
    {
      key: 'missing',
      title: 'Uncovered',
      width: '6rem',
      numeric: true,
      wide: 'medium',
      by: (row) => table.pcs[row]![1] - table.pcs[row]![0],
      cell: (row) => number(table.pcs[row]![1] - table.pcs[row]![0]),
    },
    { key: 'bar', title: '', width: '7rem', wide: 'large', cell: (row) => <Bar of={table.pcs[row]!} /> },
  ];
}
