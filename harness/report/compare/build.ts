import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { CoverageMap, FileCoverageData } from 'istanbul-lib-coverage';
import { inputName, readInput } from '../../inputs.ts';
import type { Measured } from '../measure/measured.ts';
import { fileDetail } from '../model/file-detail.ts';
import { type OriginalFile, OriginalFiles, summaryOf, totalsOf } from '../model/files.ts';
import { Reach } from '../model/reach.ts';
import type { Source } from '../model/source.ts';
import type { Totals } from '../page/data.ts';
import type { CoverageRecord, RecordedFile } from './record.ts';

export interface RecordContext {
  /** As it was named. */
  target: string;
  /** Its file. */
  path: string;
  made?: Date;
}

/**
 * What is kept of a report, so that a later one can be compared with it. Findings are left out, as they count nowhere.
 *
 * @param coverage of the same sources and hits
 */
export function recordOf(
  measured: Pick<Measured, 'inputs' | 'pcs'>,
  sources: readonly Source[],
  coverage: CoverageMap,
  { target, path, made = new Date() }: RecordContext,
): CoverageRecord {
  const reach = new Reach(measured.pcs);
  const { list } = new OriginalFiles(sources, coverage, reach);
  const root = packageFolder(path);
  const inputs = measured.inputs.filter(({ finding }) => finding === undefined);
  return {
    format: 'kcovjs record',
    version: 1,
    target,
    made: made.toISOString(),
    totals: mutable(totalsOf(list.map((file) => summaryOf(file, file.path)))),
    inputs: {
      names: inputs.map((input) => input.path),
      sizes: inputs.map(({ size }) => size),
      ids: inputs.map((input) => idOf(input.path)),
    },
    files: list.map((file) => recordedFile(file, shownPath(file.path, root), reach)),
  };
}

/** The folder of the target's package: two revisions may lie in different places. */
function packageFolder(path: string): string {
  const own = dirname(path);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return own;
  }
}

/** Addresses such as `webpack://` stay as they are. */
const shownPath = (path: string, root: string): string =>
  path.startsWith('/') ? relative(root, path).split(sep).join('/') : path;

const mutable = (totals: Totals): CoverageRecord['totals'] =>
  Object.fromEntries(
    Object.entries(totals).map(([kind, [covered, total]]) => [kind, [covered, total]]),
  ) as CoverageRecord['totals'];

/** Half of what libFuzzer would call the input. */
const idOf = (path: string): string => inputName(readInput(path).data).slice(0, 20);

function recordedFile(file: OriginalFile, path: string, reach: Reach): RecordedFile {
  const { text, lines, functions } = fileDetail(file, reach);
  return {
    path,
    text,
    lines: {
      line: lines.map(([line]) => line),
      hits: lines.map(([, , hits]) => hits),
      smallest: lines.map(([, , , , smallest]) => [...smallest]),
    },
    functions: {
      name: functions.map(({ name }) => name),
      line: functions.map(({ range }) => range[0]),
      calls: functions.map(({ calls }) => calls),
      smallest: functions.map(({ smallest }) => [...smallest]),
    },
    branches: branchesOf(file.coverage.data),
  };
}

function branchesOf({ branchMap, b }: FileCoverageData): RecordedFile['branches'] {
  const branches: RecordedFile['branches'] = { type: [], line: [], column: [], arm: [], hits: [] };
  for (const [id, { type, loc }] of Object.entries(branchMap))
    b[id]!.forEach((hits, arm) => {
      branches.type.push(type);
      branches.line.push(loc.start.line);
      branches.column.push(loc.start.column + 1);
      branches.arm.push(arm);
      branches.hits.push(hits);
    });
  return branches;
}
