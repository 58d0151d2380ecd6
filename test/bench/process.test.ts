import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type * as Process from '../../harness/bench/process.ts';
import { dist } from './programs.ts';

const { run } = await dist<typeof Process>('process.js');

/** Writes to the descriptor itself, as native code does. Once Node knows a pipe, such a write fails where it is full. */
const WRITER = `
  process.stderr;
  let lost = 0;
  for (let i = 0; i < 40; i++) {
    try { fs.writeSync(2, 'x'.repeat(9999) + '\\n'); } catch { lost++; }
  }
  process.exit(lost);
`;

test('what native code prints is there to the last line, also where nobody reads it at the time', async () => {
  const running = run({ args: ['-e', WRITER], limit: 60 });
  await setTimeout(0);
  const end = performance.now() + 1500;
  while (performance.now() < end); // As a parent that has no time.
  const { code, stderr } = await running;
  expect(code).toBe(0);
  expect(stderr).toHaveLength(400_000);
});

test('a process that hangs is ended, and says so', async () => {
  const { code, signal } = await run({ args: ['-e', 'for (;;);'], limit: 1 });
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
});
