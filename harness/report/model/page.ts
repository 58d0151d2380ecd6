import { dirname, relative, sep } from 'node:path';
import type { CoverageMap } from 'istanbul-lib-coverage';
import type { CampaignPast, Measured } from '../measure/measured.ts';
import type { FunctionTable, PageIndex } from '../page/data.ts';
import type { Chunk } from './chunk.ts';
import { fileDetail } from './file-detail.ts';
import { OriginalFiles, summaryOf, textOf, totalsOf } from './files.ts';
import { findingsOf, seriesOf } from './findings.ts';
import { frontierOf } from './frontier.ts';
import { functionsOf } from './functions.ts';
import { detailChunks, detailedInputs, inputChunks, inputTotals } from './inputs.ts';
import { Reach } from './reach.ts';
import type { Source } from './source.ts';
import { TracedBlocks } from './traced-blocks.ts';

export interface PageContext {
  /** The target, as it was named. */
  target: string;
  /** Makes the report again. */
  command: string;
  /** Runs an input again, with the input's path behind it. */
  replay: string;
  made: Date;
  /** `kcovjs 0.1.0` */
  generator: string;
  /** Folder that paths are relative to; that of all files by default. */
  root?: string;
}

export interface Page {
  index: PageIndex;
  /** Made one after the other, as they are asked for. */
  chunks: Iterable<Chunk>;
  /** Of a file, by its index; null where it cannot be read. */
  textOf(file: number): string | null;
}

/**
 * What the page shows of a target.
 *
 * @param coverage of the same sources and hits: all totals but those of PCs are its own
 */
export function pageOf(
  measured: Measured,
  past: CampaignPast,
  context: PageContext,
  sources: readonly Source[],
  coverage: CoverageMap,
): Page {
  const reach = new Reach(measured.pcs);
  const files = new OriginalFiles(sources, coverage, reach);
  const index = indexOf(measured, past, context, sources, files, reach);
  return {
    index,
    chunks: chunksOf(measured, context, sources, files, reach),
    textOf: (file) => textOf(files.list[file]!),
  };
}

function indexOf(
  measured: Measured,
  past: CampaignPast,
  { target, command, made, generator, root }: PageContext,
  sources: readonly Source[],
  files: OriginalFiles,
  reach: Reach,
): PageIndex {
  const folder = root ?? commonFolder(files.list.map(({ path }) => path));
  const summaries = files.list.map((file) => summaryOf(file, shownPath(file.path, folder)));
  const { listed, doors } = frontierOf(sources, files, reach, measured.compares);
  return {
    version: 1,
    target,
    made: made.toISOString(),
    generator,
    command,
    root: folder,
    totals: totalsOf(summaries),
    files: summaries,
    frontier: listed,
    doors,
    findings: findingsOf(past.findings, measured.inputs, files),
    history: seriesOf(past.history),
    inputs: inputTotals(measured.inputs),
    detailed: detailedInputs(measured),
    notes: measured.notes,
  };
}

function* chunksOf(
  measured: Measured,
  { replay }: PageContext,
  sources: readonly Source[],
  files: OriginalFiles,
  reach: Reach,
): Generator<Chunk> {
  for (const [i, file] of files.list.entries()) yield { name: `file-${i}`, content: fileDetail(file, reach) };
  yield { name: 'functions', content: functionTable(files, reach) };
  yield* inputChunks(measured.inputs);
  yield* detailChunks(measured, new TracedBlocks(measured.elf, sources, files), replay);
}

function functionTable({ list }: OriginalFiles, reach: Reach): FunctionTable {
  const all = list.flatMap((file, i) => functionsOf(file, reach).map((one) => ({ ...one, file: i })));
  return {
    names: all.map(({ name }) => name),
    files: all.map(({ file }) => file),
    lines: all.map(({ range }) => range[0]),
    calls: all.map(({ calls }) => calls),
    pcs: all.map(({ pcs }) => pcs),
  };
}

/** The folder that all files are in. */
function commonFolder(paths: readonly string[]): string {
  const files = paths.filter((path) => path.startsWith('/'));
  let folder = files.length === 0 ? '/' : dirname(files[0]!);
  for (const path of files)
    while (!path.startsWith(folder === '/' ? '/' : `${folder}/`)) folder = dirname(folder);
  return folder;
}

/** Below the folder; elsewhere, and addresses such as `webpack://`, as they are. */
function shownPath(path: string, folder: string): string {
  if (!path.startsWith('/')) return path;
  const shown = relative(folder, path);
  return shown.startsWith('..') ? path : shown.split(sep).join('/');
}
