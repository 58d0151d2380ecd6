import { useMemo, useState } from 'preact/hooks';
import { type Entry, folders } from '../base/folders.ts';
import { useReport } from '../base/report.ts';

/** What is unfolded, for as long as the page is open: the tree stands in two views. */
const kept = { paths: undefined as ReadonlySet<string> | undefined };

export interface Unfolded {
  isUnfolded: (path: string) => boolean;
  toggle: (path: string) => void;
  /** All folders, or none. */
  unfoldAll: (all: boolean) => void;
}

/** Which folders are unfolded: at first all, where there are few files. */
export function useUnfolded(): Unfolded {
  const { index } = useReport();
  const entries = useMemo(() => folders(index.files), [index]);
  const [, redraw] = useState(0);
  const paths =
    kept.paths ?? new Set(index.files.length <= 150 ? allFolders(entries) : firstFolders(entries));
  kept.paths = paths;
  const set = (next: ReadonlySet<string>) => {
    kept.paths = next;
    redraw((n) => n + 1);
  };
  const toggle = (path: string) => {
    const next = new Set(paths);
    if (!next.delete(path)) next.add(path);
    set(next);
  };
  return {
    isUnfolded: (path) => paths.has(path),
    toggle,
    unfoldAll: (all) => set(new Set(all ? allFolders(entries) : [])),
  };
}

const allFolders = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (entry.file === undefined ? [entry.path, ...allFolders(entry.children)] : []));
const firstFolders = (entries: readonly Entry[]): string[] =>
  entries.length === 1 ? [entries[0]!.path, ...firstFolders(entries[0]!.children)] : [];
