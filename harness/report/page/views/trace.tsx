import { useMemo, useState } from 'preact/hooks';
import { many, number } from '../base/format.ts';
import { go } from '../base/history.ts';
import type { DetailedInput } from '../base/inputs.ts';
import { useReport } from '../base/report.ts';
import { toFile } from '../base/routes.ts';
import { leadingTo, type TraceNode, type TraceRow, toggled, traceRows } from '../base/trace.ts';
import type { TraceFunction } from '../data.ts';
import { Choice, Filter } from '../parts/filter.tsx';
import { Text } from '../parts/text.tsx';
import { Tree, Twist } from '../parts/tree.tsx';

const DEPTHS = [
  ['1', '1 call'],
  ['2', '2 calls'],
  ['4', '4 calls'],
  ['8', '8 calls'],
  ['1000000', 'all'],
] as const;
type Depth = (typeof DEPTHS)[number][0];
/** Rows that are seen at once, more or less. */
const SCREEN = 60;

/** As deep as a screen has room for. */
function fitting({ detail, chunk }: DetailedInput): Depth {
  const depths = DEPTHS.map(([depth]) => depth);
  const rows = (depth: Depth) => traceRows(chunk, detail.sections, Number(depth) + 1).length;
  return depths.findLast((depth) => rows(depth) <= SCREEN) ?? '1';
}

/** What an input executed, in order, as calls in calls. */
export function Trace({ of }: { of: DetailedInput }) {
  const { detail, chunk } = of;
  const [filter, setFilter] = useState('');
  const [depth, setDepth] = useState<Depth>(() => fitting(of));
  const keep = useMemo(() => (filter ? leadingTo(chunk, filter) : undefined), [chunk, filter]);
  const first = useMemo(() => {
    const levels = filter ? 1_000_000 : Number(depth) + 1;
    return { rows: traceRows(chunk, detail.sections, levels, keep) };
  }, [chunk, detail, depth, filter]);
  const [changed, setChanged] = useState<{ from: typeof first; rows: TraceRow[] }>();
  const rows = changed?.from === first ? changed.rows : first.rows;
  const toggle = (_: TraceRow, at: number) => {
    if (rows[at]!.expanded !== undefined) setChanged({ from: first, rows: toggled(rows, at, chunk, keep) });
  };
  const place = usePlaces(chunk.functions);
  return (
    <section class="trace" aria-labelledby="trace-title">
      <div class="toolbar">
        <h2 id="trace-title">Trace</h2>
        <Filter label="Filter by function" value={filter} onChange={setFilter} />
        <Choice label="Unfold" value={depth} options={DEPTHS} onChange={setDepth} />
      </div>
      <Tree<TraceRow>
        label="Trace"
        rows={rows}
        rowHeight={24}
        memory="trace"
        onToggle={toggle}
        onOpen={(row, at) => {
          const target = place(row);
          if (target) go(target);
          else toggle(row, at);
        }}
        row={(row) => (
          <>
            <Twist expanded={row.expanded} />
            <Node node={row.node} functions={chunk.functions} calls={chunk.calls} />
          </>
        )}
      />
      {rows.length === 0 && <p class="empty">Nothing was traced.</p>}
    </section>
  );

  /** Where Enter leads. */
  function usePlaces(functions: readonly TraceFunction[]): (row: TraceRow) => string | undefined {
    const { index } = useReport();
    return ({ node, fn }) => {
      const line = node.kind === 'lines' ? node.lines[0] : undefined;
      const called = node.kind === 'call' ? chunk.calls[node.call]?.fn : fn;
      const { file, line: start } = (called === undefined ? undefined : functions[called]) ?? { line: 0 };
      if (node.kind === 'section' || node.kind === 'repeat' || file === undefined) return undefined;
      return toFile(index.files[file]?.path ?? '', line ?? start);
    };
  }
}

interface NodeProps {
  node: TraceNode;
  functions: readonly TraceFunction[];
  calls: readonly { fn: number }[];
}

function Node({ node, functions, calls }: NodeProps) {
  if (node.kind === 'section') return <Section section={node.section} />;
  if (node.kind === 'repeat') return <span class="repeat">×{number(node.times)}, one after the other</span>;
  if (node.kind === 'lines')
    return <LineLinks lines={node.lines} fn={node.fn === undefined ? undefined : functions[node.fn]} />;
  return <Called fn={functions[calls[node.call]?.fn ?? -1]} times={node.times} />;
}

function Section({
  section: { remote, pcs, cut },
}: {
  section: { remote?: { subsystem: string; id: string }; pcs: number; cut?: string };
}) {
  return (
    <span class={remote ? 'section remote' : 'section'}>
      {remote ? (
        <>
          <span aria-hidden="true">⇄ </span>remote section of subsystem <Text of={remote.subsystem} />, id{' '}
          <Text of={remote.id} />
        </>
      ) : (
        'the input itself'
      )}
      <span class="faint"> {many(pcs, 'PC')}</span>
      {cut && (
        <span class="cut">
          {' '}
          <Text of={cut} />
        </span>
      )}
    </span>
  );
}

function Called({ fn, times }: { fn: TraceFunction | undefined; times: number | undefined }) {
  const { index } = useReport();
  if (!fn) return <span class="faint">unknown function</span>;
  const path = fn.file === undefined ? undefined : index.files[fn.file]?.path;
  return (
    <span class="called">
      {times !== undefined && <span class="repeat">×{number(times)}</span>}
      <span class="function-name">
        <Text of={fn.name || '(anonymous)'} />
      </span>
      {path !== undefined && (
        <a class="faint" href={toFile(path, fn.line)} tabIndex={-1}>
          <Text of={path.slice(path.lastIndexOf('/') + 1)} />:{fn.line}
        </a>
      )}
    </span>
  );
}

function LineLinks({ lines, fn }: { lines: readonly number[]; fn: TraceFunction | undefined }) {
  const { index } = useReport();
  const path = fn?.file === undefined ? undefined : index.files[fn.file]?.path;
  return (
    <span class="trace-lines">
      <span class="faint">{lines.length > 1 ? 'lines' : 'line'}</span>
      {lines.map((line, at) =>
        path === undefined ? (
          <span key={at}>{line}</span>
        ) : (
          <a key={at} href={toFile(path, line)} tabIndex={-1}>
            {line}
          </a>
        ),
      )}
    </span>
  );
}
