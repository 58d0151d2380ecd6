import fc from 'fast-check';

/**
 * fast-check as the tests use it: each run draws what the run before it drew, so that a change is told of what it
 * broke and of nothing else. `KCOVJS_SEED=random npx vitest run` draws anew; a failure prints its seed.
 */
const seed = process.env['KCOVJS_SEED'] ?? '20260101';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

export type { Arbitrary } from 'fast-check';
export default fc;
