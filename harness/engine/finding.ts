import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Findings } from './jazzer.ts';

/** Writes a finding to standard error, in the form that ClusterFuzz parses. */
export function printFinding(error: unknown, findings: Findings): void {
  process.stderr.write(`==${process.pid}== Uncaught Exception: Jazzer.js: ${describe(error, findings)}\n`);
}

/** What was thrown, which may be anything: its name and message, and where in the code under test it was. */
export function describe(error: unknown, { Finding }: Pick<Findings, 'Finding'>): string {
  try {
    if (typeof error === 'string') return error;
    // Errors come from other realms too, so they are known by what they have.
    if (!isErrorLike(error)) return inspect(error);
    const label = error instanceof Finding ? error.message : header(error);
    return [label, ...frames(error)].join('\n');
  } catch {
    return 'an error that cannot be looked at';
  }
}

interface ErrorLike {
  name?: unknown;
  message: unknown;
  stack?: unknown;
}

const isErrorLike = (error: unknown): error is ErrorLike =>
  typeof error === 'object' && error !== null && (error as ErrorLike).message !== undefined;

const header = ({ name, message }: ErrorLike): string =>
  message === '' ? String(name || 'Error') : `${String(name || 'Error')}: ${String(message)}`;

/**
 * The frames of the code under test: those of hooks come before them, ours and our caller's after. A stack's head
 * is of the time when the error was made, and may be stale.
 */
function frames({ stack, message }: ErrorLike): string[] {
  if (typeof stack !== 'string') return [];
  const text = String(message);
  const start = text !== '' && stack.includes(text) ? stack.indexOf(text) + text.length : 0;
  const lines = stack
    .slice(start)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const ours = lines.findIndex((line) => CALLERS.some((folder) => line.includes(folder)));
  return lines.slice(0, ours === -1 ? undefined : ours).filter((line) => !line.includes('/@jazzer.js/'));
}

const here = dirname(fileURLToPath(import.meta.url));
/** Folders whose code calls targets. */
const CALLERS = [join(here, '/'), join(here, '../feedback/')];
