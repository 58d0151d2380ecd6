import { parseSync } from '@babel/core';
import { parserOptions } from './parse.ts';

/**
 * Whether a file is written as an ES module.
 *
 * @throws Babel's error where it cannot be parsed
 */
export function hasModuleSyntax(code: string, filename: string): boolean {
  const file = parseSync(code, parserOptions(filename, undefined) as object);
  return file?.program.sourceType === 'module';
}
