import { DeviceError } from '../src/abi/errno.ts';
import {
  CMP_ARG1,
  CMP_ARG2,
  CMP_PC,
  CMP_TYPE,
  CMP_WORDS,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_CMP_CONST,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  type Section,
} from '../src/abi/kcov.ts';
import { boot } from '../src/boot.ts';
import { lwpCreate } from '../src/user.ts';
import { Descriptor } from './kcov/descriptor.ts';
import { Remotes } from './kcov/remotes.ts';

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
  /** Gather what the run caused in remote sections too, as `remotes`. */
  remote?: boolean;
}

export interface RecordOptions extends CollectOptions {
  /** The buffer for who records often, and keeps it: a fresh one has 2 MB to clear. */
  descriptor?: Descriptor;
  /** Each PC stands in the buffer once; slower. Not in remote sections. */
  unique?: boolean;
}

/** What a run caused in a remote section. */
export interface CollectedRemote extends Section {
  pcs?: bigint[];
  cmps?: Comparison[];
  overflowed: boolean;
}

interface Collected<R> {
  /** The buffer was full: what came later is lost. */
  overflowed: boolean;
  result: R;
  /** Sections that were traced for this run, where `remote` was asked for. */
  remotes?: CollectedRemote[];
}
export type CollectedPcs<R> = Collected<R> & { pcs: bigint[] };
export type CollectedCmps<R> = Collected<R> & { cmps: Comparison[] };

/** What was traced into one buffer. */
export interface Trace {
  words: BigUint64Array;
  /** Entries that the buffer can hold besides the count. */
  limit: number;
}

/** What ran, also where it ended in an error. */
export interface Recording extends Trace {
  /** What it caused in remote sections, where that was asked for. */
  remotes: (Section & Trace)[];
}

const traceOf = ({ words, limit }: Descriptor): Trace => ({
  words: new BigUint64Array(words.buffer, words.byteOffset, words.length / 2),
  limit,
});

/**
 * Runs `fn` as an LWP of its own, on a descriptor of its own, and hands over the buffer, whether `fn` returns,
 * throws or is still to settle.
 */
export function record<R, T>(
  fn: () => R,
  { mode = 'pc', entries = KCOV_BUF_MAX_ENTRIES, remote = false, descriptor, unique = false }: RecordOptions,
  finish: (recording: Recording, outcome: { result: Awaited<R> } | { error: unknown }) => T,
): T | Promise<T> {
  // A new LWP would not be refused, but the caller's own trace would lack what runs here.
  if (boot().cpu.curlwp.l_kcov !== null)
    throw new DeviceError('EBUSY', 'ioctl', 'the caller is traced already');
  const words = mode === 'pc' ? KCOV_MODE_TRACE_PC : KCOV_MODE_TRACE_CMP;
  const own = descriptor ?? new Descriptor(entries);
  own.reset();
  const remotes = remote ? new Remotes({ newborn: true }) : null;
  remotes?.enable(words);
  const end = (outcome: { result: Awaited<R> } | { error: unknown }): T => {
    const traced = remotes?.disable() ?? [];
    const recording: Recording = {
      ...traceOf(own),
      remotes: traced.map(({ subsystem, id, descriptor }) => ({ subsystem, id, ...traceOf(descriptor) })),
    };
    if (own !== descriptor) own.close();
    remotes?.close();
    return finish(recording, outcome);
  };
  let result: R;
  try {
    result = lwpCreate(() => {
      if (unique) own.enableUnique();
      else own.enable(words);
      return fn();
    });
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
export function pcsOf({ words }: Trace): bigint[] {
  return Array.from(words.subarray(1, Number(words[0]) + 1));
}

/** The comparisons of a recording. */
export function cmpsOf({ words }: Trace): Comparison[] {
  return Array.from({ length: Number(words[0]) }, (_, i) => {
    const [type, arg1, arg2, pc] = [CMP_TYPE, CMP_ARG1, CMP_ARG2, CMP_PC].map(
      (field) => words[i * CMP_WORDS + 1 + field]!,
    );
    const size = (1 << (Number(type) >> 1)) as Comparison['size'];
    return { size, constant: (Number(type) & KCOV_CMP_CONST) !== 0, arg1: arg1!, arg2: arg2!, pc: pc! };
  });
}

/** Whether a PC recording may lack what came last. */
export const overflowed = ({ words, limit }: Trace, mode: 'pc' | 'cmp' = 'pc'): boolean =>
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
  const traced = (trace: Trace) => ({
    ...(mode === 'pc' ? { pcs: pcsOf(trace) } : { cmps: cmpsOf(trace) }),
    overflowed: overflowed(trace, mode),
  });
  return record(fn, options, (recording, outcome) => {
    if ('error' in outcome) throw outcome.error;
    const remotes = recording.remotes.map(({ subsystem, id, ...trace }) => ({
      subsystem,
      id,
      ...traced(trace),
    }));
    return { ...traced(recording), result: outcome.result, ...(options.remote ? { remotes } : {}) };
  });
}
