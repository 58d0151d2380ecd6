import { basename } from 'node:path';
import { headline } from '../../symbolize/stack.ts';
import type { Detail, Measured, MeasuredInput, Section } from '../measure/measured.ts';
import {
  DETAILS_PER_CHUNK,
  type DetailChunk,
  INPUTS_PER_CHUNK,
  type InputDetail,
  type InputTable,
  type InputTotals,
  type TraceSection,
} from '../page/data.ts';
import { CallTexts } from './call-texts.ts';
import { CallTrees, TOO_DEEP } from './call-tree.ts';
import type { Chunk } from './chunk.ts';
import { replayCommand } from './commands.ts';
import { oneLine } from './text.ts';
import type { TracedBlocks } from './traced-blocks.ts';

/** Bytes of an input that are shown. */
const SHOWN = 8192;
/** Characters of an error in the table of inputs. */
const FAULT_LENGTH = 200;

export function inputTotals(inputs: readonly MeasuredInput[]): InputTotals {
  const corpus = inputs.filter(({ finding }) => finding === undefined);
  return {
    count: corpus.length,
    findings: inputs.length - corpus.length,
    failed: corpus.filter(({ fault }) => fault !== null).length,
    bytes: corpus.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Chunks `inputs-N`. */
export function* inputChunks(inputs: readonly MeasuredInput[]): Generator<Chunk> {
  for (let start = 0; start < inputs.length; start += INPUTS_PER_CHUNK) {
    const content = inputTable(inputs.slice(start, start + INPUTS_PER_CHUNK), start);
    yield { name: `inputs-${start / INPUTS_PER_CHUNK}`, content };
  }
}

function inputTable(inputs: readonly MeasuredInput[], start: number): InputTable {
  const faults = inputs.flatMap(({ fault }, i) =>
    fault === null ? [] : [[String(start + i), oneLine(headline(fault.error), FAULT_LENGTH)] as const],
  );
  return {
    names: inputs.map(({ path }) => basename(path)),
    sizes: inputs.map(({ size }) => size),
    milliseconds: inputs.map(({ milliseconds }) => Math.round(milliseconds * 100) / 100),
    pcs: inputs.map(({ pcs }) => pcs),
    first: inputs.map(({ first }) => first),
    faults: Object.fromEntries(faults),
  };
}

/** Inputs that have a detail, in rising order. */
export const detailedInputs = ({ details }: Measured): number[] => [...details.keys()].sort((a, b) => a - b);

/** Chunks `details-N`. */
export function* detailChunks(measured: Measured, blocks: TracedBlocks, replay: string): Generator<Chunk> {
  const detailed = detailedInputs(measured);
  const texts = new CallTexts(blocks);
  for (let start = 0; start < detailed.length; start += DETAILS_PER_CHUNK) {
    const indices = detailed.slice(start, start + DETAILS_PER_CHUNK);
    const content = detailChunk(indices, measured, new CallTrees(blocks, texts), replay);
    yield { name: `details-${start / DETAILS_PER_CHUNK}`, content };
  }
}

function detailChunk(
  indices: readonly number[],
  { inputs, details }: Measured,
  trees: CallTrees,
  replay: string,
): DetailChunk {
  const entries = indices.map((index) => {
    const detail = inputDetail(inputs[index]!, details.get(index)!, trees, replay);
    return [String(index), detail] as const;
  });
  return { inputs: Object.fromEntries(entries), functions: trees.functions, calls: trees.calls };
}

function inputDetail(
  { path, size }: MeasuredInput,
  { data, decoded, sections }: Detail,
  trees: CallTrees,
  replay: string,
): InputDetail {
  const { buffer, byteOffset, length } = data.subarray(0, SHOWN);
  return {
    path,
    data: Buffer.from(buffer, byteOffset, length).toString('base64'),
    size,
    ...(decoded !== undefined && { decoded }),
    command: replayCommand(replay, path),
    sections: sections.map((section) => traceSection(section, trees)),
  };
}

function traceSection({ remote, pcs, overflowed }: Section, trees: CallTrees): TraceSection {
  const { steps, isCut } = trees.read(pcs);
  const cut = [...(overflowed ? ['the buffer was full'] : []), ...(isCut ? [TOO_DEEP] : [])];
  return {
    ...(remote !== undefined && { remote }),
    pcs: pcs.length,
    ...(cut.length > 0 && { cut: cut.join('; ') }),
    steps,
  };
}
