import type { Section } from '../abi/kcov.ts';

/** Sections for which processes work that do not share this one's memory. */
export interface Peers {
  sections(): Section[];
  /** @returns null where none of them has registered the section */
  peer(section: Section): Peer | null;
  /** Has sections that are registered from now on traced so: `mode << 1 | enabled`. */
  traceNew(tracing: number): void;
}

/** The other end of such a section. */
export interface Peer {
  /** How it was traced when it was found: `mode << 1 | enabled`. */
  readonly tracing: number;
  trace(tracing: number): void;
  /** What was traced there, one stay in the section after the other, each in 32-bit words; handed over once. */
  received(): Iterable<Int32Array>;
}
