/** floor(log2(n)) */
const log = (n: number): number => 31 - Math.clz32(n);

/**
 * How long libFuzzer's own mutations may make an input: short at first, and longer whenever that has found nothing
 * new for a while. libFuzzer does this itself (`-len_control`), but not for inputs that a custom mutator makes, which
 * may have any length. So where there is one, it is done here; libFuzzer looks before each batch of mutations of one
 * input, and this after each run.
 *
 * @see Fuzzer::Loop in libFuzzer's FuzzerLoop.cpp
 */
export class LengthControl {
  readonly #maxLen: number;
  readonly #lenControl: number;
  #limit: number;
  /** Runs since the last new input, or since the limit was raised. */
  #runs = 0;

  /**
   * @param maxLen `-max_len`
   * @param lenControl `-len_control`: the larger, the slower; 0 for no control
   */
  constructor(maxLen: number, lenControl = 100) {
    this.#maxLen = maxLen;
    this.#lenControl = lenControl;
    this.#limit = lenControl === 0 ? maxLen : Math.min(4, maxLen);
  }

  /** Bytes. */
  get limit(): number {
    return this.#limit;
  }

  /** Takes note of an input of the corpus that fuzzing begins with: the limit is no lower than the longest. */
  seed(length: number): void {
    this.#limit = Math.min(this.#maxLen, Math.max(this.#limit, length));
  }

  /** Takes note of a run. @param isNew whether its input went to the corpus */
  run(isNew: boolean): void {
    this.#runs = isNew ? 0 : this.#runs + 1;
    if (this.#limit >= this.#maxLen || this.#runs <= this.#lenControl * log(this.#limit)) return;
    this.#limit = Math.min(this.#maxLen, this.#limit + log(this.#limit));
    this.#runs = 0;
  }
}
