import type { Failed, Found } from '../engine/listener.ts';
import type { Fault } from '../executor/fault.ts';
import { titleOf } from '../findings/title.ts';
import { describeError } from '../symbolize/stack.ts';
import type { Disk } from './disk.ts';
import { writeWhole } from './files.ts';
import type { FromWorker } from './messages.ts';
import type { Notes } from './notes.ts';

/** Investigations without a new title after which the same failure is only looked at now and then. */
const STEADY = 4;
const EVERY = 16;
/** Kinds of failures that are told apart; targets put what they read into their messages. */
const MAX_LOOKS = 1024;

/** Inputs of one title that are written: the first, then smaller ones. */
const FIRST = 3;
const MOST = 10;
/** Bytes of inputs that wait for a folder that cannot be written. */
const CAPACITY = 32 << 20;

/** What is known of failures that look alike before they are investigated. */
interface Look {
  seen: number;
  /** Investigations since one led to a new title. */
  steady: number;
  /** Of the title that it led to last. */
  key: string | undefined;
}

/** What is known of a title. */
interface Known {
  written: number;
  /** Bytes of the smallest input that was written. */
  smallest: number;
  /** Whether the campaign knows it, and how often it came since that was told last. */
  isTold: boolean;
  again: number;
}

interface Waiting {
  fault: Fault;
  key: string;
  input: Uint8Array;
}

/** Findings that the process survived: inputs of each go to a folder, and how often it came is counted. */
export class FaultLog {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #send: (message: FromWorker) => void;
  readonly #notes: Notes;
  readonly #looks = new Map<string, Look>();
  readonly #known = new Map<string, Known>();
  /** Of the failure at hand. */
  #look: Look | undefined;
  #waiting: Waiting[] = [];
  #bytes = 0;

  constructor(disk: Disk, folder: string, send: (message: FromWorker) => void, notes: Notes) {
    this.#disk = disk;
    this.#folder = folder;
    this.#send = send;
    this.#notes = notes;
  }

  /** Whether a failure is to be investigated; if not, it is counted. */
  wants(failed: Failed): boolean {
    const look = this.#lookOf(failed);
    this.#look = look;
    look.seen++;
    if (look.key === undefined || look.steady < STEADY || look.seen % EVERY === 0) return true;
    this.#known.get(look.key)!.again++;
    return false;
  }

  /** Takes the failure that was wanted last, when it was investigated. */
  found({ error, kind, input }: Found): void {
    const fault: Fault = { kind, error: describeError(error) };
    const key = keyOf(fault);
    if (this.#look !== undefined) {
      this.#look.steady = this.#known.has(key) ? this.#look.steady + 1 : 0;
      this.#look.key = key;
    }
    const known = this.#knownOf(key);
    if (isWanted(known, input)) this.#take(known, { fault, key, input });
    else known.again++;
  }

  #take(known: Known, waiting: Waiting): void {
    known.written++;
    known.smallest = Math.min(known.smallest, waiting.input.length);
    this.#wait(waiting);
    this.write();
  }

  #knownOf(key: string): Known {
    const known = this.#known.get(key) ?? {
      written: 0,
      smallest: Number.POSITIVE_INFINITY,
      isTold: false,
      again: 0,
    };
    this.#known.set(key, known);
    return known;
  }

  /** Messages quote what the target has read, and numbers are places in it. */
  #lookOf({ error, kind }: Failed): Look {
    const { name, message } = describeError(error);
    const text = message.slice(0, 200).replace(/\d+|(["'`]).*?\1/g, '');
    const id = `${kind} ${name} ${text}`;
    const key = this.#looks.has(id) || this.#looks.size < MAX_LOOKS ? id : kind;
    const look = this.#looks.get(key) ?? { seen: 0, steady: 0, key: undefined };
    this.#looks.set(key, look);
    return look;
  }

  #wait(waiting: Waiting): void {
    if (this.#bytes + waiting.input.length > CAPACITY && this.#waiting.length > 0) {
      this.#notes.say(
        `${this.#folder}: cannot be written, and no more inputs of findings can be kept in memory`,
      );
      return;
    }
    this.#waiting.push(waiting);
    this.#bytes += waiting.input.length;
  }

  /** Writes inputs and tells of them; what cannot be written waits. */
  write(): void {
    try {
      while (this.#waiting.length > 0) {
        this.#writeOne(this.#waiting[0]!);
        this.#bytes -= this.#waiting.shift()!.input.length;
      }
      this.#notes.over(this.#folder);
    } catch (error) {
      this.#notes.failed(this.#folder, error, 'inputs of findings wait');
    }
  }

  #writeOne({ fault, key, input }: Waiting): void {
    const name = this.#disk.sha1(input);
    writeWhole(this.#disk, this.#folder, name, input, 'fault');
    this.#send({ type: 'fault', fault, key, file: `${this.#folder}/${name}` });
    this.#knownOf(key).isTold = true;
  }

  /** Tells how often what is known came again. */
  tell(): void {
    for (const [key, known] of this.#known) {
      if (known.again === 0 || !known.isTold) continue;
      this.#send({ type: 'again', key, count: known.again });
      known.again = 0;
    }
  }
}

/** Titles may look at files, in functions that the target can replace. */
function keyOf(fault: Fault): string {
  try {
    return titleOf(fault).key;
  } catch {
    return `${fault.kind} ${fault.error.name} ${fault.error.stack[0] ?? ''}`;
  }
}

const isWanted = ({ written, smallest }: Known, { length }: Uint8Array): boolean =>
  written < FIRST || (written < MOST && length < smallest);
