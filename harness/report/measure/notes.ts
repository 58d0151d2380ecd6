import { isDeadly } from '../../executor/fault.ts';
import type { MeasuredInput } from './measured.ts';

export interface Notable {
  inputs: readonly MeasuredInput[];
  /** The trace of loading did not fit. */
  loadingOverflowed: boolean;
}

/** What a reader must know of the numbers, in lines. */
export function notesOf({ inputs, loadingOverflowed }: Notable): string[] {
  const corpus = inputs.filter(({ finding }) => finding === undefined);
  return [
    ...(loadingOverflowed ? ['loading the target: the buffer was full; its counts are a lower bound'] : []),
    ...naming(
      corpus.filter(({ overflowed }) => overflowed),
      'the buffer was full; counts are a lower bound',
    ),
    ...naming(
      corpus.filter(({ fault, pcs }) => fault !== null && isDeadly(fault.kind) && pcs === 0),
      'the end of its process; what it reaches is not in the numbers',
    ),
  ];
}

/** A line for one input or many. */
function naming(inputs: readonly MeasuredInput[], what: string): string[] {
  const [first] = inputs;
  if (first === undefined) return [];
  return [`${first.path}${inputs.length > 1 ? ` and ${inputs.length - 1} more` : ''}: ${what}`];
}
