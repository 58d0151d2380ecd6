import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { CoverageMap } from 'istanbul-lib-coverage';
import { collect, snapshot } from '../../../harness/index.ts';
import { coverageOfSources } from '../../../harness/report/coverage.ts';
import type {
  Compared,
  Detail,
  Measured,
  MeasuredInput,
  Reached,
} from '../../../harness/report/measure/measured.ts';
import { SMALLEST } from '../../../harness/report/measure/measured.ts';
import { type Page, pageOf } from '../../../harness/report/model/page.ts';
import { readSources, type Source } from '../../../harness/report/model/source.ts';
import type { Door, FileDetail } from '../../../harness/report/page/data.ts';
import { textOffset } from '../../../src/abi/text.ts';
import { boot } from '../../../src/boot.ts';
import { kldstat, kldunload } from '../../../src/ksyms/linker.ts';
import { compile } from '../../../src/loader/compile.ts';

/** A file that was loaded into this thread's kernel, run, and measured. */
export interface Measurement {
  path: string;
  measured: Measured;
  sources: Source[];
  coverage: CoverageMap;
  page: Page;
}

export interface Program {
  /** `program.js` */
  name: string;
  text: string;
  /** Text of its source map, and files beside it. */
  map?: string;
  beside?: Record<string, string>;
}

export const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'kcovjs-')));

/**
 * Loads a CommonJS file and calls its `exports.run` with one input after the other.
 *
 * @param globals what else it may name
 */
export async function measure(
  { name, text, map, beside = {} }: Program,
  inputs: readonly unknown[],
  globals: Record<string, unknown> = {},
): Promise<Measurement> {
  boot();
  const dir = folder();
  const path = join(dir, name);
  writeFileSync(path, text);
  for (const [other, content] of Object.entries(beside)) writeFileSync(join(dir, other), content);
  const { code } = compile(text, {
    filename: path,
    format: 'commonjs',
    coverage: ['trace-pc', 'trace-cmp'],
    plugins: [],
    chained: false,
    map,
  });
  const exports: { run?: (input: unknown) => unknown } = {};
  const load = compileFunction(code, ['exports', ...Object.keys(globals)]) as (...values: unknown[]) => void;

  const runs = [await traced(() => load(exports, ...Object.values(globals)))];
  for (const input of inputs) runs.push(await traced(() => exports.run!(input)));
  const compares = await comparesOf(exports, inputs);
  const modules = kldstat().filter(({ id }) => id > 1);
  const measured = measuredOf(runs, compares, modules);
  for (const { id } of modules) kldunload(id);

  const { sources } = readSources(measured.modules);
  const hits = new Map([...measured.pcs].map(([pc, { hits }]) => [pc, hits]));
  const coverage = await coverageOfSources(sources, hits);
  const context = {
    target: 'target.mjs',
    command: 'kcovjs report',
    replay: 'kcovjs replay target.mjs',
    made: new Date(0),
    generator: 'kcovjs',
  };
  const page = pageOf(measured, { findings: [], history: [] }, context, sources, coverage);
  return { path, measured, sources, coverage, page };
}

async function traced(run: () => unknown): Promise<number[]> {
  const { pcs, overflowed } = await collect(async () => {
    try {
      await run();
    } catch {
      // That is for the program to know.
    }
  });
  if (overflowed) throw new Error('the buffer was full');
  return pcs.map(offset);
}

const offset = (pc: bigint): number => textOffset(Number(BigInt.asIntN(32, pc)));

/** Of whole numbers, which the buffer has as they are. */
async function comparesOf(
  exports: { run?: (input: unknown) => unknown },
  inputs: readonly unknown[],
): Promise<Map<number, Compared[]>> {
  const found = new Map<number, Compared[]>();
  for (const [input, value] of inputs.entries()) {
    const { cmps } = await collect(
      async () => {
        try {
          await exports.run!(value);
        } catch {
          // As above.
        }
      },
      { mode: 'cmp' },
    );
    for (const { arg1, arg2, constant, pc } of cmps) {
      const distance = Math.abs(Number(arg1 - arg2));
      const [left, right] = [
        { value: Number(arg1), constant },
        { value: Number(arg2), constant: false },
      ];
      const list = found.get(offset(pc)) ?? [];
      list.push({ left, right, distance, input });
      found.set(
        offset(pc),
        list.sort((a, b) => a.distance - b.distance),
      );
    }
  }
  return found;
}

/** @param runs the first is what loading reached */
function measuredOf(
  runs: readonly number[][],
  compares: Map<number, Compared[]>,
  modules: readonly { filename: string; address: bigint }[],
): Measured {
  const pcs = new Map<number, { hits: number; inputs: number; smallest: number[] }>();
  const inputs: MeasuredInput[] = [];
  const details = new Map<number, Detail>();
  runs.forEach((run, i) => {
    const distinct = new Set(run);
    let first = 0;
    for (const pc of distinct) {
      const reached = pcs.get(pc) ?? { hits: 0, inputs: 0, smallest: [] };
      pcs.set(pc, reached);
      if (i === 0) continue;
      if (reached.inputs++ === 0) first++;
      if (reached.smallest.length < SMALLEST) reached.smallest.push(i - 1);
    }
    for (const pc of run) pcs.get(pc)!.hits++;
    if (i === 0) return;
    const one = { size: i, fault: null, milliseconds: 1, overflowed: false };
    inputs.push({ path: `corpus/${i - 1}`, ...one, pcs: distinct.size, first });
    details.set(i - 1, {
      data: new Uint8Array(i),
      sections: [{ pcs: Uint32Array.from(run), overflowed: false }],
    });
  });
  return { elf: snapshot(), modules, inputs, pcs: pcs as Map<number, Reached>, compares, details, notes: [] };
}

/** Chunks by name, as the page would have read them. */
export function chunksOf({ page }: Measurement): Map<string, unknown> {
  return new Map(
    [...page.chunks].map(({ name, content }) => [name, JSON.parse(JSON.stringify(content)) as unknown]),
  );
}

export const fileOf = (measurement: Measurement, index = 0): FileDetail =>
  chunksOf(measurement).get(`file-${index}`) as FileDetail;

export const doorsOf = ({ page }: Measurement): readonly Door[] => page.index.frontier;
