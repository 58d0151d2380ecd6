import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { SHT_DYNSYM } from '../../src/abi/elf.ts';
import { warn } from '../../src/warn.ts';
import { ElfSymbols } from '../symbolize/elf.ts';
import { loadCopy } from './copies.ts';
import { MACHINES } from './mutator-code.ts';
import { mutatorElf } from './mutator-elf.ts';

/**
 * libFuzzer takes its next input from LLVMFuzzerCustomMutator, where there is one. Ours gives it what JavaScript has
 * put into a box, and else lets libFuzzer mutate as it would by itself.
 *
 * The box, little endian: u32 length of the candidate that waits, 0 for none; u32 limit of libFuzzer's own
 * mutations; u64 address of LLVMFuzzerMutate; the candidate's bytes.
 */
const LENGTH = 0;
const LIMIT = 1;
const MUTATE = 1;
const CANDIDATE = 16;
const CAPACITY = 1 << 20;

const NO_LIMIT = 0xffffffff;

export class Mutator {
  readonly #words: Uint32Array;
  readonly #addresses: BigUint64Array;
  readonly #candidate: Uint8Array;

  /** @param box the memory that the native half reads */
  constructor(box: ArrayBuffer) {
    this.#words = new Uint32Array(box, 0, 2);
    this.#addresses = new BigUint64Array(box, 0, 2);
    this.#candidate = new Uint8Array(box, CANDIDATE);
    this.limit = NO_LIMIT;
  }

  /** Bytes that a candidate may have. */
  get capacity(): number {
    return this.#candidate.length;
  }

  /**
   * Makes this the next input that libFuzzer runs, instead of one that may wait already. One that is longer than
   * `-max_len` waits for good.
   *
   * @throws {RangeError} for an empty one, which libFuzzer does not take from a mutator, and for one that does not fit
   */
  offer(candidate: Uint8Array): void {
    if (candidate.length === 0 || candidate.length > this.capacity)
      throw new RangeError(`a candidate has 1 to ${this.capacity} bytes, not ${candidate.length}`);
    this.#candidate.set(candidate);
    this.#words[LENGTH] = candidate.length;
  }

  /** Whether a candidate waits; when it no longer does, it is the input that runs. */
  get pending(): boolean {
    return this.#words[LENGTH] !== 0;
  }

  /** Bytes to which libFuzzer's own mutations may lengthen an input; a longer one keeps its length. */
  set limit(bytes: number) {
    this.#words[LIMIT] = Math.min(Math.max(bytes, 1), NO_LIMIT);
  }

  /** Whether libFuzzer's own mutations are known. */
  get connected(): boolean {
    return this.#addresses[MUTATE] !== 0n;
  }

  /**
   * Tells the native half where libFuzzer's own mutations are. The addon is loaded for its users alone, so that
   * the dynamic linker cannot.
   *
   * @param addon the file that was loaded
   */
  connect(addon: string): void {
    this.#addresses[MUTATE] = baseAddress(addon) + mutateOffset(addon);
  }
}

/** Undefined before the first call. */
let loaded: Mutator | null | undefined;

/**
 * Our mutator, which libFuzzer finds if this was called before its addon was loaded: `loadAddon({ mutator: true })`
 * does that.
 *
 * @returns null where it cannot be had, which is said once
 */
export function loadMutator(): Mutator | null {
  if (loaded === undefined) loaded = load();
  return loaded;
}

function load(): Mutator | null {
  const machine = process.platform === 'linux' ? MACHINES[process.arch] : undefined;
  try {
    if (machine === undefined) throw new Error(`it is not there for ${process.platform}-${process.arch}`);
    const elf = mutatorElf(machine, CANDIDATE + CAPACITY);
    const hash = createHash('sha256').update(elf).digest('hex').slice(0, 32);
    return loadCopy(`mutator-${process.arch}-${hash}.node`, elf, open);
  } catch (error) {
    warn(`no mutator of our own: ${(error as Error).message}; libFuzzer goes without what it would offer`);
    return null;
  }
}

function open(path: string): Mutator {
  const module: { exports: unknown } = { exports: {} };
  // Global, so that the addon's weak symbol finds the function.
  process.dlopen(module as NodeJS.Module, path, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
  if (!(module.exports instanceof ArrayBuffer))
    throw new Error('this Node gives addons no memory of their own');
  return new Mutator(module.exports);
}

/** Where a loaded file begins in memory; another process may have put an equal one in its place since. */
function baseAddress(file: string): bigint {
  const path = realpathSync(file);
  const ends = [` ${path}`, ` ${path} (deleted)`];
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const mapping = maps.find((line) => ends.some((end) => line.endsWith(end)) && / 0{8} /.test(line));
  if (mapping === undefined) throw new Error(`${file} is not loaded`);
  return BigInt(`0x${mapping.split('-')[0]}`);
}

function mutateOffset(file: string): bigint {
  const symbols = new ElfSymbols(readFileSync(file), SHT_DYNSYM).symbols();
  for (const { name, value } of symbols) if (name === 'LLVMFuzzerMutate' && value !== 0n) return value;
  throw new Error(`${file} has no LLVMFuzzerMutate`);
}
