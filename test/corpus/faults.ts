import type { Executed, Executes } from '../../harness/executor/executed.ts';
import type { Fault, FaultKind } from '../../harness/executor/fault.ts';

/** A fault of a function of that name, so that faults of different ones have different titles. */
export const faultIn = (name: string, kind: FaultKind = 'error'): Fault => ({
  kind,
  error: { name: `${name}Error`, message: `in ${name}`, stack: [`at ${name} (/target/${name}.js:1:2)`] },
});

export const executed = (some: Partial<Executed> = {}): Executed => ({
  fault: null,
  milliseconds: 0,
  pcs: new Uint32Array(),
  overflowed: false,
  ...some,
});

/** Executes in this process, by a function that says how an input's text fails; keeps what was run. */
export function executing(
  faultOf: (text: string) => Fault | null,
  milliseconds = 0,
): Executes & { runs: string[] } {
  const runs: string[] = [];
  return {
    runs,
    execute: async (input) => {
      const text = Buffer.from(input).toString('latin1');
      runs.push(text);
      return executed({ fault: faultOf(text), milliseconds });
    },
  };
}
