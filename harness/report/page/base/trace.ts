import type { DetailChunk, Step, TraceSection } from '../data.ts';

/** Rows that are unfolded at once, at most. */
const MOST = 20_000;
/** Lines that stand in one row. */
const LINES = 12;

export type TraceNode =
  | { kind: 'section'; section: TraceSection }
  | { kind: 'call'; call: number; times?: number }
  | { kind: 'repeat'; times: number; steps: readonly Step[] }
  | { kind: 'lines'; lines: readonly number[]; fn: number | undefined };

/** A row of the tree. Rows are made when what they are in is unfolded: a call that ran often is the same node often. */
export interface TraceRow {
  node: TraceNode;
  level: number;
  expanded?: boolean | undefined;
  position: number;
  siblings: number;
  /** In which function it is. */
  fn: number | undefined;
}

export type Keep = (call: number) => boolean;
const ALL: Keep = () => true;

/** The sections, unfolded to a depth. */
export function traceRows(
  chunk: DetailChunk,
  sections: readonly TraceSection[],
  depth: number,
  keep: Keep = ALL,
): TraceRow[] {
  const rows: TraceRow[] = [];
  for (const [at, section] of sections.entries()) {
    const row = {
      node: { kind: 'section', section },
      level: 1,
      position: at + 1,
      siblings: sections.length,
      fn: undefined,
    } as const;
    unfoldInto(rows, chunk, { ...row, expanded: section.steps.length > 0 ? true : undefined }, depth, keep);
  }
  return rows;
}

/** Rows with one more of them unfolded, or folded. */
export function toggled(
  rows: readonly TraceRow[],
  at: number,
  chunk: DetailChunk,
  keep: Keep = ALL,
): TraceRow[] {
  const row = rows[at]!;
  const end = rows.findIndex(({ level }, index) => index > at && level <= row.level);
  const rest = end < 0 ? rows.length : end;
  const changed = { ...row, expanded: !row.expanded };
  const under = changed.expanded ? children(changed, chunk, keep) : [];
  return [...rows.slice(0, at), changed, ...under, ...rows.slice(rest)];
}

function unfoldInto(into: TraceRow[], chunk: DetailChunk, first: TraceRow, depth: number, keep: Keep): void {
  const waiting = [first];
  while (waiting.length) {
    const row = waiting.pop()!;
    const open = row.expanded !== undefined && row.level <= depth && into.length < MOST;
    into.push(row.expanded === undefined ? row : { ...row, expanded: open });
    if (open) waiting.push(...children(row, chunk, keep).reverse());
  }
}

function children(row: TraceRow, chunk: DetailChunk, keep: Keep): TraceRow[] {
  const { node } = row;
  const fn = node.kind === 'call' ? chunk.calls[node.call]?.fn : row.fn;
  const nodes = group(stepsOf(node, chunk), fn).filter((child) => kept(child, keep));
  return nodes.map((child, at) => ({
    node: child,
    level: row.level + 1,
    expanded: stepsOf(child, chunk).length > 0 ? false : undefined,
    position: at + 1,
    siblings: nodes.length,
    fn,
  }));
}

function stepsOf(node: TraceNode, chunk: DetailChunk): readonly Step[] {
  if (node.kind === 'section') return node.section.steps;
  if (node.kind === 'call') return chunk.calls[node.call]?.steps ?? [];
  return node.kind === 'repeat' ? node.steps : [];
}

/** Lines one after the other share a row. */
function group(steps: readonly Step[], fn: number | undefined): TraceNode[] {
  const nodes: TraceNode[] = [];
  for (const step of steps) {
    const last = nodes.at(-1);
    if (typeof step !== 'number') nodes.push(nodeOf(step));
    else if (last?.kind === 'lines' && last.lines.length < LINES) (last.lines as number[]).push(step);
    else nodes.push({ kind: 'lines', lines: [step], fn });
  }
  return nodes;
}

/** A call that is all that is repeated is told in one row. */
function nodeOf(step: Exclude<Step, number>): TraceNode {
  if ('call' in step) return { kind: 'call', call: step.call };
  const [only] = step.steps;
  const call = step.steps.length === 1 && typeof only === 'object' && 'call' in only;
  return call ? { kind: 'call', call: only.call, times: step.times } : { kind: 'repeat', ...step };
}

function kept(node: TraceNode, keep: Keep): boolean {
  if (keep === ALL) return true;
  if (node.kind === 'call') return keep(node.call);
  return node.kind === 'repeat' && node.steps.some((step) => keepsStep(step, keep));
}

function keepsStep(step: Step, keep: Keep): boolean {
  if (typeof step === 'number') return false;
  return 'call' in step ? keep(step.call) : step.steps.some((inner) => keepsStep(inner, keep));
}

/** Calls of functions whose name has a text in it, and those that lead to them. Traces are deep: no recursion. */
export function leadingTo(chunk: DetailChunk, filter: string): Keep {
  const wanted = filter.toLowerCase();
  const found = chunk.calls.map(({ fn }) => (chunk.functions[fn]?.name ?? '').toLowerCase().includes(wanted));
  const callers = chunk.calls.map((): number[] => []);
  for (const [at, { steps }] of chunk.calls.entries())
    for (const call of callsIn(steps)) callers[call]?.push(at);
  const waiting = [...found.keys()].filter((call) => found[call]);
  while (waiting.length)
    for (const caller of callers[waiting.pop()!]!)
      if (!found[caller]) {
        found[caller] = true;
        waiting.push(caller);
      }
  return (call) => found[call] ?? false;
}

function* callsIn(steps: readonly Step[]): Generator<number> {
  for (const step of steps) {
    if (typeof step === 'number') continue;
    if ('call' in step) yield step.call;
    else yield* callsIn(step.steps);
  }
}
