import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Limits, TargetRequest } from '../executor/executed.ts';
import type { Fault } from '../executor/fault.ts';
import type { FindingRecord } from '../findings/record.ts';
import type { FindingStore } from '../findings/store.ts';
import { titleOf } from '../findings/title.ts';
import type { Candidate } from './candidates.ts';
import { Examiner } from './examiner.ts';

/** Milliseconds until what could not be kept is tried again. */
const PAUSE = 5000;

export interface TriageOptions {
  request: TargetRequest;
  limits: Limits;
  store: FindingStore;
  /** The command that runs an input. */
  command: readonly string[];
  /** A finding is there, whole, for the first time; or it came again. */
  found(record: FindingRecord): void;
  again(key: string, count: number, input: Uint8Array): void;
  note(text: string): void;
}

/**
 * Looks at what workers have found: runs it again, names it, and makes its input smaller. A candidate's file is deleted
 * when all that is worth keeping of it is in the store.
 */
export class Triage {
  readonly #options: TriageOptions;
  readonly #queue: Candidate[] = [];
  readonly #files = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  /** Findings that are looked at now, by their keys. */
  readonly #underWay = new Set<string>();
  /** Candidates that are looked at side by side. */
  #width = 1;

  constructor(options: TriageOptions) {
    this.#options = options;
  }

  /** Candidates that wait, those that are looked at included. */
  get waiting(): number {
    return this.#files.size;
  }

  add(candidate: Candidate): void {
    if (this.#isClosed || this.#files.has(candidate.file)) return;
    this.#files.add(candidate.file);
    this.#queue.push(candidate);
    this.#begin();
  }

  /** From now on so many are looked at side by side: the workers do not need the machine any more. */
  widen(width: number): void {
    this.#width = width;
    this.#begin();
  }

  /** When nothing waits. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** What waits stays where it lies, for the next time. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#queue.length = 0;
    await this.idle();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #begin(): void {
    const { request, limits } = this.#options;
    for (let free = this.#queue.length; free > 0 && this.#running.size < this.#width; free--) {
      const examiner = new Examiner(request, limits, this.#closed.signal);
      const running: Promise<void> = this.#work(examiner).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #work(examiner: Examiner): Promise<void> {
    for (let one = this.#queue.shift(); one !== undefined; one = this.#queue.shift()) {
      try {
        await this.#look(examiner, one);
        this.#files.delete(one.file);
      } catch (error) {
        if (this.#isClosed) break;
        this.#options.note(`what was found cannot be kept: ${(error as Error).message}`);
        this.#later(one);
      }
    }
    await examiner.close();
  }

  /** What cannot be written now may be written when there is room again; a file that is gone is forgotten. */
  #later(candidate: Candidate): void {
    if (!existsSync(candidate.file)) {
      this.#files.delete(candidate.file);
      return;
    }
    setTimeout(() => {
      if (this.#isClosed) return;
      this.#queue.push(candidate);
      this.#begin();
    }, PAUSE).unref();
  }

  async #look(examiner: Examiner, candidate: Candidate): Promise<void> {
    const input = readFileSync(candidate.file);
    const { fault } = candidate;
    const known = fault && titleOf(fault).key;
    if (known !== undefined && this.#isKnown(known, fault!)) this.#options.again(known, 1, input);
    else await this.#name(examiner, candidate, input);
    if (!this.#isClosed) rmSync(candidate.file, { force: true });
  }

  async #name(examiner: Examiner, candidate: Candidate, input: Buffer): Promise<void> {
    const again = await examiner.attempt(input, candidate.fault);
    const fault = again ?? candidate.fault ?? unseen(candidate);
    if (this.#isClosed) return;
    if (fault === undefined) {
      if (candidate.isLate !== true) this.#options.note(passed(candidate));
      return;
    }
    const { key } = titleOf(fault);
    if (this.#isKnown(key, fault)) this.#options.again(key, 1, input);
    else await this.#keep(examiner, { fault, key, input, reproduced: again === undefined ? 0 : 1 });
  }

  /** Whether nothing more is to be learned of it; one that an earlier campaign had no time for is looked at again. */
  #isKnown(key: string, fault: Fault): boolean {
    const record = this.#options.store.find(key, fault);
    return record?.examined === true || this.#underWay.has(record?.key ?? key);
  }

  async #keep(
    examiner: Examiner,
    seen: { fault: Fault; key: string; input: Uint8Array; reproduced: number },
  ) {
    const { request, store, command, limits, found, again } = this.#options;
    const { fault, key, input } = seen;
    this.#underWay.add(key);
    try {
      if (store.get(key) === undefined)
        found(store.add({ ...seen, target: request.target, command, timeout: limits.timeout }));
      else again(key, 1, input);
      const examined = await examiner.examine(input, fault, key);
      if (!this.#isClosed) store.update(key, { ...examined, examined: true });
    } finally {
      this.#underWay.delete(key);
    }
  }
}

/** A death that does not come again is worth telling; a run that was only slow, or memory of many runs, is not. */
function unseen({ guess, isLate, stderr = '' }: Candidate): Fault | undefined {
  if (guess !== 'crash' || isLate === true) return undefined;
  const message = /ERROR: libFuzzer: (.*)/.exec(stderr)?.[1] ?? 'the process ended';
  return { kind: 'crash', error: { name: 'crash', message, stack: [] } };
}

const passed = ({ guess }: Candidate): string =>
  guess === 'oom'
    ? 'the memory of a worker ran full, but not by one input: the target keeps something from run to run'
    : 'a run took too long, and did not when it was run again: the machine may be busy; --timeout gives more time';
