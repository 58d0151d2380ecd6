import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CHANNEL,
  type FromWorker,
  type LeavingReason,
  STOP,
  WORKER_VARIABLE,
  type WorkerRequest,
} from './messages.ts';

const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Milliseconds that a worker has to put its things in order after it was asked to stop. */
const GRACE = 10_000;
/** Milliseconds for what it wrote before its end. */
const LAST_WORDS = 1000;

/** Characters of standard error that are kept. */
const TAIL = 1 << 16;

/** How a worker's process ended. */
export interface Death {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it left, where it did so by itself. */
  leaving: LeavingReason | null;
  /** The end of what it wrote to standard error. */
  stderr: string;
}

/** One life of a worker: a process that fuzzes, from its start to its end. */
export class WorkerProcess {
  readonly ended: Promise<Death>;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  #stderr = '';
  #leaving: Death['leaving'] = null;
  #kill: NodeJS.Timeout | undefined;

  /** @param heard is told all that the worker says, in order */
  constructor(request: WorkerRequest, heard: (message: FromWorker) => void) {
    mkdirSync(request.folder, { recursive: true });
    this.#child = spawn(process.execPath, [...process.execArgv, ENTRY], {
      env: { ...process.env, [WORKER_VARIABLE]: JSON.stringify(request) },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#channel = this.#child.stdio[CHANNEL] as Duplex;
    this.#channel.on('error', () => {}); // Its other end dies as workers die.
    this.#child.stdout!.resume();
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-TAIL);
    });
    const lines = createInterface({ input: this.#channel });
    lines.on('error', () => {}); // The same, told again.
    lines.on('line', (line) => this.#hear(line, heard));
    this.ended = this.#end(new Promise((resolve) => lines.once('close', resolve)));
  }

  /** Asks it to finish in order; where it does not, it is killed. */
  stop(): void {
    this.#channel.write(STOP);
    this.#kill ??= globalThis.setTimeout(() => this.kill(), GRACE);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(line: string, heard: (message: FromWorker) => void): void {
    let message: FromWorker;
    try {
      message = JSON.parse(line) as FromWorker;
    } catch {
      return; // Of a worker that was killed in the middle of it.
    }
    if (message.type === 'leaving') this.#leaving = message.why;
    heard(message);
  }

  async #end(allHeard: Promise<unknown>): Promise<Death> {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.#child.once('error', () => resolve([1, null]));
      this.#child.once('exit', (...how) => resolve(how));
    });
    clearTimeout(this.#kill);
    // What the target has started may hold the pipes open.
    await Promise.race([allHeard, setTimeout(LAST_WORDS)]);
    return {
      code,
      signal,
      leaving: this.#leaving,
      stderr: this.#stderr,
    };
  }
}
