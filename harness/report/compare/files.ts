import { type Alignment, align } from './align.ts';
import type { CoverageRecord, RecordedFile } from './record.ts';

/** A file of either record, and the same one of the other, where there is one. */
export interface FilePair {
  old?: RecordedFile;
  new?: RecordedFile;
}

/** Pairs by path; of those that are left, a file with the same text is the same, moved. In the order of their paths. */
export function pairsOf(one: CoverageRecord, other: CoverageRecord): FilePair[] {
  const pairs = new Map<string, FilePair>(one.files.map((file) => [file.path, { old: file }]));
  const moved = new Map<string, RecordedFile[]>();
  for (const file of other.files) {
    const known = pairs.get(file.path);
    if (known !== undefined) known.new = file;
    else if (file.text === null) pairs.set(file.path, { new: file });
    else moved.set(file.text, [...(moved.get(file.text) ?? []), file]);
  }
  const left = [...pairs.values()].filter(({ old, new: now }) => old !== undefined && now === undefined);
  for (const list of moved.values()) list.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const pair of left.sort(byPath)) {
    const { text } = pair.old!;
    const now = text === null ? undefined : moved.get(text)?.shift();
    if (now !== undefined) pair.new = now;
  }
  const added = [...moved.values()].flat().map((file): FilePair => ({ new: file }));
  return [...pairs.values(), ...added].sort(byPath);
}

export const pathOf = ({ old, new: now }: FilePair): string => (now ?? old!).path;

const byPath = (a: FilePair, b: FilePair): number =>
  pathOf(a) < pathOf(b) ? -1 : Number(pathOf(a) > pathOf(b));

/** From lines of either file to those of the other that are the same; 0 where there is none. */
export interface SameLines {
  toNew(line: number): number;
  toOld(line: number): number;
}

export function sameLines({ old, new: now }: FilePair): SameLines {
  if (old === undefined || now === undefined) return { toNew: () => 0, toOld: () => 0 };
  // A text that nobody can read has not changed, as far as one knows.
  if (old.text === now.text) return { toNew: (line) => line, toOld: (line) => line };
  if (old.text === null || now.text === null) return { toNew: () => 0, toOld: () => 0 };
  const [toNew, toOld] = align(old.text, now.text);
  const through = (alignment: Alignment) => (line: number) => alignment[line] ?? 0;
  return { toNew: through(toNew), toOld: through(toOld) };
}
