import {
  CMP_ARG1,
  CMP_ARG2,
  CMP_PC,
  CMP_TYPE,
  CMP_WORDS,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_CMP_CONST,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../src/abi/kcov.ts';
import { MAP_SHARED, PROT_READ, PROT_WRITE } from '../src/abi/mman.ts';
import { close, ioctl, mmap, open } from '../src/user.ts';

/** One traced comparison. Operands are the words of the buffer: unsigned, of `size` bytes. */
export interface Comparison {
  size: 1 | 2 | 4 | 8;
  /** Whether `arg1` is a literal of the source. */
  constant: boolean;
  arg1: bigint;
  arg2: bigint;
  pc: bigint;
}

export interface CollectOptions {
  mode?: 'pc' | 'cmp';
  /** Size of the buffer in entries, the count included; the largest by default. */
  entries?: number;
}

interface Collected<R> {
  /** The buffer was full: what came later is lost. */
  overflowed: boolean;
  result: R;
}
export type CollectedPcs<R> = Collected<R> & { pcs: bigint[] };
export type CollectedCmps<R> = Collected<R> & { cmps: Comparison[] };

/** What ran, also where it ended in an error. */
export interface Recording {
  words: BigUint64Array;
  /** Entries that the buffer can hold besides the count. */
  limit: number;
}

/**
 * Runs `fn` on a descriptor of its own and hands over the buffer, whether `fn` returns, throws or is still to
 * settle.
 */
export function record<R, T>(
  fn: () => R,
  { mode = 'pc', entries = KCOV_BUF_MAX_ENTRIES }: CollectOptions,
  finish: (recording: Recording, outcome: { result: Awaited<R> } | { error: unknown }) => T,
): T | Promise<T> {
  const fd = open('/dev/kcov');
  let words: BigUint64Array;
  try {
    ioctl(fd, KCOV_IOC_SETBUFSIZE, entries);
    const area = mmap(entries * KCOV_ENTRY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    words = new BigUint64Array(area.buffer, area.byteOffset, entries);
    ioctl(fd, KCOV_IOC_ENABLE, mode === 'pc' ? KCOV_MODE_TRACE_PC : KCOV_MODE_TRACE_CMP);
  } catch (error) {
    close(fd);
    throw error;
  }
  const end = (outcome: { result: Awaited<R> } | { error: unknown }): T => {
    ioctl(fd, KCOV_IOC_DISABLE);
    close(fd);
    return finish({ words, limit: entries - 1 }, outcome);
  };
  let result: R;
  try {
    result = fn();
  } catch (error) {
    return end({ error });
  }
  if (!isThenable(result)) return end({ result: result as Awaited<R> });
  return Promise.resolve(result).then(
    (value) => end({ result: value as Awaited<R> }),
    (error: unknown) => end({ error }),
  );
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/** The PCs of a recording, in the order in which they were reached. */
export function pcsOf({ words }: Recording): bigint[] {
  return Array.from(words.subarray(1, Number(words[0]) + 1));
}

/** The comparisons of a recording. */
export function cmpsOf({ words }: Recording): Comparison[] {
  return Array.from({ length: Number(words[0]) }, (_, i) => {
    const [type, arg1, arg2, pc] = [CMP_TYPE, CMP_ARG1, CMP_ARG2, CMP_PC].map(
      (field) => words[i * CMP_WORDS + 1 + field]!,
    );
    const size = (1 << (Number(type) >> 1)) as Comparison['size'];
    return { size, constant: (Number(type) & KCOV_CMP_CONST) !== 0, arg1: arg1!, arg2: arg2!, pc: pc! };
  });
}

/** Whether a PC recording may lack what came last. */
export const overflowed = ({ words, limit }: Recording, mode: 'pc' | 'cmp' = 'pc'): boolean =>
  mode === 'pc' ? Number(words[0]) >= limit : Number(words[0]) * CMP_WORDS + CMP_WORDS > limit;

/**
 * Runs `fn` and tells what it did: the PCs that it reached, or the comparisons that it made.
 *
 * @returns a promise where `fn` returns one
 * @throws what `fn` throws; EBUSY where the caller is being traced already
 */
export function collect<R>(
  fn: () => Promise<R>,
  options: CollectOptions & { mode: 'cmp' },
): Promise<CollectedCmps<R>>;
export function collect<R>(fn: () => R, options: CollectOptions & { mode: 'cmp' }): CollectedCmps<R>;
export function collect<R>(fn: () => Promise<R>, options?: CollectOptions): Promise<CollectedPcs<R>>;
export function collect<R>(fn: () => R, options?: CollectOptions): CollectedPcs<R>;
export function collect(fn: () => unknown, options: CollectOptions = {}): unknown {
  const mode = options.mode ?? 'pc';
  return record(fn, options, (recording, outcome) => {
    if ('error' in outcome) throw outcome.error;
    const common = { overflowed: overflowed(recording, mode), result: outcome.result };
    return mode === 'pc' ? { pcs: pcsOf(recording), ...common } : { cmps: cmpsOf(recording), ...common };
  });
}
