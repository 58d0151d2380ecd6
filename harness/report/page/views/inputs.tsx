import { useMemo } from 'preact/hooks';
import { many, number, size } from '../base/format.ts';
import { replace } from '../base/history.ts';
import { type Inputs as Blocks, inputRow, useInputBlocks, useInputs } from '../base/inputs.ts';
import { matching } from '../base/matching.ts';
import { useReport } from '../base/report.ts';
import { type Route, toInput, toView } from '../base/routes.ts';
import { Filter } from '../parts/filter.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Text } from '../parts/text.tsx';

export function Inputs({ route }: { route: Route }) {
  const { index } = useReport();
  const { count, findings } = index.inputs;
  const filter = route.params.get('q') ?? '';
  const failed = route.params.has('failed');
  const order = route.params.get('sort');
  const blocks = useInputBlocks();
  const inputs = useInputs(blocks);
  const show = (q: string, sort: string | undefined, onlyFailed: boolean) =>
    replace(toView('inputs', { q, sort, failed: onlyFailed || undefined }));
  const all = useMemo(() => Uint32Array.from({ length: count + findings }, (_, input) => input), [index]);
  const rows = useMemo(() => {
    if (!filter && !failed) return all;
    const names = Array.from(all, (input) => inputRow(inputs, input)?.name.toLowerCase() ?? '');
    return matching(names, filter).filter((input) => !failed || inputRow(inputs, input)?.fault !== undefined);
  }, [inputs, filter, failed]);
  const columns = useMemo(() => columnsOf(inputs, count), [inputs]);
  const waiting = inputs.size < blocks.length;
  return (
    <div class="stack">
      <div class="toolbar">
        <h1 tabIndex={-1}>
          Inputs{' '}
          <span class="faint" role="status">
            {waiting && (filter || failed || order) ? 'Loading…' : many(rows.length, 'input')}
          </span>
        </h1>
        <Filter label="Filter inputs" value={filter} onChange={(q) => show(q, order, failed)} />
        <label class="choice">
          <input type="checkbox" checked={failed} onChange={() => show(filter, order, !failed)} />
          failed
        </label>
      </div>
      <Table
        label="Inputs"
        columns={columns}
        rows={rows}
        order={waiting ? undefined : order}
        onOrder={(sort) => show(filter, sort, failed)}
        memory="inputs"
        empty="No input is called so."
      />
    </div>
  );
}

function columnsOf(inputs: Blocks, count: number): Column[] {
  const of = (row: number) => inputRow(inputs, row);
  return [
    {
      key: 'number',
      title: '#',
      width: '5.5rem',
      numeric: true,
      wide: 'medium',
      cell: (row) => <span class="faint">{row}</span>,
    },
    {
      key: 'name',
      title: 'Input',
      width: 'minmax(6rem, 3fr)',
      by: (row) => of(row)?.name ?? '',
      cell: (row) => (
        <a href={toInput(row)}>
          <Text of={of(row)?.name ?? `#${row}`} />
        </a>
      ),
    },
    {
      key: 'size',
      title: 'Size',
      width: '5.5rem',
      numeric: true,
      by: (row) => of(row)?.size ?? 0,
      cell: (row) => size(of(row)?.size ?? 0),
    },
    {
      key: 'pcs',
      title: 'PCs',
      width: '5.5rem',
      numeric: true,
      by: (row) => of(row)?.pcs ?? 0,
      cell: (row) => number(of(row)?.pcs ?? 0),
    },
    {
      key: 'first',
      title: 'New PCs',
      width: '6rem',
      numeric: true,
      wide: 'medium',
      by: (row) => of(row)?.first ?? 0,
      cell: (row) => number(of(row)?.first ?? 0),
    },
    {
      key: 'ms',
      title: 'ms',
      width: '5.5rem',
      numeric: true,
      wide: 'medium',
      by: (row) => of(row)?.milliseconds ?? 0,
      cell: (row) => (of(row)?.milliseconds ?? 0).toFixed(1),
    },
    {
      key: 'fault',
      title: 'Fault',
      width: 'minmax(6rem, 2fr)',
      wide: 'medium',
      cell: (row) => (
        <>
          {row >= count && <span class="badge">finding</span>}{' '}
          {of(row)?.fault !== undefined && (
            <span class="bad">
              <Text of={of(row)!.fault!} />
            </span>
          )}
        </>
      ),
    },
  ];
}
