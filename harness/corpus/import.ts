import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { UsageError } from '../usage.ts';
import { readEntry, ZipError, zipEntries } from './zip.ts';

/** What AFL++ has set aside is told apart: it crashed or hung some program, perhaps another one. */
export type ImportedKind = 'input' | 'crash' | 'hang';

/** One input of a corpus. Contents are not held, so that a corpus may be larger than memory. */
export interface Imported {
  /** Its path; in an archive `corpus.zip: name`. */
  readonly name: string;
  readonly kind: ImportedKind;
  /** @throws {UsageError} where it cannot be read, or is no longer there */
  read(): Uint8Array;
}

/** Paths are bytes: names of files need not be UTF-8. */
type Path = Buffer;

interface Walk {
  /** Folders on the way, so that links cannot lead around for ever. */
  readonly seen: Set<string>;
  readonly warn: (line: string) => void;
}

/** Bytes of an archive's entry: 16 times what libFuzzer reads of a file by itself. */
export const MAX_ENTRY = 1 << 24;

/**
 * The inputs that paths name, in the order of their names: single files, folders as libFuzzer has them, output
 * folders of AFL++, zip files as OSS-Fuzz keeps them, and folders that hold nothing but zip files. Hidden files and
 * folders of campaigns (`*.kcovjs`) are no inputs.
 *
 * @param warn takes a line for each archive and folder that cannot be read
 * @throws {UsageError} for a path where nothing is
 */
export function* importInputs(
  paths: readonly string[],
  warn: (line: string) => void,
): Generator<Imported, void> {
  for (const path of paths) {
    const stats = statOf(path);
    if (stats === undefined)
      throw new UsageError(`${path}: no such file or folder; give inputs, corpus folders or zip files`);
    const walk = { seen: new Set<string>(), warn };
    if (stats.isDirectory()) yield* named(Buffer.from(path), walk);
    else if (isZip(path)) yield* archive(path, warn);
    else yield file(Buffer.from(path), 'input');
  }
}

/** A folder that the caller named: only there zip files are archives, as they may be inputs themselves. */
function* named(folder: Path, walk: Walk): Generator<Imported, void> {
  const names = namesIn(folder, walk).map(String);
  if (names.length === 0 || !names.every(isZip)) return yield* folderInputs(folder, 'input', walk);
  walk.warn(`${folder}: holds only zip files, which are taken for archives of inputs`);
  for (const name of names) yield* archive(`${folder}/${name}`, walk.warn);
}

function* folderInputs(folder: Path, kind: ImportedKind, walk: Walk): Generator<Imported, void> {
  if (!enter(folder, walk)) return;
  const names = namesIn(folder, walk);
  const kindOf = aflKinds(names.map(String));
  for (const name of names) {
    const below = kindOf === null ? kind : kindOf(`${name}`);
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const stats = statOf(path);
    if (below === null || stats === undefined) continue;
    if (stats.isDirectory()) yield* folderInputs(path, below, walk);
    // What is neither, such as a pipe, might never end.
    else if (stats.isFile() && kindOf === null) yield file(path, below);
  }
}

/**
 * How an instance's folder of AFL++ is read, by what lies in it: `queue`, `crashes`, `hangs`, and those of earlier
 * runs, `crashes.<date>`; the rest is its own state. Null for another folder.
 */
function aflKinds(names: readonly string[]): ((name: string) => ImportedKind | null) | null {
  const has = (name: string): boolean => names.includes(name);
  if (!has('queue') || !['fuzzer_stats', 'fuzzer_setup', 'crashes'].some(has)) return null;
  return (name) => {
    if (name === 'queue') return 'input';
    return /^crashes(\.|$)/.test(name) ? 'crash' : /^hangs(\.|$)/.test(name) ? 'hang' : null;
  };
}

/** Names of what may be an input or hold some, sorted. */
function namesIn(folder: Path, { warn }: Walk): Buffer[] {
  try {
    const names = readdirSync(folder, 'buffer').sort(Buffer.compare);
    const isAfl = names.some((name) => /^id[:_]\d/.test(`${name}`));
    return names.filter((name) => !isOurs(`${name}`) && !(isAfl && `${name}` === 'README.txt'));
  } catch (error) {
    warn(`${folder}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    return [];
  }
}

const isOurs = (name: string): boolean => name.startsWith('.') || name.endsWith('.kcovjs');
const isZip = (name: string): boolean => /\.zip$/i.test(name);

function enter(folder: Path, { seen }: Walk): boolean {
  const { dev, ino } = statSync(folder, { bigint: true });
  const id = `${dev}:${ino}`;
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

function statOf(path: Path | string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined; // Such as a link that leads nowhere.
  }
}

function file(path: Path, kind: ImportedKind): Imported {
  const name = `${path}`;
  return { name, kind, read: () => orRefuse(name, () => readFileSync(path)) };
}

function* archive(path: string, warn: (line: string) => void): Generator<Imported, void> {
  try {
    for (const entry of zipEntries(path)) {
      const name = `${path}: ${entry.name}`;
      yield { name, kind: 'input', read: () => orRefuse(name, () => readEntry(path, entry, MAX_ENTRY)) };
    }
  } catch (error) {
    warn(reason(path, error));
  }
}

function orRefuse(name: string, read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch (error) {
    throw new UsageError(reason(name, error));
  }
}

const reason = (name: string, error: unknown): string =>
  `${name}: ${error instanceof ZipError ? error.message : `cannot be read: ${(error as NodeJS.ErrnoException).code}`}`;
