import { kldsince } from '../../src/ksyms/linker.ts';
import { type ServedCode, servedCode } from '../../src/loader/served.ts';
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
  fresh(): Pick<LoadedCode, 'modules' | 'served'> {
    const { lastId, modules } = kldsince(this.#lastId);
    this.#lastId = lastId;
    const fresh = modules.filter(([, base]) => !this.#known.has(base));
    const served = servedOf(fresh.map(([filename]) => filename));
    return { modules: fresh, ...(served.size > 0 && { served }) };
  }
}

function servedOf(filenames: readonly string[]): Map<string, ServedCode> {
  const found = filenames.map((filename) => [filename, servedCode(filename)] as const);
  return new Map(found.filter((one): one is [string, ServedCode] => one[1] !== undefined));
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
