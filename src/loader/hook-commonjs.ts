import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Format } from '../instrument/parse.ts';
import type { Loaders } from './loaders.ts';
import { isOurs, sourceCandidates } from './resolve.ts';

/** Parts of Node's CommonJS loader that are stable in practice, and that every hook library builds on. */
interface Internals {
  prototype: { _compile(this: NodeModule, code: string, filename: string, format?: string): unknown };
  _extensions: Record<string, (module: NodeModule, filename: string) => void>;
  _resolveFilename(request: string, parent: NodeModule | undefined, ...rest: unknown[]): string;
}

type Compiler = NodeModule & Internals['prototype'];

const TYPESCRIPT = ['.ts', '.cts', '.mts'];

/**
 * Compiles what `require` loads. Node still reads the names that a file exports from the file as it lies on the
 * disk, so instrumented files can be imported by name from ES modules.
 *
 * @returns takes the hooks back
 */
export function hookCommonJs(loaders: Loaders): () => void {
  const internals = Module as unknown as Internals;
  const undo = [
    hookCompile(internals, loaders),
    hookTypeScript(internals, loaders),
    hookResolve(internals, loaders),
  ];
  return () => {
    for (const one of undo) one();
  };
}

function hookCompile({ prototype }: Internals, loaders: Loaders): () => void {
  const compile = prototype._compile;
  prototype._compile = function (code, filename, format) {
    const known: Format = format === 'commonjs' || format === 'module' ? format : undefined;
    const compiled = loaders.wants(filename) ? loaders.compile(code, filename, known) : code;
    return compile.call(this, compiled, filename, format);
  };
  return () => {
    prototype._compile = compile;
  };
}

/** A TypeScript file takes the module system of whoever loads it; here that is CommonJS. */
function hookTypeScript({ _extensions }: Internals, loaders: Loaders): () => void {
  const before = TYPESCRIPT.map((extension) => [extension, _extensions[extension]] as const);
  for (const [extension, original] of before) {
    _extensions[extension] = (module, filename) => {
      if (!loaders.enabled) return (original ?? _extensions['.js']!)(module, filename);
      (module as Compiler)._compile(readFileSync(filename, 'utf8'), filename, 'commonjs');
    };
  }
  return () => {
    for (const [extension, original] of before) {
      if (original) _extensions[extension] = original;
      else delete _extensions[extension];
    }
  };
}

function hookResolve(internals: Internals, loaders: Loaders): () => void {
  const resolve = internals._resolveFilename;
  const here = fileURLToPath(import.meta.url);
  const own = createRequire(here);
  internals._resolveFilename = function (request, parent, ...rest) {
    if (!loaders.enabled || parent?.filename === here) return resolve.call(this, request, parent, ...rest);
    // This comes back here, with ourselves as the parent.
    if (isOurs(request)) return own.resolve(request);
    try {
      return resolve.call(this, request, parent, ...rest);
    } catch (error) {
      for (const candidate of sourceCandidates(request, parent?.filename ?? undefined)) {
        try {
          return resolve.call(this, candidate, parent, ...rest);
        } catch {
          // The next one may be there; if none is, the first error says what was asked for.
        }
      }
      throw error;
    }
  };
  return () => {
    internals._resolveFilename = resolve;
  };
}
