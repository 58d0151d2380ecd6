import { fileURLToPath } from 'node:url';
import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import { sourcePath } from '../../src/instrument/lines.ts';
import { readSourceMap } from '../../src/loader/source-map.ts';
import type { CallFrame, Location, Script } from './main-thread.ts';

/** A place in a file that a person wrote. Lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Where in a person's files V8's locations are. */
export class Places {
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly #maps = new Map<string, TraceMap | null>();

  /** @param scripts may still grow */
  constructor(scripts: ReadonlyMap<string, Script>) {
    this.#scripts = scripts;
  }

  of({ scriptId, lineNumber, columnNumber = 0 }: Location): Place {
    const file = pathOf(this.#scripts.get(scriptId)?.url ?? '');
    const place = { line: lineNumber + 1, column: columnNumber };
    const map = this.#map(scriptId, file);
    const found = map === null ? null : originalPositionFor(map, place);
    if (found === null || found.source === null) return { file, line: place.line, column: place.column + 1 };
    return { file: sourcePath(found.source, file), line: found.line, column: found.column + 1 };
  }

  #map(scriptId: string, file: string): TraceMap | null {
    let map = this.#maps.get(scriptId);
    if (map === undefined) {
      map = mapOf(this.#scripts.get(scriptId)?.sourceMapURL, file);
      this.#maps.set(scriptId, map);
    }
    return map;
  }
}

/** A broken map was named when the file was loaded. */
function mapOf(url: string | undefined, file: string): TraceMap | null {
  if (!url) return null;
  try {
    const map = readSourceMap(`//# sourceMappingURL=${url}`, file);
    return map === undefined ? null : new TraceMap(map as SourceMapInput);
  } catch {
    return null;
  }
}

export const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

/** A frame as the stack of an error has it. */
export function formatFrame({ functionName }: Pick<CallFrame, 'functionName'>, place: Place): string {
  const where = `${place.file}:${place.line}:${place.column}`;
  return functionName === '' ? `at ${where}` : `at ${functionName} (${where})`;
}
