/** What is known at one place of a random program. */

/** What a function gives to the code in it. */
export interface FunctionContext {
  strict: boolean;
  isAsync: boolean;
  isGenerator: boolean;
  /** `return` may stand here. */
  returns: boolean;
  /** `arguments` may. */
  hasArguments: boolean;
  /** `new.target` may. */
  hasNewTarget: boolean;
  /** `super.m` may. */
  hasSuper: boolean;
  /** `#p` is a private name around here. */
  hasPrivate: boolean;
}

export interface Label {
  name: string;
  isLoop: boolean;
}

/** Names that the instrumented code uses too, if it is not careful; then plain ones. */
const AWKWARD = ['l', '_left0', 'r', '_right0', '_left1', '__left0'];

export class Scope {
  readonly fn: FunctionContext;
  readonly #parent: Scope | null;
  readonly #own = new Set<string>();
  readonly #functions: string[];
  readonly labels: readonly Label[];
  /** What `break` and `continue` without a label may leave. */
  readonly leaves: { break: boolean; continue: boolean };
  readonly #counter: { next: number };

  constructor(parent: Scope | null, change: Partial<Pick<Scope, 'labels' | 'leaves' | 'fn'>> = {}) {
    this.#parent = parent;
    this.fn = change.fn ?? parent!.fn;
    const same = change.fn === undefined || change.fn === parent?.fn;
    this.labels = change.labels ?? (same ? (parent?.labels ?? []) : []);
    this.leaves = change.leaves ?? (same && parent ? parent.leaves : { break: false, continue: false });
    this.#functions = parent ? [...parent.#functions] : [];
    this.#counter = parent ? parent.#counter : { next: 0 };
  }

  /** The names of this scope alone. */
  get own(): string[] {
    return [...this.#own];
  }

  get #visible(): string[] {
    return [...(this.#parent ? this.#parent.#visible : []), ...this.#own];
  }

  /** One of the names that are known here, the nearest ones first, whether they have a value yet or not. */
  pick(n: number): string {
    const names = [...new Set(this.#visible)].reverse();
    return names[n % names.length]!;
  }

  /** The same, but rather one that can be called. */
  callee(n: number): string {
    return this.#functions.length > 0 && n % 4 !== 0
      ? this.#functions[n % this.#functions.length]!
      : this.pick(n);
  }

  /** A name that is new everywhere. */
  fresh(): string {
    const n = this.#counter.next++;
    return AWKWARD[n] ?? `v${n}`;
  }

  add(name: string): string {
    this.#own.add(name);
    return name;
  }

  addFunction(name: string): string {
    this.#functions.push(name);
    return this.add(name);
  }

  /** A new name here, or, if `shadow` says so, one from outside once more. */
  declare(shadow: number): string {
    const outer = this.#parent?.pick(shadow);
    const again = shadow % 4 === 0 && outer !== undefined && !this.#own.has(outer);
    return this.add(again ? outer : this.fresh());
  }

  inside(change: Partial<FunctionContext>): Scope {
    return new Scope(this, { fn: { ...this.fn, ...change } });
  }
}
