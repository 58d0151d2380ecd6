import type { Rollup } from 'vite';
import { readSourceMap, type SourceMap } from '../../../src/loader/source-map.ts';
import { transform } from '../../../src/loader/transform.ts';
import type { CountedFile } from './counted-file.ts';

/** Code of a file that others have compiled, with their map to what a person wrote. */
export function fileOf(code: string, id: string, context: Rollup.TransformPluginContext): CountedFile {
  const map = context.getCombinedSourcemap() as unknown as SourceMap;
  return {
    filename: withoutQuery(id),
    code: withHints(code),
    map: { ...map, sources: map.sources.map(withoutQuery) },
  };
}

/** Of `/src/Header.vue?vue&type=script` the file. */
export const withoutQuery = (id: string): string => id.split('?')[0]!;

/** As vitest's istanbul has it: helpers of decorators, and tests in the source, are nobody's uncovered code. */
const withHints = (code: string): string =>
  code
    .replaceAll('_ts_decorate', '/* istanbul ignore next */_ts_decorate')
    .replaceAll(/(if +\(import\.meta\.vitest\))/g, '/* istanbul ignore next */ $1');

/** Puts the counters in. The map leads to the code that came in, as Vite wants it. */
export function instrumented({ filename, code, map }: CountedFile): { code: string; map: never } {
  const output = transform(code, {
    filename,
    format: 'module',
    trace: true,
    coverage: ['inline-32bit-counters'],
    addition: null,
    chain: { map: JSON.stringify(map) },
  });
  return { code: output, map: readSourceMap(output, filename) as never };
}
