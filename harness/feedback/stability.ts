/** Inputs that were run twice before it can be said that running again tells nothing. */
const ENOUGH = 8;

/** How far runs of one input are alike. */
export class Stability {
  readonly #flaky = new Set<number>();
  #places = 0;
  #runs = 0;
  #forgetful = 0;

  /** A place was reached for the first time. */
  found(): void {
    this.#places++;
  }

  /** A place was reached a different number of times when the input ran again. */
  differs(place: number): void {
    this.#flaky.add(place);
  }

  /**
   * An input was run again.
   *
   * @param places that it reached the first time
   * @param again how many of them it reached the second time
   */
  ran(places: number, again: number): void {
    this.#runs++;
    if (2 * again < places) this.#forgetful++;
  }

  /**
   * Whether the target mostly remembers what it was given, in a cache for instance, and does not do it again: then
   * what an input reached cannot be confirmed by running it a second time.
   */
  get remembers(): boolean {
    return this.#runs >= ENOUGH && 4 * this.#forgetful >= 3 * this.#runs;
  }

  get flaky(): number[] {
    return [...this.#flaky];
  }

  /** Of all places that were reached, those that never differed; 1 where there are none. */
  get share(): number {
    const places = Math.max(this.#places, this.#flaky.size);
    return places === 0 ? 1 : 1 - this.#flaky.size / places;
  }
}
