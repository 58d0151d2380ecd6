import { setImmediate } from 'node:timers/promises';
import { KCOV_BUF_MAX_ENTRIES } from '../../src/abi/kcov.ts';
import { boot } from '../../src/boot.ts';
import { type Recording, type RecordOptions, record } from '../collect.ts';
import { Ending, type Endings } from '../engine/ending.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { isDetectorFinding } from '../engine/finding.ts';
import type { Reads } from '../engine/reads.ts';
import { type Outcome, type Running, startOnce } from '../engine/run-once.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { describeError } from '../symbolize/stack.ts';
import { Compares } from './compares.ts';
import type { Executed, Tracing } from './executed.ts';
import type { Fault } from './fault.ts';
import type { What } from './messages.ts';
import { countedPcs, distinctPcs, isFull, orderedSections } from './traces.ts';

// A target may put others in their place.
const now = performance.now.bind(performance);
const { alloc } = Buffer;

/** How many times as long a run may take in which each PC is looked up: a loop that does nothing took 20. */
const SLOWER = 50;

/** What a trace comes to. */
type Told = Omit<Executed, 'fault' | 'milliseconds' | 'decoded'>;
type Traced = Told & { outcome: Outcome };

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

  async run(input: Uint8Array, { trace, decode }: What): Promise<Executed> {
    this.#listen();
    await setImmediate(); // What earlier runs left behind comes up before this one.
    this.#stray = undefined;
    const { reads } = this.#parts;
    if (decode) reads.begin();
    const start = now();
    const { outcome, ...traced } = await this.#traced(input, trace);
    await setImmediate(); // A rejection that nobody handles is known when all that was waiting has run.
    const milliseconds = now() - start;
    const fault = faultOf(outcome, this.#stray);
    if (fault?.kind === 'detector') this.isSound = this.#parts.mend();
    const decoded = decode ? { decoded: this.#parts.target.decode?.(input) ?? reads.end() } : {};
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

  async #traced(input: Uint8Array, trace: Tracing): Promise<Traced> {
    switch (trace) {
      case 'none':
        return { outcome: await this.#start(input), ...NOTHING };
      case 'pcs':
        return this.#whole(input, pcsIn, (_, again) => again);
      case 'counts':
        return this.#whole(input, countsIn, joined);
      case 'order':
        return this.#record(input, sectionsIn);
      case 'compares':
        return this.#compared(input);
    }
  }

  /** What does not fit the buffer is run again, if there is time, with each PC in it once. */
  async #whole(
    input: Uint8Array,
    tell: (recording: Recording) => Told,
    join: (first: Traced, again: Traced) => Traced,
  ): Promise<Traced> {
    const start = now();
    const first = await this.#record(input, tell);
    const isWhole = !first.overflowed || first.outcome.kind === 'finding';
    if (isWhole || (now() - start) * SLOWER > this.#parts.timeout) return first;
    return join(first, await this.#record(input, pcsIn, { unique: true }));
  }

  async #compared(input: Uint8Array): Promise<Traced> {
    const compares = new Compares();
    const { kernel } = boot();
    kernel.hooks = compares;
    try {
      return await this.#record(input, (recording) => comparesIn(recording, compares), { mode: 'cmp' });
    } finally {
      kernel.hooks = null;
    }
  }

  async #record(
    input: Uint8Array,
    tell: (recording: Recording) => Told,
    how: Pick<RecordOptions, 'mode' | 'unique'> = {},
  ): Promise<Traced> {
    this.#descriptor ??= new Descriptor(KCOV_BUF_MAX_ENTRIES);
    const options = { remote: true, descriptor: this.#descriptor, ...how };
    return record(
      () => this.#start(input),
      options,
      (recording, result) => {
        if ('error' in result) throw result.error;
        return { outcome: result.result, ...tell(recording) };
      },
    );
  }

  #start(bytes: Uint8Array): Promise<Outcome> {
    const input = alloc(bytes.length); // The target may change it, keep it, or look at its memory.
    input.set(bytes);
    this.#running = startOnce(this.#parts.target, input, this.#parts.endings);
    return this.#running.outcome;
  }
}

const NOTHING: Told = { pcs: new Uint32Array(), overflowed: false };

function pcsIn(recording: Recording): Told {
  const traces = [recording, ...recording.remotes];
  return { pcs: distinctPcs(traces), overflowed: isFull(traces) };
}

function countsIn(recording: Recording): Told {
  const traces = [recording, ...recording.remotes];
  return { ...countedPcs(traces), overflowed: isFull(traces) };
}

function sectionsIn(recording: Recording): Told {
  const sections = orderedSections(recording);
  return { pcs: NOTHING.pcs, sections, overflowed: sections.some(({ overflowed }) => overflowed) };
}

/** Hooks miss nothing of the thread that they are in. */
function comparesIn({ remotes }: Recording, compares: Compares): Told {
  for (const trace of remotes) compares.remote(trace);
  return { ...NOTHING, compares: compares.all() };
}

/** Counts of the run that did not fit, and the PCs that only the second one had room for. */
function joined(first: Traced, { pcs }: Traced): Traced {
  const known = new Set(first.pcs);
  const more = pcs.filter((pc) => !known.has(pc));
  return {
    ...first,
    pcs: Uint32Array.from([...first.pcs, ...more]),
    counts: Uint32Array.from([...first.counts!, ...more.map(() => 1)]),
  };
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
