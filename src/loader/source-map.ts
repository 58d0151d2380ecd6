import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TransformOptions } from '@babel/core';

export type SourceMap = NonNullable<Exclude<TransformOptions['inputSourceMap'], boolean>>;

const COMMENT = /^[ \t]*\/[/*][@#][ \t]+sourceMappingURL=([^\s'"*]+)/gm;
const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

/**
 * The map that a compiled file points to, in itself or beside it.
 *
 * @throws where the file names a map that is missing or no source map of version 3
 */
export function readSourceMap(code: string, filename: string): SourceMap | undefined {
  const text = readMapText(code, filename);
  return text === undefined ? undefined : parseSourceMap(text);
}

/** @throws where the file names a map that is missing */
export function readMapText(code: string, filename: string): string | undefined {
  const url = [...code.matchAll(COMMENT)].at(-1)?.[1];
  if (url === undefined || /^https?:/.test(url)) return undefined;
  const inline = INLINE.exec(url);
  if (inline === null) return readFileSync(resolve(dirname(filename), decodeURI(url)), 'utf8');
  return inline[1] ? Buffer.from(inline[2]!, 'base64').toString() : decodeURIComponent(inline[2]!);
}

/** @throws where it is no source map of version 3 */
export function parseSourceMap(text: string): SourceMap {
  const map = JSON.parse(text) as SourceMap & { sections?: unknown };
  if (map.version !== 3 || (typeof map.mappings !== 'string' && map.sections === undefined))
    throw new Error('not a source map of version 3');
  return map;
}
