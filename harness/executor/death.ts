import type { Fault } from './fault.ts';
import type { LastWords } from './messages.ts';

/** How a process came to its end. */
export interface Death {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last of its words in the run that was on, if it said any. */
  words: LastWords | undefined;
  /** The end of what it wrote to standard error. */
  stderr: string;
  /** It was ended since it did not answer. */
  silent: boolean;
}

/** V8's last line before it aborts. */
const FATAL = /^(?:FATAL ERROR|# Fatal .*?): ?.*$/m;
const OUT_OF_MEMORY = /(?:heap|process) out of memory/i;

/** What a death says of the run that was on. */
export function faultOf(death: Death): Fault {
  const { code, signal, words } = death;
  if (words?.type === 'stuck') return words.fault;
  if (words?.type === 'broken') return bare('exit', 'exit', `its process cannot go on: ${words.message}`);
  if (death.silent) return bare('timeout', 'timeout', 'its process did not answer');
  if (words?.type === 'ending' && fits(words.fault, signal)) return words.fault;
  if (signal === null) return bare('exit', 'exit', `its process ended with exit code ${code}`);
  return signalled(signal, FATAL.exec(death.stderr)?.[0]);
}

/** A process may go on after it has said how it would end, and end in another way. */
const fits = ({ kind, error }: Fault, signal: string | null): boolean =>
  kind === 'exit' ? signal === null : error.name === signal;

function signalled(signal: string, fatal: string | undefined): Fault {
  if (fatal !== undefined && OUT_OF_MEMORY.test(fatal)) return bare('oom', 'out of memory', fatal);
  return bare('crash', signal, fatal ?? `its process died of ${signal}`);
}

const bare = (kind: Fault['kind'], name: string, message: string): Fault => ({
  kind,
  error: { name, message, stack: [] },
});
