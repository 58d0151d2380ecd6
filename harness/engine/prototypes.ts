import { compileFunction } from 'node:vm';

/** The prototypes that Jazzer.js's detector of prototype pollution watches. */
const WATCHED: readonly object[] = [Object, Array, String, Number, Boolean, Function].map(
  ({ prototype }) => prototype as object,
);

/**
 * The state of the watched prototypes at one time, and two questions whether it still holds. The detector would
 * report a change only where one of them says no.
 */
export class Prototypes {
  static readonly count = WATCHED.length;

  /**
   * Whether each property gives the same value and nothing enumerable has come. Cheap, and sees what assignments,
   * deletions and `__defineGetter__` do; only what comes by `defineProperty` need not be enumerable.
   */
  readonly valuesHold: () => boolean;
  readonly #snapshots = WATCHED.map((prototype) => new Snapshot(prototype));

  constructor() {
    this.valuesHold = compile(this.#snapshots);
  }

  /** Whether one prototype, the first of which is Object's, has the same own names. */
  namesHold(index: number): boolean {
    return this.#snapshots[index]!.namesHold();
  }

  /** Puts names and values right, where they let themselves be changed. */
  restore(): void {
    for (const snapshot of this.#snapshots) snapshot.restore();
  }
}

/**
 * What the detector compares of one prototype: its own names in their order, and the values that these give, read as
 * the detector reads them: up to the first that throws. In Function.prototype that is `arguments`, the third.
 */
class Snapshot {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  readonly #prototype: object;
  readonly #properties: Record<string, PropertyDescriptor>;
  readonly #thrower: PropertyDescriptor['get'];

  constructor(prototype: object) {
    this.#prototype = prototype;
    this.names = Object.getOwnPropertyNames(prototype);
    this.#properties = Object.getOwnPropertyDescriptors(prototype);
    // A descriptor inherits what Object.prototype is polluted with.
    for (const name of this.names) Object.setPrototypeOf(this.#properties[name], null);
    const values: unknown[] = [];
    try {
      for (const name of this.names) values.push((prototype as Record<string, unknown>)[name]);
    } catch {
      this.#thrower = this.#getterAt(values.length);
    }
    this.values = values;
  }

  namesHold(): boolean {
    const now = Object.getOwnPropertyNames(this.#prototype);
    if (now.length !== this.names.length || now.some((name, i) => name !== this.names[i])) return false;
    return this.#thrower === undefined || this.#thrower === this.#getterAt(this.values.length);
  }

  restore(): void {
    for (const name of Object.getOwnPropertyNames(this.#prototype)) {
      if (!this.names.includes(name)) Reflect.deleteProperty(this.#prototype, name);
    }
    for (const name of this.names) {
      // What was deleted comes back at the end, so that all behind it must follow.
      if (!this.#isInOrder()) Reflect.deleteProperty(this.#prototype, name);
      if (!this.#holds(name)) Reflect.defineProperty(this.#prototype, name, this.#properties[name]!);
    }
  }

  #isInOrder(): boolean {
    return Object.getOwnPropertyNames(this.#prototype).every((name, i) => name === this.names[i]);
  }

  #holds(name: string): boolean {
    const now = Object.getOwnPropertyDescriptor(this.#prototype, name);
    const then = this.#properties[name]!;
    return now?.value === then.value && now?.get === then.get && now?.set === then.set && now !== undefined;
  }

  #getterAt(index: number): PropertyDescriptor['get'] {
    return Object.getOwnPropertyDescriptor(this.#prototype, this.names[index]!)?.get;
  }
}

/**
 * Straight-line code, in which V8 knows each prototype and each name: a hundred loads and comparisons in less time
 * than one call of Object.getOwnPropertyNames. It is compiled by node:vm since detectors hook `Function`.
 */
function compile(snapshots: readonly Snapshot[]): () => boolean {
  const prototypes = WATCHED.map((prototype, i) => [`p${i}`, prototype] as const);
  const values = snapshots.flatMap((snapshot, i) =>
    snapshot.values.map((value, j) => [`v${i}_${j}`, value] as const),
  );
  const comparisons = snapshots.flatMap((snapshot, i) =>
    snapshot.values.map((_, j) => `p${i}[${JSON.stringify(snapshot.names[j])}] !== v${i}_${j}`),
  );
  const constants = [...prototypes, ...values];
  const make = compileFunction(
    `return () => {
       try {
         ${comparisons.map((differs) => `if (${differs}) return false;`).join('\n')}
         ${prototypes.map(([name]) => `for (const _ in ${name}) return false;`).join('\n')}
         return true;
       } catch {
         return false; // A getter that was not there before.
       }
     };`,
    constants.map(([name]) => name),
  );
  return make(...constants.map(([, value]) => value)) as () => boolean;
}
