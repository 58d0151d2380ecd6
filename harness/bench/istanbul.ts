import { types } from '@babel/core';
import { programVisitor } from 'istanbul-lib-instrument';
import type { Addition } from '../../src/loader/loader.ts';

/**
 * istanbul's instrumentation as a provider of Babel plugins to our loader, which compiles its files in the same way
 * as ours. The files to instrument come with the environment, since they are asked for in the thread that compiles.
 */
export const INCLUDE_VARIABLE = 'KCOVJS_BENCH_ISTANBUL';

export function initialize(): void {}

export function addition(filename: string): Addition | null {
  const parts = JSON.parse(process.env[INCLUDE_VARIABLE] ?? '[]') as string[];
  if (!parts.some((part) => filename.includes(part))) return null;
  return { key: null, plugins: () => [() => plugin(filename)] };
}

function plugin(filename: string) {
  // Its declared types name an older Babel's.
  const visitor = programVisitor(types as never, filename, { coverageVariable: '__coverage__' });
  return { visitor: { Program: { enter: visitor.enter, exit: visitor.exit } } };
}
