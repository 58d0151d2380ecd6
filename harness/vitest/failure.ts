import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { FaultKind } from '../executor/fault.ts';
import type { FindingRecord } from '../findings/record.ts';
import { framePlace, stackFrames } from '../findings/stack-frame.ts';
import type { FuzzTest } from './host/fuzz-test.ts';
import { commandOf } from './rerun.ts';
import { retold } from './retold.ts';

/** A finding, and where its input is kept from now on. */
export interface Found extends FindingRecord {
  kept: string;
}

/** Bytes of an input that are shown. */
const SHOWN = 100;

/** Values of it that are shown. */
const VALUES = 20;

/** What is no error that the target has thrown. */
const NAMES: Readonly<Record<FaultKind, string>> = {
  error: 'Error',
  detector: 'Finding',
  rejection: 'UnhandledRejection',
  timeout: 'Timeout',
  oom: 'OutOfMemory',
  crash: 'Crash',
  exit: 'ProcessExit',
};

/**
 * The error of a test whose fuzzing found something: the target's own, thrown here and now, where that is possible, so
 * that vitest shows its stack and its difference; otherwise what is known of it.
 *
 * @param again runs the input, as a test case does; only for what a process survives unharmed
 */
export async function errorOf(found: FindingRecord, again: () => Promise<void>): Promise<Error> {
  return (found.kind === 'error' ? await thrownBy(again) : undefined) ?? told(found);
}

/** The same error, with what there is to know of the input that it came from. */
export const withWords = (error: Error, found: Found, test: FuzzTest): Error =>
  retold(error, words(found, error.message, test)) as Error;

async function thrownBy(run: () => Promise<void>): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(inspect(error));
  }
}

/** Its places are those of the files as they were written; `stacks` are what vitest makes of a stack. */
function told({ kind, title, stack }: FindingRecord): Error {
  const error = Object.assign(new Error(title), {
    name: NAMES[kind],
    stacks: stack.flatMap((text) => {
      const place = framePlace(text);
      return place === null ? [] : [{ ...place, method: stackFrames([text])[0]!.function }];
    }),
  });
  error.stack = `${error.name}: ${title}`;
  return error;
}

function words({ kept, kind, decoded = [] }: Found, message: string, test: FuzzTest): string[] {
  const input = readFileSync(kept);
  // Values that the message has already are not told twice.
  const values = decoded.filter((one) => !message.includes(one));
  return [
    `found by fuzzing, with ${shown(input)}`,
    ...values.slice(0, VALUES).map((one) => `  ${one}`),
    ...(values.length > VALUES ? [`  … and ${values.length - VALUES} more`] : []),
    `kept as  ${relative(process.cwd(), kept)}`,
    `run it   ${commandOf(test, kept, kind)}`,
  ];
}

/** As one would write it in a test. */
function shown(input: Buffer): string {
  const size = `${input.length} ${input.length === 1 ? 'byte' : 'bytes'}`;
  if (input.length > SHOWN) return size;
  const text = input.toString();
  const isText = Buffer.from(text).equals(input) && !/[\p{Cc}\p{Cn}]/u.test(text.replace(/[\n\t\r]/g, ''));
  return `${size}: ${isText ? JSON.stringify(text) : `Buffer.from('${input.toString('hex')}', 'hex')`}`;
}
