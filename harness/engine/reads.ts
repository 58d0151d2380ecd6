import { inspect } from 'node:util';
import { requireFromCore } from './resolve.ts';

/** Calls that are kept of one run, and characters of each. */
const MAX_READS = 200;
const MAX_TEXT = 200;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Records what a target reads of its input with a FuzzedDataProvider, so that people see values where the input is
 * bytes: `consumeIntegralInRange(0, 9) → 7`. To be made before the target is loaded; costs a call where nobody records.
 */
export class Reads {
  #reads: string[] | null = null;
  /** Methods call each other; only the target's own calls tell anything. */
  #depth = 0;

  constructor() {
    const core = requireFromCore()('@jazzer.js/core') as {
      FuzzedDataProvider: { prototype: Record<string, Method> };
    };
    const { prototype } = core.FuzzedDataProvider;
    for (const name of Object.getOwnPropertyNames(prototype))
      if (/^(consume|pick)/.test(name)) prototype[name] = this.#recorded(name, prototype[name]!);
  }

  begin(): void {
    this.#reads = [];
    this.#depth = 0;
  }

  /** @returns the calls since `begin`, in their order */
  end(): string[] {
    const reads = this.#reads ?? [];
    this.#reads = null;
    return reads;
  }

  #recorded(name: string, method: Method): Method {
    const enter = (): string[] | null => (this.#depth++ === 0 ? this.#reads : null);
    const leave = (): void => {
      this.#depth--;
    };
    return function (...args) {
      const reads = enter();
      try {
        const value = method.apply(this, args);
        if (reads !== null && reads.length < MAX_READS)
          reads.push(`${name}(${args.map(show).join(', ')}) → ${show(value)}`);
        return value;
      } finally {
        leave();
      }
    };
  }
}

function show(value: unknown): string {
  const text = inspect(value, {
    depth: 2,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 32,
    maxStringLength: MAX_TEXT,
  });
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
