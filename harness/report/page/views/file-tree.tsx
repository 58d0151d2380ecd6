import { useMemo } from 'preact/hooks';
import { type Entry, type FileOrder, folders, sorted } from '../base/folders.ts';
import { go } from '../base/history.ts';
import { useReport } from '../base/report.ts';
import { toFile } from '../base/routes.ts';
import { Tree, type TreeRow } from '../parts/tree.tsx';
import { Few, Header, Name, Numbers } from './file-cells.tsx';
import type { Unfolded } from './unfolded.ts';

interface Row extends TreeRow {
  entry: Entry;
}

interface FileTreeProps {
  order: FileOrder;
  filter: string;
  /** With names and bars only, beside a file. */
  narrow?: boolean;
  /** Path of the file that is shown. */
  current?: string;
  unfolded: Unfolded;
}

/** All files, in their folders. */
export function FileTree({ order, filter, narrow = false, current, unfolded }: FileTreeProps) {
  const { index } = useReport();
  const entries = useMemo(() => folders(matching(index.files, filter)), [index, filter]);
  const { isUnfolded, toggle } = unfolded;
  // A file that is shown is unfolded; a filter unfolds what it finds.
  const open = (path: string) =>
    filter !== '' || isUnfolded(path) || (narrow && (current?.startsWith(path) ?? false));
  const rows: Row[] = [];
  flatten(entries, 1, order, open, rows);
  const at =
    current === undefined
      ? undefined
      : rows.findIndex(({ entry }) => entry.file !== undefined && entry.path === current);
  return (
    <>
      <Tree<Row>
        label="Files"
        role="treegrid"
        class={narrow ? 'files narrow' : 'files'}
        rows={rows}
        rowHeight={narrow ? 26 : 28}
        memory={narrow ? 'tree' : 'files'}
        current={at}
        header={narrow ? undefined : <Header />}
        onToggle={({ entry }) => toggle(entry.path)}
        onOpen={({ entry }) => (entry.file === undefined ? toggle(entry.path) : go(toFile(entry.path)))}
        row={({ entry, expanded }) => (
          <>
            <Name entry={entry} expanded={expanded} />
            {narrow ? <Few entry={entry} /> : <Numbers entry={entry} />}
          </>
        )}
      />
      {rows.length === 0 && <p class="empty">No file is called so.</p>}
    </>
  );
}

function matching<T extends { path: string }>(files: readonly T[], filter: string): T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)));
}

function flatten(
  entries: readonly Entry[],
  level: number,
  order: FileOrder,
  open: (path: string) => boolean,
  into: Row[],
): void {
  for (const [at, entry] of sorted(entries, order).entries()) {
    const expanded = entry.file === undefined ? open(entry.path) : undefined;
    into.push({ entry, level, expanded, position: at + 1, siblings: entries.length });
    if (expanded) flatten(entry.children, level + 1, order, open, into);
  }
}
