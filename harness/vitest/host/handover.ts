import type { FuzzTarget } from '../../engine/execution.ts';

/**
 * How the target of a fuzz test comes to whoever executes it. Vitest runs the test file, with all that belongs to it;
 * when it comes to the test, the test hands its target over and stays where it is, so that fixtures and hooks hold.
 */
export interface Handover {
  /** @returns when the target is not needed any more, which may be never */
  take(target: FuzzTarget): Promise<void>;
}

/** Name of the test that fuzzes, in the suite that is the fuzz test. Reporters show it by itself. */
export const fuzzingName = (names: readonly string[]): string => `fuzzing ${names.at(-1)}`;

/** Both sides load this file for themselves, one of them through Vite. */
const KEY = Symbol.for('kcovjs.vitest.handover');

type Holder = { [KEY]?: Handover };

/** Undefined where tests run as tests. */
export const handover = (): Handover | undefined => (globalThis as Holder)[KEY];

export function offerHandover(to: Handover): void {
  (globalThis as Holder)[KEY] = to;
}
