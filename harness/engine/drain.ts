interface Internals {
  nextTick: typeof process.nextTick;
  _tickCallback?: () => void;
  _fatalException?: (error: unknown) => boolean;
}

/** Runs what code has left for the end of the tick, and has errors and rejections in it reported: it throws nothing. */
export interface Drain {
  /** Does nothing within a microtask. */
  now(): void;
  /** The same from anywhere. */
  later(): Promise<void>;
}

export const NO_DRAIN: Drain = { now: () => {}, later: async () => {} };

/**
 * Runs next ticks and microtasks until there are none, and tells of rejections that nobody handles, as the event loop
 * does between two of its turns: errors come as `uncaughtException`. Node keeps the function for who blocks the event
 * loop; where it should be gone, nothing is run.
 */
export function tickDrain(): Drain {
  const { nextTick, _tickCallback: tick, _fatalException: fatal } = process as Internals;
  if (typeof tick !== 'function' || typeof fatal !== 'function') return NO_DRAIN;
  const now = (): void => {
    for (;;) {
      try {
        tick();
        return;
      } catch (error) {
        // Of a next tick, behind which others wait. Where Node catches it, it forgets which callbacks it was within.
        fatal(error);
      }
    }
  };
  const later = (): Promise<void> =>
    new Promise((resolve) =>
      nextTick(() => {
        now();
        resolve();
      }),
    );
  return { now, later };
}
