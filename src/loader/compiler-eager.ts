import * as compile from './compile.ts';

/** The compiler, as compiler.ts has it, where Node cannot require an ES module: loaded with all else. */
export const compiler = (): typeof compile => compile;
