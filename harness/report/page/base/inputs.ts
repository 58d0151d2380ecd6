import { useEffect, useState } from 'preact/hooks';
import {
  DETAILS_PER_CHUNK,
  type DetailChunk,
  INPUTS_PER_CHUNK,
  type InputDetail,
  type InputTable,
} from '../data.ts';
import { chunk } from './chunks.ts';
import { type Loading, useChunk, useReport } from './report.ts';

/** One row of the table of inputs. */
export interface InputRow {
  name: string;
  size: number;
  milliseconds: number;
  pcs: number;
  first: number;
  fault: string | undefined;
}

/** Blocks of inputs that have come so far. */
export type Inputs = ReadonlyMap<number, InputTable>;

export function inputRow(inputs: Inputs, input: number): InputRow | undefined {
  const table = inputs.get(Math.floor(input / INPUTS_PER_CHUNK));
  const at = input % INPUTS_PER_CHUNK;
  if (!table || at >= table.names.length) return undefined;
  return {
    name: table.names[at]!,
    size: table.sizes[at]!,
    milliseconds: table.milliseconds[at]!,
    pcs: table.pcs[at]!,
    first: table.first[at]!,
    // By their index of all, or within their block.
    fault: table.faults[String(input)],
  };
}

/** Blocks that are asked for come one after the other, the first that is asked for first. */
export function useInputs(wanted: readonly number[]): Inputs {
  const [inputs, setInputs] = useState<Inputs>(new Map());
  const missing = wanted.find((block) => !inputs.has(block));
  useEffect(() => {
    if (missing === undefined) return;
    let current = true;
    chunk<InputTable>(`inputs-${missing}`).then((table) => {
      if (current) setInputs((before) => new Map(before).set(missing, table ?? NONE));
    });
    return () => {
      current = false;
    };
  }, [missing, inputs]);
  return inputs;
}

const NONE: InputTable = { names: [], sizes: [], milliseconds: [], pcs: [], first: [], faults: {} };

/** All numbers of blocks of a report. */
export function useInputBlocks(): number[] {
  const { count, findings } = useReport().index.inputs;
  return Array.from({ length: Math.ceil((count + findings) / INPUTS_PER_CHUNK) }, (_, block) => block);
}

export interface DetailedInput {
  detail: InputDetail;
  chunk: DetailChunk;
}

/** An input with its bytes and its trace; missing where the report has only its row. */
export function useDetail(input: number): Loading<DetailedInput> {
  const { detailed } = useReport().index;
  const at = indexOf(detailed, input);
  const block = useChunk<DetailChunk>(at < 0 ? undefined : `details-${Math.floor(at / DETAILS_PER_CHUNK)}`);
  if (at < 0) return { state: 'missing' };
  if (block.state !== 'ready') return block;
  const detail = block.value.inputs[String(input)];
  return detail ? { state: 'ready', value: { detail, chunk: block.value } } : { state: 'missing' };
}

function indexOf(rising: readonly number[], value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return rising[low] === value ? low : -1;
}
