/** A problem keeps a campaign from finding anything, a warning makes it slower or blinder, a hint helps it on. */
export type Severity = 'problem' | 'warning' | 'hint';

export interface Diagnosis {
  severity: Severity;
  /** Its name, for programs: `slow`, `stale`. */
  id: string;
  /** What it is about, where the campaign has several targets. */
  target?: string;
  /** What is wrong, and what to do about it. */
  text: string;
}

/** What a state does not say of itself. */
export interface Circumstances {
  cores: number;
  /** Megabytes. */
  memory: number;
  /** How often each worker was started anew in the last minute, by its number. */
  restarts: ReadonlyMap<number, number>;
}

/** More than these nobody reads. */
export const SHOWN = 3;

export const problem = (id: string, text: string): Diagnosis => ({ severity: 'problem', id, text });
export const warning = (id: string, text: string): Diagnosis => ({ severity: 'warning', id, text });
export const hint = (id: string, text: string): Diagnosis => ({ severity: 'hint', id, text });
