import { createHash } from 'node:crypto';
import { compilerVersion } from './compiler-version.ts';
import { DiskCache } from './disk-cache.ts';

/** What a compilation answers. */
export interface Output {
  text: string;
  /** Whether the same may be answered another time; not where a warning goes with it. */
  keep: boolean;
}

let cache: DiskCache | null | undefined;

/**
 * The output of the compiler for some code, compiled once for all processes of this user.
 *
 * @param parts all that the output depends on besides the code and the compiler; null where that cannot be said,
 *   and so nothing is kept
 * @throws what `compile` throws; nothing is kept then
 */
export function cached(parts: readonly unknown[] | null, code: string, compile: () => Output): string {
  if (cache === undefined) cache = DiskCache.open();
  if (cache === null || parts === null) return compile().text;
  const key = createHash('sha256')
    .update(JSON.stringify([compilerVersion(), ...parts]))
    .update('\0') // It does not occur in JSON, so parts and code cannot be taken for one another.
    .update(Buffer.from(code, 'utf16le')) // UTF-8 would take every half of a surrogate pair for the same.
    .digest('hex');
  const found = cache.get(key);
  if (found !== null) return found;
  const { text, keep } = compile();
  if (keep) cache.put(key, text);
  return text;
}
