import { setFlagsFromString } from 'node:v8';

/** How many times as long instrumented code is, at most, as the code that V8's limits are meant for. */
const LENGTHS = 4;

/** Bytes of bytecode, as V8 has them by default. */
const LIMITS = {
  'max-inlined-bytecode-size': 460,
  'max-inlined-bytecode-size-cumulative': 920,
  'max-optimized-bytecode-size': 60 * 1024,
};

/**
 * V8 decides by the length of a function's bytecode whether to inline it, and whether to optimise it at all. So its
 * limits grow with what is put into the code, lest that decides for it: pako's `inflate` is a function that is never
 * optimised otherwise, and takes half as long again. They hold for the whole process, for what is optimised from now on.
 */
export function raiseLimits(): void {
  for (const [name, bytes] of Object.entries(LIMITS)) setFlagsFromString(`--${name}=${LENGTHS * bytes}`);
}
