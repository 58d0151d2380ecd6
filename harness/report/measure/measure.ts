import { availableParallelism } from 'node:os';
import { textOffset } from '../../../src/abi/text.ts';
import type { Executed, Limits, OrderedSection, TargetRequest } from '../../executor/executed.ts';
import { isDeadly } from '../../executor/fault.ts';
import { readInput } from '../../inputs.ts';
import { Batches } from './batches.ts';
import { MAX_COMPARING, mostUseful, spread, type Usefulness } from './chosen.ts';
import { ClosestOfAll } from './closest-inputs.ts';
import { Code } from './code.ts';
import { Faults } from './faults.ts';
import { type InputFile, inOrder, type SizedFile } from './inputs.ts';
import type { Detail, Measured, MeasuredInput, Section } from './measured.ts';
import { notesOf } from './notes.ts';
import { ReachedTable } from './reached.ts';

export interface MeasureOptions extends Limits {
  /** Processes side by side; as many as the machine has cores by default. What comes of it does not depend on them. */
  jobs?: number;
  /** Whether inputs are executed again for their details and comparisons; yes by default. */
  closely?: boolean;
  /** Takes lines for a person about how far it is. */
  tell?: (line: string) => void;
}

/** Bytes of an input that its detail has. */
const MAX_DATA = 1 << 16;

/**
 * Executes a corpus in processes of its own, whatever the target does to them.
 *
 * @throws {UsageError} for a target that cannot be loaded, or an input that cannot be read
 */
export async function measure(
  request: TargetRequest,
  files: readonly InputFile[],
  { timeout, memory, jobs = availableParallelism(), closely = true, tell = () => {} }: MeasureOptions,
): Promise<Measured> {
  const code = new Code();
  const sized = inOrder(files);
  const batches = new Batches(
    { request, limits: { timeout, memory }, listener: code, jobs },
    sized.map(({ path }) => path),
  );
  const counted = await count(batches, sized, tell);
  const { pcs, inputs } = counted;
  if (code.loading !== undefined) pcs.load(offsets(code.loading.pcs), code.loading.counts);
  const ofCorpus = sized.filter(({ finding }) => finding === undefined).length;
  const useful = { ...pcs.usefulness(sized.length), length: counted.length };
  useful.first.forEach((first, i) => {
    inputs[i]!.first = first;
  });
  const again = closely ? asked(useful, ofCorpus, sized.length) : [];
  const { details, compares } = await lookClosely(batches, again, inputs, tell);
  return {
    elf: code.snapshot(),
    modules: code.files,
    inputs,
    pcs,
    compares,
    details,
    notes: notesOf({ inputs, loadingOverflowed: code.loading?.overflowed === true }),
  };
}

interface Counted {
  inputs: MeasuredInput[];
  pcs: ReachedTable;
  /** PCs in the trace of each input. */
  length: Float64Array;
}

/** Every input once: what it reaches, and how often. */
async function count(
  batches: Batches,
  files: readonly SizedFile[],
  tell: (line: string) => void,
): Promise<Counted> {
  const pcs = new ReachedTable();
  const faults = new Faults();
  const length = new Float64Array(files.length);
  const inputs = new Array<MeasuredInput>(files.length);
  let done = 0;
  const take = (number: number, executed: Executed): void => {
    const file = files[number]!;
    const { fault, milliseconds, overflowed, counts = new Uint32Array() } = executed;
    inputs[number] = {
      ...file,
      fault: fault && faults.shared(fault),
      milliseconds,
      pcs: executed.pcs.length,
      first: 0,
      overflowed,
    };
    length[number] = counts.reduce((sum, one) => sum + one, 0);
    if (file.finding === undefined) pcs.add(number, offsets(executed.pcs), counts);
    tell(`${++done} of ${files.length} inputs executed`);
  };
  for (const part of [isOfCorpus, isOfFinding])
    await batches.run(numbersOf(files, part), async (execute, number) =>
      take(number, await execute(number, { trace: 'counts' })),
    );
  return { inputs, pcs, length };
}

/** What is asked of an input that is executed once more. */
interface Asked {
  number: number;
  order: boolean;
  compares: boolean;
}

/** The most useful inputs, those of findings, which count nowhere, and others for what they compare. */
function asked(useful: Usefulness, ofCorpus: number, all: number): Asked[] {
  const close = mostUseful(useful);
  const known = new Set(close);
  return [
    ...close.map((number) => ({ number, order: true, compares: true })),
    ...range(ofCorpus, all).map((number) => ({ number, order: true, compares: false })),
    ...spread(ofCorpus, MAX_COMPARING)
      .filter((number) => !known.has(number))
      .map((number) => ({ number, order: false, compares: true })),
  ];
}

async function lookClosely(
  batches: Batches,
  list: readonly Asked[],
  inputs: readonly MeasuredInput[],
  tell: (line: string) => void,
): Promise<Pick<Measured, 'details' | 'compares'>> {
  const closest = new ClosestOfAll();
  const details = new Map<number, Detail>();
  for (const { number, order } of list)
    if (order) details.set(number, { data: dataOf(inputs[number]!), sections: [] });
  const alive = new Map(
    list.filter(({ number }) => survives(inputs[number]!)).map((one) => [one.number, one]),
  );
  let done = 0;
  await batches.run([...alive.keys()], async (execute, number) => {
    const { order, compares } = alive.get(number)!;
    if (order) {
      const { sections = [], decoded } = await execute(number, { trace: 'order', decode: true });
      const { data } = details.get(number)!;
      details.set(number, { data, ...(decoded?.length && { decoded }), sections: sections.map(asSection) });
    }
    if (compares) closest.add(number, (await execute(number, { trace: 'compares' })).compares ?? []);
    tell(`${++done} of ${alive.size} inputs looked at closely`);
  });
  return { details, compares: closest.all() };
}

const isOfCorpus = ({ finding }: SizedFile): boolean => finding === undefined;
const isOfFinding = (file: SizedFile): boolean => !isOfCorpus(file);

const numbersOf = (files: readonly SizedFile[], filter: (file: SizedFile) => boolean): number[] =>
  [...files.keys()].filter((number) => filter(files[number]!));

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** What would end the process again, or not come back, has nothing more to tell. */
const survives = ({ fault, pcs }: MeasuredInput): boolean =>
  fault === null || !isDeadly(fault.kind) || pcs > 0;

const dataOf = ({ path }: MeasuredInput): Uint8Array =>
  Uint8Array.from(readInput(path).data.subarray(0, MAX_DATA));

const offsets = (lows: Uint32Array): Uint32Array => lows.map(textOffset);

const asSection = ({ remote, pcs, overflowed }: OrderedSection): Section => ({
  ...(remote && { remote }),
  pcs: offsets(pcs),
  overflowed,
});
