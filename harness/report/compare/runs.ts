import type { CoverageRecord, RecordedFile } from './record.ts';

/** Lines of code one behind the other, with nothing between them that is no code or does not belong to them. */
export interface Run {
  /** First and last. */
  start: number;
  end: number;
  /** Where its first line is in the other revision, if it is there and elsewhere. */
  other?: number;
  /** How many of its lines have code. */
  lines: number;
  /** Inputs that reach them: those that reach most of them first. */
  inputs: RunInput[];
}

export interface RunInput {
  name: string;
  size: number;
  /** Whether the corpus of the other record has it too. */
  inOther: boolean;
}

/** How many inputs of a run are named. */
const NAMED = 3;

/**
 * @param isOne whether the line at an index belongs to a run
 * @param otherLine the same line of the other revision, or 0
 * @param record whose file it is
 * @param isInOther whether an input is in the other corpus, by its id
 */
export function runsOf(
  { lines }: RecordedFile,
  isOne: (index: number) => boolean,
  otherLine: (line: number) => number,
  { inputs }: CoverageRecord,
  isInOther: (id: string) => boolean,
): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < lines.line.length; i++) {
    if (!isOne(i)) continue;
    const first = i;
    while (i + 1 < lines.line.length && isOne(i + 1)) i++;
    const [start, end] = [lines.line[first]!, lines.line[i]!];
    const other = otherLine(start);
    const named = mostUseful(lines.smallest.slice(first, i + 1)).map((input) => ({
      name: inputs.names[input]!,
      size: inputs.sizes[input]!,
      inOther: isInOther(inputs.ids[input]!),
    }));
    const elsewhere = other !== 0 && other !== start;
    runs.push({ start, end, ...(elsewhere && { other }), lines: i + 1 - first, inputs: named });
  }
  return runs;
}

/** Those that reach most of the lines, of equal ones the smallest, by their index. */
export function mostUseful(lists: readonly (readonly number[])[]): number[] {
  const reached = new Map<number, number>();
  for (const list of lists) for (const input of list) reached.set(input, (reached.get(input) ?? 0) + 1);
  return [...reached]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, NAMED)
    .map(([input]) => input);
}
