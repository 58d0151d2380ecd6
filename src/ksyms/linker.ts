import { DeviceError } from '../abi/errno.ts';
import type { FunctionSymbol, KernelModule, Literals } from '../abi/module.ts';
import { KERNBASE, KERNEL_TEXT_SIZE } from '../abi/text.ts';
import { type SymbolTable, symbolTable } from './symbol-table.ts';

/** The kernel linker: which files are loaded, and their symbols. */

export interface LinkerFile {
  /** 1 is the kernel; modules count up in the order of loading. */
  id: number;
  filename: string;
  /** How often it is loaded. */
  refs: number;
  address: bigint;
  /** Bytes of text. */
  size: number;
  /** LINKER_SYMTAB_GET and LINKER_STRTAB_GET. */
  table(): SymbolTable;
}

/** What kldstat(2) tells of a file: `address` and `size`, in bytes, are of its text. */
export type KldStat = Pick<LinkerFile, 'id' | 'filename' | 'refs' | 'address' | 'size'>;

interface Module extends LinkerFile {
  /** First byte, from KERNBASE: each load is compared with all before it, and numbers are cheaper than addresses. */
  base: number;
  rest: string;
}

/** What `kldload` takes. */
export type KldModule = readonly [filename: string, base: number, size: number, rest: string];

/** The kernel's own symbols: the callbacks, in slots of 16 bytes. */
const CALLBACKS = [
  '__sanitizer_cov_trace_pc',
  ...[1, 2, 4, 8].map((width) => `__sanitizer_cov_trace_cmp${width}`),
  ...[1, 2, 4, 8].map((width) => `__sanitizer_cov_trace_const_cmp${width}`),
  '__sanitizer_cov_trace_switch',
];
const SLOT = 16;

const kernel: LinkerFile = {
  id: 1,
  filename: 'kernel',
  refs: 1,
  address: KERNBASE,
  size: KERNEL_TEXT_SIZE,
  table: once(() =>
    symbolTable(
      'kernel',
      '',
      CALLBACKS.map((name, i): FunctionSymbol => ({ name, offset: i * SLOT, size: SLOT })),
      KERNBASE,
      1,
    ),
  ),
};

const modules: Module[] = [];
let lastId = kernel.id;

/** What is loading is on the way to running, so its tables are built when somebody asks for them. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Loads a module; the same one again counts its references up.
 *
 * @param base first byte of text, from KERNBASE
 * @param rest what else a KernelModule has, in JSON
 */
export function kldload(filename: string, base: number, size: number, rest: string): void {
  const same = modules.find((file) => file.base === base && file.size === size && file.rest === rest);
  if (same !== undefined) {
    same.refs++;
    return;
  }
  const other = modules.find((file) => base < file.base + file.size && file.base < base + size);
  if (other !== undefined) {
    process.emitWarning(
      `${filename} and ${other.filename} share addresses by chance: their coverage cannot be told apart; exclude one of them`,
      'KcovWarning',
    );
  }
  const table = once(() => {
    const { symbols, lines } = JSON.parse(rest) as Pick<KernelModule, 'symbols' | 'lines'>;
    return symbolTable(filename, lines, symbols, 0n);
  });
  modules.push({
    id: ++lastId,
    filename,
    refs: 1,
    address: KERNBASE + BigInt(base),
    size,
    base,
    rest,
    table,
  });
}

/** Gives the modules that were loaded elsewhere since it was last asked. */
let feed: () => Iterable<KldModule> = () => [];

/** Has modules of other threads, which share this kernel's text, loaded before anybody looks at the list. */
export function kldfeed(loadedElsewhere: () => Iterable<KldModule>): void {
  feed = loadedElsewhere;
}

function files(): LinkerFile[] {
  receive();
  return [kernel, ...modules];
}

function receive(): void {
  for (const module of feed()) kldload(...module);
}

/** What `kldload` was given of all modules with a higher id; and the highest id that there is. */
export function kldsince(id: number): { lastId: number; modules: KldModule[] } {
  receive();
  const fresh = lastId > id ? modules.filter((file) => file.id > id) : [];
  return { lastId, modules: fresh.map(({ filename, base, size, rest }) => [filename, base, size, rest]) };
}

/**
 * Takes a reference back, and with the last one the file: snapshots that are taken from then on do not have it.
 *
 * @throws {DeviceError} ENOENT where no file has this id; EBUSY for the kernel, which is not a user's to unload
 * @see FreeBSD kern_linker.c, kern_kldunload
 */
export function kldunload(id: number): void {
  if (id === kernel.id) throw new DeviceError('EBUSY', 'kldunload', 'the kernel stays');
  const index = modules.findIndex((file) => file.id === id);
  if (index === -1) throw new DeviceError('ENOENT', 'kldunload', `no file has the id ${id}`);
  modules[index]!.refs--;
  if (modules[index]!.refs === 0) modules.splice(index, 1);
}

/**
 * @param filename as `kldstat` tells it
 * @returns the file's id; of several by this name the first that was loaded
 * @throws {DeviceError} ENOENT
 * @see FreeBSD kern_linker.c, sys_kldfind
 */
export function kldfind(filename: string): number {
  const found = files().find((file) => file.filename === filename);
  if (found === undefined) throw new DeviceError('ENOENT', 'kldfind', filename);
  return found.id;
}

/** Calls `fn` for each file, the kernel first, until it answers with something but 0. */
export function linker_file_foreach(fn: (file: LinkerFile) => number): number {
  for (const file of files()) {
    const error = fn(file);
    if (error !== 0) return error;
  }
  return 0;
}

/** What kldnext(2) and kldstat(2) tell of all files, one after the other. */
export function kldstat(): KldStat[] {
  return files().map(({ id, filename, refs, address, size }) => ({
    id,
    filename,
    refs,
    address,
    size,
  }));
}

/**
 * The words of all files, each once: what a fuzzer's dictionary begins with. They stay text until somebody asks.
 */
export function kldliterals(): { strings: string[]; numbers: number[] } {
  const strings = new Set<string>();
  const numbers = new Set<number>();
  receive();
  for (const { rest } of modules) {
    const found = JSON.parse(rest) as Partial<Literals>;
    for (const text of found.literals ?? []) strings.add(text);
    for (const number of found.numbers ?? []) numbers.add(number);
  }
  return { strings: [...strings], numbers: [...numbers] };
}
