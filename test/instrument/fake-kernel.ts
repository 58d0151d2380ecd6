import { createContext, runInContext } from 'node:vm';
import { type PluginItem, transformSync } from '@babel/core';
import type { Kernel } from '../../src/abi/kernel.ts';
import kcov, { type PluginOptions } from '../../src/instrument/plugin.ts';
import type { SiteTable } from '../../src/instrument/sites.ts';
import { peek } from '../../src/trace/tables.ts';

export interface Compiled {
  code: string;
  table: SiteTable;
}

export function compile(source: string, options: PluginOptions = {}, filename = '/app/file.js'): Compiled {
  let table!: SiteTable;
  const plugins: PluginItem[] = [
    [kcov, { standalone: false, onModule: (found: SiteTable) => (table = found), ...options }],
  ];
  const result = transformSync(source, {
    filename,
    configFile: false,
    babelrc: false,
    sourceType: 'script',
    plugins,
  });
  return { code: result!.code!, table };
}

export interface Traced {
  value: unknown;
  pcs: number[];
  cmps: [string, ...unknown[]][];
}

/** Runs instrumented code on a kernel that only remembers; the real one has tests of its own. */
export function run(code: string, { cmp = false } = {}): Traced {
  const cmps: Traced['cmps'] = [];
  const buf = new Int32Array(2 * 100_000);
  const kernel: Partial<Kernel> & { end: number } = {
    buf,
    end: cmp ? 0 : 99_999,
    cmp: cmp ? 99_999 : 0,
    kldload() {},
    trace_cmp: (...args: unknown[]) => cmps.push(['cmp', ...args]),
    trace_const_cmp: (...args: unknown[]) => cmps.push(['const_cmp', ...args]),
    trace_switch: (...args: unknown[]) => cmps.push(['switch', ...args]),
    trace_call: (...args: unknown[]) => cmps.push(['call', ...args]),
    trace_key: (...args: unknown[]) => cmps.push(['key', ...args]),
    peek,
    __sanitizer_cov_trace_pc(pc: number): void {
      const count = buf[0]! + 1;
      if (count > kernel.end) return;
      buf[0] = count;
      buf.set([pc, -1], 2 * count);
    },
  };
  const context = createContext({ __kcov: kernel, console });
  const value = runInContext(code, context);
  const pcs = Array.from({ length: buf[0]! }, (_, i) => {
    if (buf[2 * (i + 1) + 1] !== -1) throw new Error('high half not written');
    return buf[2 * (i + 1)]!;
  });
  return { value, pcs, cmps };
}
