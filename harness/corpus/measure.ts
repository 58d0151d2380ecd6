import type { Executed } from '../executor/executed.ts';
import { titleOf } from '../findings/title.ts';
import { inputName } from '../inputs.ts';
import { UsageError } from '../usage.ts';
import { type Bits, common, members, removeAll } from './bitset.ts';
import type { Candidate } from './cover.ts';
import type { Imported } from './import.ts';
import { PcSets } from './pc-sets.ts';
import type { Trace } from './pool.ts';

/** An input, and what it reached. */
export interface Measured extends Candidate {
  readonly source: Imported;
  /** Whether two executions in two processes reached all of `bits`. */
  readonly confirmed: boolean;
}

/** Inputs that did not get so far. */
export interface LeftOut {
  /** Of the same content as another one. */
  duplicates: number;
  /** That end in a fault. */
  failed: number;
  unreadable: number;
}

/** Times that a PC may fail to come back before it is no PC that anything is kept for. */
const MAX_MISSES = 4;

/** Lines about single inputs; more would hide what else is said. */
const MAX_LINES = 20;

/** Executes inputs and remembers what they reached, not what they hold. */
export class Measurements {
  /** By the number of the input. */
  readonly measured = new Map<number, Measured>();
  readonly leftOut: LeftOut = { duplicates: 0, failed: 0, unreadable: 0 };
  /** Inputs whose trace did not fit its buffer. */
  overflowed = 0;
  executions = 0;
  readonly #warn: (line: string) => void;
  readonly #sets = new PcSets();
  readonly #names = new Set<string>();
  readonly #misses = new Map<number, number>();
  #lines = 0;

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** The first execution of an input. */
  async measure(trace: Trace, number: number, source: Imported): Promise<void> {
    const data = this.#read(source);
    if (data === null || this.#isDuplicate(data)) return;
    const executed = await this.#execute(trace, source, data);
    if (executed === null) return;
    if (executed.overflowed) this.overflowed++;
    const { pcs, milliseconds } = executed;
    const bits = this.#sets.of(pcs);
    this.measured.set(number, { source, bits, size: data.length, milliseconds, confirmed: false });
  }

  /** The second one, in another process: what does not come back is not the input's. */
  async confirm(trace: Trace, number: number): Promise<void> {
    const one = this.measured.get(number)!;
    const data = this.#read(one.source);
    const executed = data === null ? null : await this.#execute(trace, one.source, data);
    if (executed === null) {
      this.measured.delete(number);
      return;
    }
    const again = this.#sets.of(executed.pcs);
    this.#miss(one.bits, again);
    const bits = this.#sets.shared(common(one.bits, again));
    this.measured.set(number, { ...one, bits, confirmed: true });
  }

  /** PCs that failed to come back so often that nothing is kept for them. */
  flaky(): number[] {
    return [...this.#misses].filter(([, times]) => times >= MAX_MISSES).map(([pc]) => pc);
  }

  #miss(bits: Bits, again: Bits): void {
    const lost = bits.slice();
    removeAll(lost, again);
    for (const pc of members(lost)) this.#misses.set(pc, (this.#misses.get(pc) ?? 0) + 1);
  }

  #read(source: Imported): Uint8Array | null {
    try {
      return source.read();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.leftOut.unreadable++;
      this.#say(error.message);
      return null;
    }
  }

  #isDuplicate(data: Uint8Array): boolean {
    const name = inputName(data);
    const known = this.#names.has(name);
    if (known) this.leftOut.duplicates++;
    this.#names.add(name);
    return known;
  }

  async #execute(trace: Trace, { name }: Imported, data: Uint8Array): Promise<Executed | null> {
    this.executions++;
    const executed = await trace(data);
    if (executed.fault === null) return executed;
    this.leftOut.failed++;
    this.#say(`${name}: left out, as it fails: ${titleOf(executed.fault).text}`);
    return null;
  }

  #say(line: string): void {
    if (++this.#lines <= MAX_LINES) this.#warn(line);
    else if (this.#lines === MAX_LINES + 1) this.#warn('more inputs are left out; the end says how many');
  }
}
