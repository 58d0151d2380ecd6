import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasureOptions } from '../../harness/report/measure/measure.ts';
import type { Measured } from '../../harness/report/measure/measured.ts';
import { Symbolizer } from '../../harness/symbolize/symbolizer.ts';
import { KERNBASE } from '../../src/abi/text.ts';
import { built } from '../engine/by-hand.ts';

type Module = typeof import('../../harness/report/measure/measure.ts');

/** It starts processes from beside itself, where that is JavaScript. */
const { measure } = (await import(built('harness/report/measure/measure.js'))) as Module;

export const tempFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'kcovjs-report-')));

/** Writes files into a new folder. @returns its path */
export function files(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Measures inputs of a target, which are written into a folder: names of files, with their contents. */
export async function measured(
  target: string,
  inputs: Readonly<Record<string, string>>,
  options: Partial<MeasureOptions> & { findings?: readonly string[]; include?: string[] } = {},
): Promise<Measured> {
  const { findings = [], include, ...limits } = options;
  const folder = files(inputs);
  const list = Object.keys(inputs).map((name) => ({
    path: join(folder, name),
    ...(findings.includes(name) && { finding: `of-${name}` }),
  }));
  return measure({ target, filter: include ? { include } : {}, engine: {} }, list, {
    timeout: 60_000,
    memory: 2000,
    ...limits,
  });
}

/** How often lines of the source were reached, by `file:line`: the sum of their PCs. */
export function lineHits({ elf, pcs }: Pick<Measured, 'elf' | 'pcs'>): Record<string, number> {
  const symbolizer = new Symbolizer(elf);
  const lines: Record<string, number> = {};
  for (const [offset, { hits }] of pcs) {
    const frame = symbolizer.lookup(KERNBASE + BigInt(offset));
    const place = `${frame?.file?.split('/').at(-1)}:${frame?.line}`;
    lines[place] = (lines[place] ?? 0) + hits;
  }
  return lines;
}
