import { type PluginItem, types } from '@babel/core';
import { programVisitor } from 'istanbul-lib-instrument';

/**
 * istanbul's instrumentation as a provider of Babel plugins to our loader, which compiles its files in the same way
 * as ours. The files to instrument come with the environment, since they are asked for in the thread that compiles.
 */
export const INCLUDE_VARIABLE = 'KCOVJS_BENCH_ISTANBUL';

export function initialize(): void {}

export function plugins(filename: string): PluginItem[] {
  const parts = JSON.parse(process.env[INCLUDE_VARIABLE] ?? '[]') as string[];
  return parts.some((part) => filename.includes(part)) ? [() => plugin(filename)] : [];
}

function plugin(filename: string) {
  // Its declared types name an older Babel's.
  const visitor = programVisitor(types as never, filename, { coverageVariable: '__coverage__' });
  return { visitor: { Program: { enter: visitor.enter, exit: visitor.exit } } };
}
