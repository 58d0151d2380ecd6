import { describeError, headline } from '../symbolize/stack.ts';
import { type Findings, loadJazzer } from './jazzer.ts';

/** Writes a finding to standard error, in the form that ClusterFuzz parses. */
export function printFinding(error: unknown, findings: Findings): void {
  process.stderr.write(`==${process.pid}== Uncaught Exception: Jazzer.js: ${describe(error, findings)}\n`);
}

/** What was thrown, and where in the code under test; a bug detector's message says by itself what it is. */
export function describe(error: unknown, { Finding }: Pick<Findings, 'Finding'>): string {
  const text = describeError(error);
  const label = error instanceof Finding ? text.message : headline(text);
  return [label, ...text.stack.map((frame) => `    ${frame}`)].join('\n');
}

/** Whether a bug detector of Jazzer.js reported it. */
export const isDetectorFinding = (error: unknown): boolean => error instanceof loadJazzer().findings.Finding;
