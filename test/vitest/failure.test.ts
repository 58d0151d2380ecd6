import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorOf, type Found, withWords } from '../../harness/vitest/failure.ts';

/** Its stack has been looked at before, as that of a test case has. */
async function refuse(): Promise<void> {
  const error = new Error('refused');
  error.stack = error.stack?.trimEnd() ?? '';
  error.message += '\n\nfails with (0)';
  throw error;
}

/** What a fuzz test is told of an input that `refuse` fails on. */
async function told(name: string): Promise<Error> {
  const kept = join(mkdtempSync(join(tmpdir(), 'kcovjs-failure-')), 'error-refused');
  writeFileSync(kept, '{');
  const found = { kind: 'error', title: 'Error: refused', stack: [], kept } as unknown as Found;
  return withWords(await errorOf(found, refuse), found, {
    file: join(process.cwd(), 'one.test.ts'),
    names: [name],
  });
}

test('the same error of two fuzz tests is two for vitest, which prints those with one stack once', async () => {
  const [one, two] = await Promise.all(['one', 'two'].map(told));
  expect(one!.stack).not.toBe(two!.stack);
});

test('the stack of a failure is its message, and the frames of the target', async () => {
  const { stack, message } = await told('one');
  expect(stack).toMatch(`Error: ${message}\n`);
  expect(stack!.slice(stack!.indexOf(message) + message.length)).toMatch(
    /^\n {4}at refuse \(.*failure\.test\.ts/,
  );
});

test('the command of a failure takes the name of its test by the letter', async () => {
  const { message } = await told('reads (a+) [1]');
  expect(message).toContain(String.raw`-t 'reads \(a\+\) \[1\].*error-refused'`);
});
