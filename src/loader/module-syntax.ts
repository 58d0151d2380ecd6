import { extname } from 'node:path';
import { compiler } from '#compiler';
import { cached } from './cached.ts';

/**
 * Whether a file is written as an ES module.
 *
 * @throws Babel's error where it cannot be parsed
 */
export function hasModuleSyntax(code: string, filename: string): boolean {
  const answer = cached(['module syntax', extname(filename)], code, () => ({
    text: compiler().hasModuleSyntax(code, filename) ? 'module' : 'script',
    keep: true,
  }));
  return answer === 'module';
}
