import { setImmediate } from 'node:timers/promises';
import { KCOV_BUF_MAX_ENTRIES } from '../../src/abi/kcov.ts';
import { overflowed, type Recording, record, type Trace } from '../collect.ts';
import { Ending, type Endings } from '../engine/ending.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { isDetectorFinding } from '../engine/finding.ts';
import type { Reads } from '../engine/reads.ts';
import { type Outcome, type Running, startOnce } from '../engine/run-once.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { describeError } from '../symbolize/stack.ts';
import type { Executed } from './executed.ts';
import type { Fault } from './fault.ts';
import type { Run } from './messages.ts';

// A target may put others in their place.
const now = performance.now.bind(performance);
const { alloc } = Buffer;

/** How many times as long a run may take in which each PC is looked up: a loop that does nothing took 20. */
const SLOWER = 50;

type Traced = { outcome: Outcome } & Pick<Executed, 'pcs' | 'overflowed'>;

export interface RunnerParts {
  target: FuzzTarget;
  /** Milliseconds that a run may take. */
  timeout: number;
  /** What the target does to end the process, which is refused. */
  endings: Endings;
  reads: Reads;
  /** Puts polluted prototypes right. @returns whether all is as it was */
  mend: () => boolean;
}

/** Runs a target in this process, and tells what came of each run that the process survives. */
export class Runner {
  readonly #parts: RunnerParts;
  /** Whether what ran has left prototypes as they were; otherwise further runs would fail for it. */
  isSound = true;
  #running: Running | undefined;
  #descriptor: Descriptor | undefined;
  /** An error that reached nobody. */
  #stray: { error: unknown } | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async run(input: Uint8Array, { trace, decode }: Pick<Run, 'trace' | 'decode'>): Promise<Executed> {
    this.#listen();
    await setImmediate(); // What earlier runs left behind comes up before this one.
    this.#stray = undefined;
    const { reads } = this.#parts;
    if (decode) reads.begin();
    const start = now();
    const { outcome, ...traced } = trace ? await this.#traced(input) : await this.#untraced(input);
    await setImmediate(); // A rejection that nobody handles is known when all that was waiting has run.
    const milliseconds = now() - start;
    const fault = faultOf(outcome, this.#stray);
    if (fault?.kind === 'detector') this.isSound = this.#parts.mend();
    const decoded = decode ? { decoded: reads.end() } : {};
    return { fault, milliseconds, ...traced, ...decoded };
  }

  /** The target may have removed all listeners. */
  #listen(): void {
    if (!process.listeners('uncaughtException').includes(this.#uncaught))
      process.on('uncaughtException', this.#uncaught);
    if (!process.listeners('unhandledRejection').includes(this.#rejected))
      process.on('unhandledRejection', this.#rejected);
  }

  readonly #uncaught = (error: unknown): void => {
    this.#stray ??= { error };
    this.#running?.uncaught(error);
  };

  /** The reason as it is; as an uncaught error, Node would wrap what is no error. */
  readonly #rejected = (reason: unknown): void => {
    // With a listener of its own the target has handled it.
    if (process.listeners('unhandledRejection').length === 1) this.#uncaught(reason);
  };

  async #untraced(input: Uint8Array): Promise<Traced> {
    return { outcome: await this.#start(input), pcs: new Uint32Array(), overflowed: false };
  }

  /** What does not fit the buffer is run again, if there is time, with each PC in it once. */
  async #traced(input: Uint8Array): Promise<Traced> {
    const start = now();
    const first = await this.#record(input, false);
    const isWhole = !first.overflowed || first.outcome.kind === 'finding';
    return isWhole || (now() - start) * SLOWER > this.#parts.timeout ? first : this.#record(input, true);
  }

  async #record(input: Uint8Array, unique: boolean): Promise<Traced> {
    this.#descriptor ??= new Descriptor(KCOV_BUF_MAX_ENTRIES);
    const options = { remote: true, descriptor: this.#descriptor, unique };
    return record(() => this.#start(input), options, tracedOf);
  }

  #start(bytes: Uint8Array): Promise<Outcome> {
    const input = alloc(bytes.length); // The target may change it, keep it, or look at its memory.
    input.set(bytes);
    this.#running = startOnce(this.#parts.target, input, this.#parts.endings);
    return this.#running.outcome;
  }
}

function tracedOf(recording: Recording, result: { result: Outcome } | { error: unknown }): Traced {
  if ('error' in result) throw result.error;
  const traces: Trace[] = [recording, ...recording.remotes];
  return {
    outcome: result.result,
    pcs: distinct(traces),
    overflowed: traces.some((trace) => overflowed(trace)),
  };
}

/** The PCs of several buffers, each once, by their low halves. */
function distinct(traces: readonly Trace[]): Uint32Array {
  const seen = new Set<number>();
  for (const { words } of traces) {
    const halves = new Uint32Array(words.buffer, words.byteOffset, 2 * words.length);
    const end = 2 * halves[0]!;
    for (let i = 2; i <= end; i += 2) seen.add(halves[i]!);
  }
  return Uint32Array.from(seen);
}

function faultOf(outcome: Outcome, stray: { error: unknown } | undefined): Fault | null {
  if (outcome.kind === 'ok')
    return stray === undefined ? null : { kind: 'rejection', error: describeError(stray.error) };
  return { kind: kindOf(outcome.error, stray), error: describeError(outcome.error) };
}

function kindOf(error: unknown, stray: { error: unknown } | undefined): Fault['kind'] {
  if (error instanceof Ending) return error.kind;
  if (isDetectorFinding(error)) return 'detector';
  return stray !== undefined && (stray.error === error || !stray.error) ? 'rejection' : 'error';
}
