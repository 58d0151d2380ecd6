import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadingArgv } from '../../src/loader/hook-worker.ts';
import { forgetProcess, KERNEL_VARIABLE } from '../../src/processes.ts';
import { UsageError } from '../usage.ts';
import { type Death, faultOf } from './death.ts';
import type { Executed, Limits, LoadedCode, LoadListener, TargetRequest } from './executed.ts';
import { Frames, frameOf } from './frames.ts';
import {
  type Answer,
  type Begin,
  INPUTS,
  LAST_WORDS,
  type LastWords,
  type Run,
  type What,
} from './messages.ts';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** Milliseconds that loading may take, and that the watchdog has for finding out where a run is stuck. */
const LOADING = 180_000;
const GRACE = 40_000;
/** Milliseconds of Node's longest timer. */
const LONGEST = 2 ** 31 - 1;
/** Milliseconds in which the pipes of a process that has ended are read; one that it started may hold them open. */
const REMAINS = 500;
/** Characters of standard error that are kept. */
const TAIL = 4096;
/** Megabytes by which V8's own limit lies above ours, which is to come first: then the stack is known. */
const ROOM = 1600;

/** A process that executes inputs, from its start to its end. */
export class ExecutorProcess {
  readonly #child: ChildProcess;
  readonly #inputs: Duplex;
  readonly #limits: Limits;
  readonly #target: string;
  readonly #listener: LoadListener | undefined;
  #runs = 0;
  #words: LastWords | undefined;
  #stderr = '';
  #silent = false;
  /** Why it was killed, where that was for what it did to its pipes. */
  #cut: string | undefined;
  #onAnswer: ((answer: Answer) => void) | undefined;
  #isAlive = true;
  /** It has said that it ends itself. */
  #isLeaving = false;
  /** Resolves when the target is loaded. @throws {UsageError} where it cannot be */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, whatever it died of. */
  readonly death: Promise<Death>;

  constructor(request: TargetRequest, limits: Limits, listener?: LoadListener) {
    this.#listener = listener;
    this.#limits = limits;
    this.#target = request.target;
    this.#child = spawnChild(limits);
    this.#inputs = this.#child.stdio[INPUTS] as Duplex;
    this.death = this.#watchDeath();
    this.#readFrames(this.#inputs, (answer) => this.#onAnswer?.(answer as Answer));
    this.#readFrames(this.#child.stdio[LAST_WORDS] as Readable, (words) => this.#hear(words as LastWords));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-TAIL);
    });
    this.ready = this.#load(request);
  }

  /** How many inputs it was given. */
  get runs(): number {
    return this.#runs;
  }

  /** Whether it can be given another one. */
  get isUsable(): boolean {
    return this.#isAlive && !this.#isLeaving;
  }

  async #load(request: TargetRequest): Promise<void> {
    const known = this.#listener?.known();
    const begin: Begin = { request, limits: this.#limits, parent: process.pid, ...(known && { known }) };
    const answer = await this.#ask(begin, LOADING);
    if ('stderr' in answer) throw new UsageError(`${this.#target}: cannot be loaded: ${told(answer)}`);
    if (answer.type !== 'refused') return this.#tell(answer.code);
    this.kill();
    throw answer.usage ? new UsageError(answer.message) : new Error(answer.message);
  }

  /** Executes an input. @returns its death, where it does not survive that */
  async run(input: Uint8Array, what: What): Promise<Executed | Death> {
    const run = ++this.#runs;
    const answer = await this.#ask({ run, input, ...what } satisfies Run, this.#limits.timeout + GRACE);
    if (!('type' in answer) || answer.type !== 'ran') return answer as Death;
    this.#isLeaving = answer.last;
    this.#tell(answer.code);
    return answer.executed;
  }

  #tell(code: LoadedCode | undefined): void {
    if (code !== undefined) this.#listener?.loaded(code);
  }

  /** Ends it, with all that it has started. */
  kill(): void {
    try {
      process.kill(-this.#child.pid!, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }

  async #ask(message: Begin | Run, patience: number): Promise<Answer | Death> {
    const timer = setTimeout(() => setImmediate(() => this.#giveUp()), Math.min(patience, LONGEST));
    const answer = new Promise<Answer>((resolve) => {
      this.#onAnswer = resolve;
    });
    this.#inputs.write(frameOf(message));
    try {
      return await Promise.race([answer, this.death]);
    } finally {
      this.#onAnswer = undefined;
      clearTimeout(timer);
    }
  }

  #giveUp(): void {
    if (this.#onAnswer === undefined) return; // It has answered meanwhile.
    this.#silent = true;
    this.kill();
  }

  #hear(words: LastWords): void {
    if (this.#isDoomed || (this.#words !== undefined && isRepeated(this.#words, words))) return;
    this.#words = words;
    if (this.#isDoomed) this.kill();
  }

  /** Whether it has said that it cannot go on. */
  get #isDoomed(): boolean {
    return this.#words !== undefined && this.#words.type !== 'ending';
  }

  #readFrames(stream: Readable, take: (value: unknown) => void): void {
    const frames = new Frames();
    stream.on('data', (piece: Buffer) => {
      try {
        for (const value of frames.take(piece)) take(value);
      } catch {
        stream.destroy();
        this.#cutOff('it has written to a descriptor that is not its own');
      }
    });
    stream.on('end', () => this.#expectDeath());
    stream.on('error', () => this.#expectDeath());
  }

  /** Pipes close when a process dies. One that lives is of no use without them. */
  #expectDeath(): void {
    setTimeout(() => {
      if (this.#isAlive) this.#cutOff('it has closed descriptors that are not its own');
    }, REMAINS);
  }

  #cutOff(why: string): void {
    this.#cut ??= why;
    this.kill();
  }

  #watchDeath(): Promise<Death> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#isAlive = false;
        this.kill(); // What it has started.
        forgetProcess(child.pid!);
        const end = () => resolve(this.#deathOf(code, signal));
        const timer = setTimeout(end, REMAINS);
        child.once('close', () => {
          clearTimeout(timer);
          end();
        });
      });
    });
  }

  #deathOf(code: number | null, signal: NodeJS.Signals | null): Death {
    for (const stream of this.#child.stdio) stream?.destroy();
    return { code, signal, words: this.#lastWords(signal), stderr: this.#stderr, silent: this.#silent };
  }

  #lastWords(signal: string | null): LastWords | undefined {
    const run = this.#runs;
    if (this.#words?.run === run) return this.#words;
    const message = this.#isDoomed ? 'an earlier run has ended it' : this.#cut;
    return message !== undefined && signal === 'SIGKILL' ? { type: 'broken', run, message } : undefined;
  }
}

/** Packages that listen to signals send them again themselves; what was said first has the target's stack. */
const isRepeated = (first: LastWords, next: LastWords): boolean =>
  first.type === 'ending' &&
  next.type === 'ending' &&
  first.run === next.run &&
  first.fault.error.name === next.fault.error.name;

/** A group and a session of its own: signals of the terminal are for the parent, and what it starts goes with it. */
function spawnChild({ memory }: Limits): ChildProcess {
  const { [KERNEL_VARIABLE]: _, ...env } = process.env; // It is nobody's child.
  return spawn(
    process.execPath,
    [...loadingArgv(), `--max-old-space-size=${Math.ceil(memory) + ROOM}`, CHILD],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env,
      detached: true,
    },
  );
}

/** How loading ended that was the end of the process. */
function told(death: Death): string {
  const { kind, error } = faultOf(death);
  return kind === 'timeout'
    ? `it takes longer than ${LOADING / 1000} s`
    : (error.message.split('\n')[0] ?? '');
}
