import type { PluginObj, PluginPass, types as t } from '@babel/core';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import type { Literals } from '../abi/module.ts';
import { type Callbacks, importStub, loadModule } from './emit.ts';
import { lineTable } from './lines.ts';
import { literalsOf } from './literals.ts';
import { placeModule } from './placement.ts';
import { rewrite } from './rewrite.ts';
import type { SiteTable } from './sites.ts';

/** Kinds of coverage, named as in clang's `-fsanitize-coverage=`. */
export type Coverage = 'trace-pc' | 'trace-cmp';

export interface PluginOptions {
  /** What to trace; both by default. */
  coverage?: Coverage[];
  /**
   * Whether the body of `__sanitizer_cov_trace_pc` stands at each site, which is faster, or is called. Default
   * `inline`.
   */
  callbacks?: Callbacks;
  /** Whether the code must also run where no harness is loaded. Default true. */
  standalone?: boolean;
  /** Receives the table of what was found. */
  onModule?: (table: SiteTable) => void;
}

const COVERAGE: readonly string[] = ['trace-pc', 'trace-cmp'] satisfies Coverage[];

function checked({ coverage = ['trace-pc', 'trace-cmp'], callbacks = 'inline', ...rest }: PluginOptions) {
  const unknown = coverage.find((kind) => !COVERAGE.includes(kind));
  if (unknown !== undefined)
    throw new Error(`kcovjs/babel: unknown coverage '${unknown}'; known are ${COVERAGE.join(', ')}`);
  if (callbacks !== 'inline' && callbacks !== 'call')
    throw new Error(`kcovjs/babel: callbacks is 'inline' or 'call', not '${String(callbacks)}'`);
  return { coverage, callbacks, standalone: rest.standalone ?? true, onModule: rest.onModule };
}

/** The file is rewritten as it was written, before any other plugin changes it, so that places are the person's. */
export default function kcov(_api: object, options: PluginOptions): PluginObj {
  const { coverage, callbacks, standalone, onModule } = checked(options);
  return {
    name: 'kcovjs',
    visitor: {
      Program(path, state: PluginPass) {
        const { node } = path;
        const literals = literalsOf(node, state.file.code);
        const table = rewrite(path, state.file.code, {
          tracePc: coverage.includes('trace-pc'),
          traceCmp: coverage.includes('trace-cmp'),
          callbacks,
        });
        load(node, table, literals, state, standalone);
        onModule?.(table);
        // Plugins that come later look variables up, and find ours too.
        path.scope.crawl();
      },
    },
  };
}

/** Lays the module's text out, writes its PCs, and lets it announce itself to the linker before all else. */
function load(
  program: t.Program,
  table: SiteTable,
  literals: Literals,
  state: PluginPass,
  standalone: boolean,
): void {
  const filename = state.filename ?? '<unknown>';
  table.layOut();
  const base = placeModule(filename, state.file.code, table.size);
  table.link(base);
  const inputMap = (state.file.inputMap as { toObject(): SourceMapInput } | null)?.toObject();
  const rest = JSON.stringify({
    symbols: table.symbols(),
    lines: lineTable(table, filename, inputMap),
    ...literals,
  });
  program.body.unshift(loadModule([filename, base, table.size, rest], standalone));
  if (standalone && program.sourceType === 'module') program.body.unshift(importStub());
}
