import type { Call, DetailChunk, Step, TraceFunction } from '../../../harness/report/page/data.ts';

/** A call tree, unfolded. */
export interface Node {
  name: string;
  calls: Node[];
}

/** All steps, with none folded: lines, and calls by their index. */
export function* unfolded(steps: readonly Step[]): Generator<number | { call: number }> {
  for (const step of steps) {
    if (typeof step === 'number' || 'call' in step) yield step;
    else for (let i = 0; i < step.times; i++) yield* unfolded(step.steps);
  }
}

export function nodesOf(
  steps: readonly Step[],
  { calls, functions }: { calls: readonly Call[]; functions: readonly TraceFunction[] },
): Node[] {
  const nodes: Node[] = [];
  for (const step of unfolded(steps)) {
    if (typeof step === 'number') continue;
    const call = calls[step.call]!;
    nodes.push({ name: functions[call.fn]!.name, calls: nodesOf(call.steps, { calls, functions }) });
  }
  return nodes;
}

/** The tree of one input. */
export const treeOf = (chunk: DetailChunk, input: number, section = 0): Node[] =>
  nodesOf(chunk.inputs[input]!.sections[section]!.steps, chunk);

/** `run(decode(a, b), encode)` */
export const written = (nodes: readonly Node[]): string =>
  nodes.map(({ name, calls }) => (calls.length === 0 ? name : `${name}(${written(calls)})`)).join(', ');
