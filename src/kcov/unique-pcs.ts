import type { UniqueTrace } from '../abi/kernel.ts';
import { SITE_SIZE, TEXT_HIGH, TEXT_SIZE, textOffset } from '../abi/text.ts';

const SITES = TEXT_SIZE / SITE_SIZE;

/** A trace in which each PC stands once, in the order in which they were first reached. */
export class UniquePcs implements UniqueTrace {
  readonly #buf: Int32Array;
  readonly #bufnent: number;
  /** A bit for each site of the text. The system gives memory only for what is written. */
  readonly #seen = new Uint8Array(SITES / 8);
  /** The bytes of `#seen` that were written, so that a reset need not look at all. */
  readonly #written: Int32Array;
  #count = 0;

  constructor(buf: Int32Array, bufnent: number) {
    this.#buf = buf;
    this.#bufnent = bufnent;
    this.#written = new Int32Array(bufnent);
  }

  trace(pc: number): void {
    const site = Math.floor(textOffset(pc) / SITE_SIZE);
    const [at, bit] = [site >>> 3, 1 << (site & 7)];
    const seen = this.#seen[at]!;
    if (seen & bit) return;
    const idx = this.#buf[0]! >>> 0;
    if (idx >= this.#bufnent) return;
    this.#seen[at] = seen | bit;
    // Where the user has set the count back by hand there can be more than the buffer holds.
    if (this.#count < this.#bufnent) this.#written[this.#count] = at;
    this.#count++;
    this.#buf[(idx + 1) * 2] = pc;
    this.#buf[(idx + 1) * 2 + 1] = TEXT_HIGH;
    this.#buf[0] = idx + 1;
  }

  /** Forgets what was seen. The count is the caller's. */
  forget(): void {
    if (this.#count > this.#bufnent) this.#seen.fill(0);
    else for (let i = 0; i < this.#count; i++) this.#seen[this.#written[i]!] = 0;
    this.#count = 0;
  }
}
