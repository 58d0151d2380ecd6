import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from '@babel/core';
import { KCOV_BUF_MAX_ENTRIES, KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC } from '../../src/abi/kcov.ts';
import kcov from '../../src/instrument/plugin.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { answer } from './answer.ts';
import { COMMONJS, type Loops, type Turns, timeLoops } from './loops.ts';
import type { Pace } from './timing.ts';

/** A process of its own that times the loops, as they are or with our callbacks in one form and mode. */
export interface LoopRequest {
  folder: string;
  callbacks: 'none' | 'inline' | 'call';
  mode: 'disabled' | 'pc' | 'cmp';
  pace: Pace;
}

export interface LoopResult extends Turns {
  /** Records of one call of each loop; 0 where nothing is traced. */
  records: Turns;
}

function measure({ folder, callbacks, mode, pace }: LoopRequest): LoopResult {
  const descriptor = new Descriptor(KCOV_BUF_MAX_ENTRIES);
  const loops = compile(folder, callbacks);
  if (mode !== 'disabled') descriptor.enable(mode === 'pc' ? KCOV_MODE_TRACE_PC : KCOV_MODE_TRACE_CMP);
  const times = timeLoops(loops, pace, () => descriptor.reset());
  const count = (loop: (turns: number) => number): number => {
    descriptor.reset();
    loop(1000);
    return descriptor.count / 1000;
  };
  return { ...times, records: { edges: count(loops.edges), compares: count(loops.compares) } };
}

function compile(folder: string, callbacks: LoopRequest['callbacks']): Loops {
  const filename = join(folder, `${callbacks}.cjs`);
  const plugins = callbacks === 'none' ? [] : [[kcov, { callbacks, standalone: false }]];
  const { code } = transformSync(COMMONJS, {
    filename,
    plugins,
    configFile: false,
    babelrc: false,
  } as object)!;
  writeFileSync(filename, code!);
  return createRequire(import.meta.url)(filename) as Loops;
}

await answer(measure);
