import type { PluginObj, PluginPass, types as t } from '@babel/core';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import type { Literals } from '../abi/module.ts';
import { type Callbacks, declareCounters, importStub, loadModule } from './emit.ts';
import { lineTable } from './lines.ts';
import { literalsOf } from './literals.ts';
import { countersKey, placeModule } from './placement.ts';
import { rewrite } from './rewrite.ts';
import type { SiteTable } from './sites.ts';

/** Kinds of coverage, named as in clang's `-fsanitize-coverage=`. */
export type Coverage = 'trace-pc' | 'trace-cmp' | 'inline-32bit-counters';

export interface PluginOptions {
  /** What to trace; `trace-pc` and `trace-cmp` by default. */
  coverage?: Coverage[];
  /**
   * Whether the body of `__sanitizer_cov_trace_pc` stands at each site, which is faster, or is called. Default
   * `inline`.
   */
  callbacks?: Callbacks;
  /** Whether the code must also run where no harness is loaded. Default true. */
  standalone?: boolean;
  /** Source map of the file, for its lines alone: what Babel makes of the file is mapped to the file itself. */
  inputMap?: SourceMapInput;
  /** Receives the table of what was found. */
  onModule?: (table: SiteTable) => void;
}

const COVERAGE: readonly string[] = ['trace-pc', 'trace-cmp', 'inline-32bit-counters'] satisfies Coverage[];

function checked({ coverage = ['trace-pc', 'trace-cmp'], callbacks = 'inline', ...rest }: PluginOptions) {
  const unknown = coverage.find((kind) => !COVERAGE.includes(kind));
  if (unknown !== undefined)
    throw new Error(`kcovjs/babel: unknown coverage '${unknown}'; known are ${COVERAGE.join(', ')}`);
  if (callbacks !== 'inline' && callbacks !== 'call')
    throw new Error(`kcovjs/babel: callbacks is 'inline' or 'call', not '${String(callbacks)}'`);
  return { ...rest, coverage, callbacks, standalone: rest.standalone ?? true };
}

/** The file is rewritten as it was written, before any other plugin changes it, so that places are the person's. */
export default function kcov(_api: object, options: PluginOptions): PluginObj {
  const { coverage, callbacks, standalone, inputMap, onModule } = checked(options);
  const [tracePc, traceCmp, counters] = COVERAGE.map((kind) => coverage.includes(kind as Coverage));
  return {
    name: 'kcovjs',
    visitor: {
      Program(path, state: PluginPass) {
        const { node } = path;
        const traces = tracePc || traceCmp;
        const literals = traces ? literalsOf(node, state.file.code) : null;
        const table = rewrite(path, state.file.code, {
          tracePc: tracePc!,
          traceCmp: traceCmp!,
          counters: counters!,
          callbacks,
        });
        const base = link(table, state);
        if (literals !== null) announce(node, table, base, literals, state, { standalone, inputMap });
        if (table.counterNames !== null)
          node.body.unshift(
            ...declareCounters(
              table.counterNames,
              countersKey(nameOf(state), state.file.code),
              table.counters,
            ),
          );
        onModule?.(table);
        // Plugins that come later look variables up, and find ours too.
        path.scope.crawl();
      },
    },
  };
}

const nameOf = ({ filename }: PluginPass): string => filename ?? '<unknown>';

/** Lays the module's text out and writes its PCs; answers with where it lies. */
function link(table: SiteTable, state: PluginPass): number {
  table.layOut();
  const base = placeModule(nameOf(state), state.file.code, table.size);
  table.link(base);
  return base;
}

/** Lets the module announce itself to the linker before all else. */
function announce(
  program: t.Program,
  table: SiteTable,
  base: number,
  literals: Literals,
  state: PluginPass,
  { standalone, inputMap }: { standalone: boolean; inputMap: SourceMapInput | undefined },
): void {
  const filename = nameOf(state);
  const map = inputMap ?? (state.file.inputMap as { toObject(): SourceMapInput } | null)?.toObject();
  const rest = JSON.stringify({
    symbols: table.symbols(),
    lines: lineTable(table, filename, map),
    ...literals,
  });
  program.body.unshift(loadModule([filename, base, table.size, rest], standalone));
  if (standalone && program.sourceType === 'module') program.body.unshift(importStub());
}
