/**
 * Counters of instrumented code, as clang has them in the section `__sancov_cntrs`: one for each site, in the order of
 * the module's text, and behind them those of places where execution resumes (see sites.ts).
 *
 * `globalThis.__sancov_cntrs` has them by module. It is made by the first module of a realm that counts.
 */
export type CounterSection = Record<string, Int32Array>;

/** Name of the global; code under test must not use it for its own. */
export const COUNTERS_GLOBAL = '__sancov_cntrs';
