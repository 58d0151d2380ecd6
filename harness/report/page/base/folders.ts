import type { Count, FileSummary, Totals } from '../data.ts';

export const KINDS = ['statements', 'branches', 'functions', 'lines', 'pcs'] as const;

/** A folder or a file; folders with a single folder in them are one. */
export interface Entry extends Totals {
  /** From the entry above: `src/parts`. */
  name: string;
  /** From the root; unique among folders. */
  path: string;
  /** No folder. */
  file?: true;
  children: Entry[];
}

/** Folders in folders; what is deeper is the name of a file. Source maps may name any path. */
const DEEPEST = 60;

export type FileOrder = 'name' | 'uncovered' | 'percent';

/** The tree of all files, with the sums of what lies in folders. */
export function folders(files: readonly FileSummary[]): Entry[] {
  const root = folder('', '');
  const byPath = new Map([['', root]]);
  for (const file of files) {
    const segments = file.path.split('/');
    const parts = segments.slice(0, Math.min(segments.length - 1, DEEPEST));
    const name = segments.slice(parts.length).join('/');
    let above = root;
    for (const part of parts) above = below(above, part, byPath);
    above.children.push({ ...file, name, file: true, children: [] });
  }
  return joined(summed(root)).children;
}

function below(above: Entry, name: string, byPath: Map<string, Entry>): Entry {
  const path = `${above.path}${name}/`;
  const there = byPath.get(path);
  if (there) return there;
  const made = folder(name, path);
  byPath.set(path, made);
  above.children.push(made);
  return made;
}

const folder = (name: string, path: string): Entry => ({ name, path, children: [], ...zero() });
const zero = (): Totals => ({
  statements: [0, 0],
  branches: [0, 0],
  functions: [0, 0],
  lines: [0, 0],
  pcs: [0, 0],
});

function summed(entry: Entry): Entry {
  for (const child of entry.children) {
    if (child.file === undefined) summed(child);
    for (const kind of KINDS) entry[kind] = plus(entry[kind], child[kind]);
  }
  return entry;
}

const plus = (a: Count, b: Count): Count => [a[0] + b[0], a[1] + b[1]];

/** `a` with nothing but `b` in it becomes `a/b`. */
function joined(entry: Entry): Entry {
  const children = entry.children.map(joined);
  const [only] = children;
  if (entry.path !== '' && children.length === 1 && only!.file === undefined)
    return { ...only!, name: `${entry.name}/${only!.name}` };
  return { ...entry, children };
}

export function sorted(entries: readonly Entry[], order: FileOrder): Entry[] {
  const uncovered = ({ lines: [covered, total] }: Entry) => total - covered;
  const covered = ({ lines: [part, total] }: Entry) => (total ? part / total : 1);
  const byName = (a: Entry, b: Entry) =>
    Number(a.file !== undefined) - Number(b.file !== undefined) || (a.name < b.name ? -1 : 1);
  const compare = {
    name: byName,
    uncovered: (a: Entry, b: Entry) => uncovered(b) - uncovered(a) || byName(a, b),
    percent: (a: Entry, b: Entry) => covered(a) - covered(b) || byName(a, b),
  }[order];
  return [...entries].sort(compare);
}
