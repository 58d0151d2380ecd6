import { constants } from 'node:os';
import { describeError } from '../symbolize/stack.ts';
import type { Fault } from './fault.ts';

/** Frames of a stack that is taken here, whatever the target has set. */
const DEPTH = 50;

type SignalName = keyof typeof constants.signals;

/**
 * Tells where the target ends its process, before it does: by `process.exit` and what stands behind it, `abort`, and
 * signals to itself. To be called before the target is loaded, which may put its own in their place.
 */
export function noteExits(note: (fault: Fault) => void): void {
  noteExit(note);
  noteAbort(note);
  noteKill(note);
}

function noteExit(note: (fault: Fault) => void): void {
  const { exit, reallyExit } = process as typeof process & { reallyExit(code?: number): never };
  let leaving = false;
  const leave = (code: unknown): void => {
    if (leaving) return; // Told already, and packages stand in between that hook the one or the other.
    note(faultHere('exit', 'exit', `process.exit(${String(code ?? process.exitCode ?? 0)})`));
  };
  process.exit = function (this: unknown, code) {
    leave(code);
    leaving = true;
    try {
      return exit.call(process, code);
    } finally {
      leaving = false; // A code that is refused, or a listener that throws.
    }
  } as typeof process.exit;
  Object.assign(process, {
    reallyExit(code?: number) {
      leave(code);
      return reallyExit.call(process, code);
    },
  });
}

function noteAbort(note: (fault: Fault) => void): void {
  const { abort } = process;
  process.abort = () => {
    note(faultHere('crash', 'SIGABRT', 'process.abort()'));
    return abort.call(process);
  };
}

function noteKill(note: (fault: Fault) => void): void {
  const { kill } = process;
  process.kill = (pid, signal) => {
    const name = signalName(signal);
    if (name !== undefined && [process.pid, -process.pid, 0].includes(pid))
      note(faultHere('crash', name, `process.kill(process.pid, '${name}')`));
    return kill.call(process, pid, signal);
  };
}

/** @returns undefined for what ends no process: 0, which only asks, and what is no signal */
function signalName(signal: string | number | undefined): SignalName | undefined {
  const names = Object.keys(constants.signals) as SignalName[];
  return names.find((name) => name === (signal ?? 'SIGTERM') || constants.signals[name] === signal);
}

const OwnError = Error;

function faultHere(kind: Fault['kind'], name: string, message: string): Fault {
  const limit = OwnError.stackTraceLimit;
  OwnError.stackTraceLimit = DEPTH;
  const { stack } = describeError(new OwnError(message));
  OwnError.stackTraceLimit = limit;
  return { kind, error: { name, message, stack } };
}
