import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Executed, ExecuteOptions, Limits } from '../../harness/executor/executed.ts';
import { built } from '../engine/by-hand.ts';

type Module = typeof import('../../harness/executor/executor.ts');

/** It starts its process from beside itself, where that is JavaScript. */
export const { Executor } = (await import(built('harness/executor/executor.js'))) as Module;
export type Executor = InstanceType<Module['Executor']>;

export const LIMITS: Limits = { timeout: 2000, memory: 600 };

export const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'kcovjs-executor-')));

/** Writes a target into a folder of its own. */
export function written(code: string, name = 't.cjs'): string {
  const path = join(folder(), name);
  writeFileSync(path, code);
  return path;
}

const opened: Executor[] = [];
afterAll(() => Promise.all(opened.map((one) => one.close())));

/** An executor of a file that is there; it is closed when the tests of the file are over. */
export function executorOf(target: string, limits: Partial<Limits> = {}): Executor {
  const executor = new Executor({ target, filter: {}, engine: {} }, { ...LIMITS, ...limits });
  opened.push(executor);
  return executor;
}

export const run = (executor: Executor, input: string, options?: ExecuteOptions): Promise<Executed> =>
  executor.execute(Buffer.from(input), options);

/** A CommonJS target whose input names the function to run. */
export const choice = (cases: Record<string, string>): string =>
  written(
    `const cases = {\n${Object.entries(cases)
      .map(([name, body]) => `${name}(data) { ${body} },`)
      .join('\n')}\n};\nexports.fuzz = (data) => cases[String(data).split(' ')[0]]?.(data);\n`,
  );
