declare module 'istanbul-lib-source-maps/lib/get-mapping.js' {
  import type { TraceMap } from '@jridgewell/trace-mapping';
  import type { Range } from 'istanbul-lib-coverage';

  export default function getMapping(
    map: TraceMap,
    generated: Range,
    filename: string,
  ): { source: string; loc: Range } | null;
}
