import { compiler } from '#compiler';
import { KERNEL_GLOBAL } from '../abi/kernel.ts';
import { type Format, isTypeScript } from '../instrument/parse.ts';
import { moduleIdentity } from '../instrument/placement.ts';
import type { Coverage } from '../instrument/plugin.ts';
import { warn } from '../warn.ts';
import { cached } from './cached.ts';
import type { Addition } from './loader.ts';
import { readMapText } from './source-map.ts';

export interface TransformRequest {
  filename: string;
  format: Format;
  /** Whether the code is to be traced, or only made to run. */
  trace: boolean;
  /** What is traced; PCs and comparisons by default. */
  coverage?: readonly Coverage[];
  addition: Addition | null;
  /** Of code that others have made of a file: its map, to which they add that of the output. */
  chain?: { map: string };
}

const DEFAULT_COVERAGE: readonly Coverage[] = ['trace-pc', 'trace-cmp'];

/** Whether the code was instrumented before, here or ahead of time. */
const isInstrumented = (code: string): boolean => code.includes(`${KERNEL_GLOBAL}.kldload(`);

/**
 * Compiles one file as it loads, or takes what was compiled from the same before. Where that fails the file is
 * named in a warning and comes back as it was.
 *
 * @returns code that ends in a source map to the file that a person wrote
 */
export function transform(
  code: string,
  { filename, format, trace, coverage = DEFAULT_COVERAGE, addition, chain }: TransformRequest,
): string {
  const traced = trace && !isInstrumented(code);
  if (!traced && addition === null && !isTypeScript(filename)) return code;
  const map = chain?.map ?? mapText(code, filename);
  const chained = chain !== undefined;
  // All that the output depends on, besides the code and the compiler.
  const parts = [
    filename,
    moduleIdentity(filename),
    format,
    traced,
    map,
    addition?.key,
    ...(chained ? ['chained'] : []),
    ...(coverage === DEFAULT_COVERAGE ? [] : coverage),
  ];
  const key = addition?.key === null ? null : parts;
  try {
    return cached(key, code, () => {
      const plugins = addition?.plugins() ?? [];
      const output = compiler().compile(code, {
        filename,
        format,
        coverage: traced ? coverage : [],
        plugins,
        map,
        chained,
      });
      if (output.brokenMap === undefined) return { text: output.code, keep: true };
      warnOfMap(filename, output.brokenMap);
      return { text: output.code, keep: false };
    });
  } catch (error) {
    warn(`cannot instrument ${filename}: ${reason(error, filename)}; it runs as it is`);
    return code;
  }
}

/** The file's own source map, unless it has none that can be read. */
function mapText(code: string, filename: string): string | undefined {
  try {
    return readMapText(code, filename);
  } catch (error) {
    warnOfMap(filename, (error as Error).message);
    return undefined;
  }
}

const warnOfMap = (filename: string, what: string): void =>
  warn(`cannot read the source map of ${filename}: ${what}; its own lines are shown`);

/** Babel's message without the path, which stands before it already, and without its code frame. */
function reason(error: unknown, filename: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(`${filename}: `, '');
}
