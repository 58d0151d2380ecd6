import { codeOf, reasonOf } from './disk.ts';

/** What the user should know, each thing once. */
export class Notes {
  readonly #send: (text: string) => void;
  readonly #said = new Set<string>();
  /** What failed last, by path. */
  readonly #failing = new Map<string, string>();

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  say(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#send(text);
  }

  /**
   * A path cannot be used; said once until it can be used again.
   *
   * @param consequence `new inputs wait`
   */
  failed(path: string, error: unknown, consequence: string): void {
    const code = codeOf(error);
    if (this.#failing.get(path) === code) return;
    this.#failing.set(path, code);
    this.#send(`${path}: ${reasonOf(error)}: ${consequence}`);
  }

  /** It can be used. */
  over(path: string): void {
    this.#failing.delete(path);
  }
}
