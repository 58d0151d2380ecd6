import type { FaultKind } from '../executor/fault.ts';

/** All kinds of findings, in the order in which they are listed. */
export const KINDS = [
  'error',
  'detector',
  'rejection',
  'timeout',
  'oom',
  'crash',
  'exit',
] as const satisfies readonly FaultKind[];
