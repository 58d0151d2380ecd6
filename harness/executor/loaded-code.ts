import { type KldModule, kldsince } from '../../src/ksyms/linker.ts';
import { type Recording, record } from '../collect.ts';
import type { LoadedCode } from './executed.ts';
import { countedPcs, isFull } from './traces.ts';

/** Modules that this process, with its threads and children, has loaded. */
export class LoadedModules {
  readonly #known: ReadonlySet<number>;
  #lastId = 0;

  /** @param known first bytes of those that need not be told of, from KERNBASE */
  constructor(known: readonly number[]) {
    this.#known = new Set(known);
  }

  /** Those that were loaded since it was last asked. */
  fresh(): KldModule[] {
    const { lastId, modules } = kldsince(this.#lastId);
    this.#lastId = lastId;
    return modules.filter(([, base]) => !this.#known.has(base));
  }
}

/** Loads a target, and counts what that reaches. */
export async function recordLoading<T>(
  load: () => Promise<T>,
): Promise<NonNullable<LoadedCode['loading']> & { result: T }> {
  return record(load, { remote: true }, (recording: Recording, outcome) => {
    if ('error' in outcome) throw outcome.error;
    const traces = [recording, ...recording.remotes];
    return { ...countedPcs(traces), overflowed: isFull(traces), result: outcome.result };
  });
}
