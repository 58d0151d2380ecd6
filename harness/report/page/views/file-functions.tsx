import { useState } from 'preact/hooks';
import { many, number } from '../base/format.ts';
import { toFile } from '../base/routes.ts';
import type { FunctionDetail } from '../data.ts';
import { Ratio } from '../parts/bar.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Text } from '../parts/text.tsx';

/** The functions of a file. Folded, until one wants them. */
export function FileFunctions(props: { path: string; functions: readonly FunctionDetail[]; memory: string }) {
  const { path, functions, memory } = props;
  const [open, setOpen] = useState(false);
  const [order, setOrder] = useState<string>();
  const never = functions.filter(({ calls }) => calls === 0).length;
  return (
    <details class="file-functions" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {many(functions.length, 'function')}
        {never > 0 && <span class="bad">, {number(never)} never entered</span>}
      </summary>
      {open && (
        <div class="file-functions-table">
          <Table
            label="Functions of this file"
            columns={columns(path, functions)}
            rows={functions.map((_, at) => at)}
            order={order}
            onOrder={setOrder}
            memory={memory}
            empty="There are none."
          />
        </div>
      )}
    </details>
  );
}

function columns(path: string, functions: readonly FunctionDetail[]): Column[] {
  const of = (row: number) => functions[row]!;
  const uncovered = ([covered, total]: readonly [number, number]) => total - covered;
  return [
    {
      key: 'name',
      title: 'Function',
      width: 'minmax(5rem, 1fr)',
      by: (row) => of(row).name.toLowerCase(),
      cell: (row) => (
        <a href={toFile(path, of(row).range[0])}>
          <Text of={of(row).name || '(anonymous)'} />
        </a>
      ),
    },
    {
      key: 'line',
      title: 'Line',
      width: '5rem',
      numeric: true,
      wide: 'medium',
      by: (row) => of(row).range[0],
      cell: (row) => of(row).range[0],
    },
    {
      key: 'calls',
      title: 'Calls',
      width: '5rem',
      numeric: true,
      by: (row) => of(row).calls,
      cell: (row) => (of(row).calls ? number(of(row).calls) : <span class="bad">never</span>),
    },
    {
      key: 'statements',
      title: 'Statements',
      width: '7rem',
      numeric: true,
      wide: 'medium',
      by: (row) => uncovered(of(row).statements),
      cell: (row) => <Ratio of={of(row).statements} />,
    },
    {
      key: 'branches',
      title: 'Branches',
      width: '6.5rem',
      numeric: true,
      wide: 'medium',
      by: (row) => uncovered(of(row).branches),
      cell: (row) => <Ratio of={of(row).branches} />,
    },
    {
      key: 'pcs',
      title: 'PCs',
      width: '5.5rem',
      numeric: true,
      by: (row) => uncovered(of(row).pcs),
      cell: (row) => <Ratio of={of(row).pcs} />,
    },
    {
      key: 'inputs',
      title: 'Inputs',
      width: '6rem',
      numeric: true,
      wide: 'large',
      by: (row) => of(row).inputs,
      cell: (row) => number(of(row).inputs),
    },
  ];
}
