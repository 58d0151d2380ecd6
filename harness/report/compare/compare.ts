import { type FilePair, pairsOf, pathOf, type SameLines, sameLines } from './files.ts';
import type { CoverageRecord, RecordedFile } from './record.ts';
import { type Run, runsOf } from './runs.ts';

export interface Comparison {
  /** A line, function or branch of both that was covered no longer is. */
  fell: boolean;
  old: CoverageRecord['totals'];
  new: CoverageRecord['totals'];
  /** Those of which there is anything to say, by path. */
  files: FileComparison[];
}

export interface FileComparison {
  path: string;
  /** Where it was, if it has moved. */
  oldPath?: string;
  /** Runs of lines: of the new revision, but for `lost` and `removed`. */
  gained: Run[];
  lost: Run[];
  /** Lines that the old revision does not have. */
  newCovered: Run[];
  newUncovered: Run[];
  /** Lines that the new revision does not have, and how many of them were covered. */
  removed: { lines: number; covered: number };
  functions: { gained: NamedLine[]; lost: NamedLine[] };
  /** Arms of branches, by the place of the branch. */
  branches: { gained: Arm[]; lost: Arm[] };
}

export interface NamedLine {
  name: string;
  line: number;
}

export interface Arm {
  type: string;
  line: number;
  column: number;
  /** Counted from 0. */
  arm: number;
}

/** What was gained and lost from one record to another. */
export function compare(old: CoverageRecord, now: CoverageRecord): Comparison {
  const files = pairsOf(old, now)
    .map((pair) => compareFile(pair, old, now))
    .filter(isDifferent);
  return { fell: files.some(hasFallen), old: old.totals, new: now.totals, files };
}

const hasFallen = ({ lost, functions, branches }: FileComparison): boolean =>
  lost.length > 0 || functions.lost.length > 0 || branches.lost.length > 0;

const isDifferent = (file: FileComparison): boolean =>
  hasFallen(file) ||
  file.removed.lines > 0 ||
  [file.gained, file.newCovered, file.newUncovered, file.functions.gained, file.branches.gained].some(
    ({ length }) => length > 0,
  );

const NOTHING: RecordedFile = {
  path: '',
  text: null,
  lines: { line: [], hits: [], smallest: [] },
  functions: { name: [], line: [], calls: [], smallest: [] },
  branches: { type: [], line: [], column: [], arm: [], hits: [] },
};

function compareFile(pair: FilePair, old: CoverageRecord, now: CoverageRecord): FileComparison {
  const same = sameLines(pair);
  const was = new Side(pair.old ?? NOTHING, old, now, same.toNew);
  const is = new Side(pair.new ?? NOTHING, now, old, same.toOld);
  const moved = pair.old !== undefined && pair.new !== undefined && pair.old.path !== pair.new.path;
  return {
    path: pathOf(pair),
    ...(moved && { oldPath: pair.old!.path }),
    gained: is.linesOver(was),
    lost: was.linesOver(is),
    newCovered: is.linesWithout(was, true),
    newUncovered: is.linesWithout(was, false),
    removed: was.countWithout(is),
    functions: { gained: is.functionsOver(was), lost: was.functionsOver(is) },
    branches: { gained: is.branchesOver(was), lost: was.branchesOver(is) },
  };
}

/** One of the two: what it reaches that the other has too, and does not reach. So both directions are the same code. */
class Side {
  readonly #file: RecordedFile;
  readonly #record: CoverageRecord;
  readonly #otherLine: SameLines['toNew'];
  readonly #isInOther: (id: string) => boolean;
  /** Hits by what is counted, on its own lines. */
  readonly #lines: ReadonlyMap<number, number>;
  readonly #functions: ReadonlyMap<string, number>;
  readonly #branches: ReadonlyMap<string, number>;

  constructor(
    file: RecordedFile,
    record: CoverageRecord,
    other: CoverageRecord,
    otherLine: SameLines['toNew'],
  ) {
    this.#file = file;
    this.#record = record;
    this.#otherLine = otherLine;
    this.#isInOther = memberOf(other);
    const { lines, functions, branches } = file;
    this.#lines = new Map(lines.line.map((line, i) => [line, lines.hits[i]!]));
    this.#functions = mostHits(
      functionKeys(functions, (line) => line),
      functions.calls,
    );
    this.#branches = mostHits(
      branchKeys(branches, (line) => line),
      branches.hits,
    );
  }

  linesOver(other: Side): Run[] {
    const { line, hits } = this.#file.lines;
    return this.#runs((i) => hits[i]! > 0 && other.#lines.get(this.#otherLine(line[i]!)) === 0);
  }

  /** Lines that the other does not have, or that have no code there. */
  linesWithout(other: Side, covered: boolean): Run[] {
    const { hits } = this.#file.lines;
    return this.#runs((i) => hits[i]! > 0 === covered && this.#isOwn(other, i));
  }

  countWithout(other: Side): FileComparison['removed'] {
    const { line, hits } = this.#file.lines;
    const own = [...line.keys()].filter((i) => this.#isOwn(other, i));
    return { lines: own.length, covered: own.filter((i) => hits[i]! > 0).length };
  }

  functionsOver(other: Side): NamedLine[] {
    const { functions } = this.#file;
    return functionKeys(functions, this.#otherLine).flatMap((key, i) =>
      functions.calls[i]! > 0 && other.#functions.get(key) === 0
        ? [{ name: functions.name[i]!, line: functions.line[i]! }]
        : [],
    );
  }

  branchesOver(other: Side): Arm[] {
    const { type, line, column, arm, hits } = this.#file.branches;
    return branchKeys(this.#file.branches, this.#otherLine).flatMap((key, i) =>
      hits[i]! > 0 && other.#branches.get(key) === 0
        ? [{ type: type[i]!, line: line[i]!, column: column[i]!, arm: arm[i]! }]
        : [],
    );
  }

  #isOwn(other: Side, i: number): boolean {
    return !other.#lines.has(this.#otherLine(this.#file.lines.line[i]!));
  }

  #runs(isOne: (index: number) => boolean): Run[] {
    return runsOf(this.#file, isOne, this.#otherLine, this.#record, this.#isInOther);
  }
}

const members = new WeakMap<CoverageRecord, Set<string>>();

function memberOf(record: CoverageRecord): (id: string) => boolean {
  const ids = members.get(record) ?? new Set(record.inputs.ids);
  members.set(record, ids);
  return (id) => ids.has(id);
}

/** Functions of one name on one line are told apart by their order. */
function functionKeys({ name, line }: RecordedFile['functions'], lineOf: (line: number) => number): string[] {
  const seen = new Map<string, number>();
  return name.map((one, i) => {
    const at = `${lineOf(line[i]!)} ${one}`;
    const number = seen.get(at) ?? 0;
    seen.set(at, number + 1);
    return `${number} ${at}`;
  });
}

const branchKeys = (
  { type, line, column, arm }: RecordedFile['branches'],
  lineOf: (line: number) => number,
): string[] => type.map((one, i) => `${lineOf(line[i]!)}:${column[i]} ${arm[i]} ${one}`);

/** Several pieces of loaded code can stand for one of a person's. */
function mostHits(keys: readonly string[], hits: readonly number[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const [i, key] of keys.entries()) most.set(key, Math.max(most.get(key) ?? 0, hits[i]!));
  return most;
}
