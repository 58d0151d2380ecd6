import type { Failed, Found, FuzzListener, Progress } from '../engine/listener.ts';
import type { Channel } from './channel.ts';
import type { Exchange } from './exchange.ts';
import type { FaultLog } from './fault-log.ts';
import type { Journal } from './journal.ts';
import type { LeavingReason } from './messages.ts';
import { statsMessage } from './vitals.ts';

/** Milliseconds between two times at which something is done, and until it is told of first. */
const SOON = 50;
const PERIODS = { poll: 50, deliver: 250, tell: 500, fetch: 1000 };

export interface ParticipantParts {
  channel: Channel;
  exchange: Exchange;
  faults: FaultLog;
  /** Milliseconds, by a clock of our own. */
  now: () => number;
  /** Megabytes that the process holds. */
  memory: () => number;
  /** Megabytes at which it leaves. */
  maxMemory: number;
  keepGoing: boolean;
  journal?: Journal;
}

/** libFuzzer has begun by then, and Jazzer.js has taken the signal, which a terminal sends to all. */
function ignoreInterrupts(): void {
  process.on('SIGINT', () => {});
}

/** A campaign's ear in a fuzzer: hears of what is found and, between executions, keeps in step with the others. */
export class Participant implements FuzzListener {
  /** Why it ends the fuzzer; undefined while it does not, and where nobody is left to be told. */
  why: LeavingReason | undefined;
  /** Undefined where nothing is written down. */
  readonly begins?: (input: Uint8Array) => void;
  readonly #parts: ParticipantParts;
  readonly #due: Record<keyof typeof PERIODS, number> = { poll: 0, deliver: 0, tell: 0, fetch: 0 };
  #progress: Progress | undefined;
  #heard = 0;

  constructor(parts: ParticipantParts) {
    this.#parts = parts;
    const { journal } = parts;
    if (journal !== undefined) this.begins = (input) => journal.write(input);
  }

  /** When it was called last by the fuzzer. */
  get heard(): number {
    return this.#heard;
  }

  now(): number {
    return this.#parts.now();
  }

  wants(failed: Failed): boolean {
    return this.#parts.faults.wants(failed);
  }

  found(found: Found): boolean {
    this.#parts.faults.found(found);
    if (!this.#parts.keepGoing) this.why = 'done';
    return this.#parts.keepGoing;
  }

  reached(input: Uint8Array): void {
    this.#parts.exchange.keep(input, this.#progress?.stats.runs ?? 0);
  }

  idle(progress: Progress): boolean {
    const { exchange, now } = this.#parts;
    if (this.#progress === undefined) ignoreInterrupts();
    this.#progress = progress;
    this.#heard = now();
    // libFuzzer may look for its folder at any moment.
    exchange.ensureFolders();
    if (this.#isDue('deliver')) exchange.deliver(this.#heard);
    if (this.#isDue('fetch')) exchange.fetch(this.#heard, progress.stats.runs);
    if (this.#isDue('tell')) this.#tell(progress);
    return !this.#isDue('poll') || this.#goesOn();
  }

  #isDue(what: keyof typeof PERIODS): boolean {
    if (this.#heard < this.#due[what]) return false;
    // Some lives are short.
    const first = what === 'tell' && this.#due.tell === 0;
    this.#due[what] = this.#heard + (first ? SOON : PERIODS[what]);
    return true;
  }

  #tell(progress: Progress): void {
    const { channel, faults, memory, maxMemory } = this.#parts;
    const megabytes = memory();
    if (megabytes > maxMemory) this.why = 'memory';
    faults.write();
    // What is left out now is in the next.
    if (channel.isCrowded) return;
    faults.tell();
    channel.send(statsMessage(progress, megabytes));
  }

  #goesOn(): boolean {
    const wish = this.#parts.channel.poll();
    if (wish === 'stop') this.why = 'asked';
    return wish === 'go on' && this.why === undefined;
  }

  /**
   * The last things, when the fuzzer has ended.
   *
   * @param why unless it has a reason of its own
   * @param inTheMiddle where the fuzzer has not ended, and may be writing
   */
  leave(why: LeavingReason, { inTheMiddle = false } = {}): void {
    const { channel, exchange, faults, memory, now } = this.#parts;
    exchange.deliver(Number.POSITIVE_INFINITY, inTheMiddle ? 'leave' : 'remove');
    faults.write();
    faults.tell();
    if (this.#progress !== undefined) channel.send(statsMessage(this.#progress, memory()));
    channel.send({ type: 'leaving', why: this.why ?? why });
    channel.flush(now);
  }
}
