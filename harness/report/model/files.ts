import { readFileSync } from 'node:fs';
import type { CoverageMap, FileCoverage } from 'istanbul-lib-coverage';
import type { Count, FileSummary, Totals } from '../page/data.ts';
import { Originals } from './originals.ts';
import { type Part, partsOf } from './parts.ts';
import type { Reach } from './reach.ts';
import type { Source } from './source.ts';

/** A file that a person wrote. */
export interface OriginalFile {
  path: string;
  coverage: FileCoverage;
  parts: readonly Part[];
  pcs: Count;
}

/** The files of the report, by path. */
export class OriginalFiles {
  readonly list: readonly OriginalFile[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #originals = new Map<Source, Originals>();

  constructor(sources: readonly Source[], coverage: CoverageMap, reach: Reach) {
    const parts = new Map<string, Part[]>();
    for (const source of sources) {
      const originals = new Originals(source);
      this.#originals.set(source, originals);
      for (const [path, part] of partsOf(source, originals)) {
        const known = parts.get(path);
        if (known === undefined) parts.set(path, [part]);
        else known.push(part);
      }
    }
    const paths = coverage.files().sort();
    this.list = paths.map((path) => {
      const own = parts.get(path) ?? [];
      return { path, coverage: coverage.fileCoverageFor(path), parts: own, pcs: pcsOf(own, reach) };
    });
    this.#indices = new Map(paths.map((path, i) => [path, i]));
  }

  originalsOf(source: Source): Originals {
    return this.#originals.get(source)!;
  }

  /** Undefined where the report does not have the file. */
  indexOf(path: string): number | undefined {
    return this.#indices.get(path);
  }
}

function pcsOf(parts: readonly Part[], reach: Reach): Count {
  let [covered, total] = [0, 0];
  for (const { source, blocks } of parts)
    for (const block of blocks) {
      total++;
      if (reach.hits(source, block) > 0) covered++;
    }
  return [covered, total];
}

/** As a person wrote it: what lies on the disk, or else what a map carries; null where neither is there. */
export function textOf({ path, parts }: OriginalFile): string | null {
  const loaded = parts.find(({ source }) => source.filename === path);
  if (loaded !== undefined) return loaded.source.code;
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    for (const { originals } of parts) {
      const text = originals.textOf(path);
      if (text !== null) return text;
    }
    return null;
  }
}

/** @param name the path as the page shows it */
export function summaryOf({ coverage, pcs }: OriginalFile, name: string): FileSummary {
  const { statements, branches, functions, lines } = coverage.toSummary().data;
  const count = ({ covered, total }: { covered: number; total: number }): Count => [covered, total];
  return {
    path: name,
    statements: count(statements),
    branches: count(branches),
    functions: count(functions),
    lines: count(lines),
    pcs,
  };
}

const KINDS = ['statements', 'branches', 'functions', 'lines', 'pcs'] as const satisfies (keyof Totals)[];

export function totalsOf(files: readonly Totals[]): Totals {
  const sum = (kind: keyof Totals): Count =>
    files.reduce<Count>(([covered, total], one) => [covered + one[kind][0], total + one[kind][1]], [0, 0]);
  return Object.fromEntries(KINDS.map((kind) => [kind, sum(kind)])) as unknown as Totals;
}
