/** The caller's mistake: one line that names the culprit and what to do, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Exit codes of the command line. 77 is libFuzzer's and Jazzer.js's for a finding. */
export const EXIT = { ok: 0, ourFailure: 1, usage: 2, finding: 77 } as const;
