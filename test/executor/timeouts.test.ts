import { describe, expect, test } from 'vitest';
import { titleOf } from '../../harness/findings/title.ts';
import { executorOf, run, written } from './targets.ts';

const LOOPS = `
function step(data, i) {
  let sum = 0;
  for (let k = 0; k < 50; k++) sum += data[i % data.length] ^ k;
  return sum;
}
export function decode(data) {
  let total = 0;
  while (data[0] === 0x41) { // line 9
    for (let i = 0; i < 1000; i++) total += step(data, i);
  }
  for (let i = 0; data[0] === 0x42; i++) { // line 12
    if (step(data, i) === -1) break;
  }
  do { } while (data[0] === 0x43); // line 15
  return total;
}
export function fuzz(data) {
  return decode(data);
}
`;

const TYPED = LOOPS.replaceAll('(data)', '(data: Uint8Array)')
  .replace('return decode(data: Uint8Array)', 'return decode(data)')
  .replace('data, i)', 'data: Uint8Array, i: number)');

test.each<[string, string, string, [input: string, line: number][]]>([
  [
    'an ES module',
    'loops.mjs',
    LOOPS,
    [
      ['A', 9],
      ['B', 12],
      ['C', 15],
    ],
  ],
  ['TypeScript', 'loops.ts', TYPED, [['B', 12]]],
  ['CommonJS', 'loops.cjs', `${LOOPS.replaceAll('export ', '')}exports.fuzz = fuzz;\n`, [['A', 9]]],
])('an endless loop in %s has the line where the loop begins that does not end', async (_, name, code, cases) => {
  const file = written(code, name);
  const executor = executorOf(file, { timeout: 500 });
  for (const [input, line] of cases) {
    const { fault } = await run(executor, input);
    expect(fault?.kind).toBe('timeout');
    expect(fault?.error.stack).toEqual([
      expect.stringContaining(`at decode (${file}:${line}:3)`),
      expect.stringMatching(/^at fuzz \(.*:19:10\)$/),
    ]);
  }
});

test('one loop has one title whatever the input', async () => {
  const executor = executorOf(written(LOOPS, 'loops.mjs'), { timeout: 500 });
  const titles = [];
  for (const input of ['A', 'A much longer one']) titles.push(titleOf((await run(executor, input)).fault!));
  expect(titles[1]?.key).toBe(titles[0]?.key);
  expect(titles[0]?.text).toMatch(/^timeout in decode \(.*loops\.mjs:9\)$/);
});

describe('a run that takes too long', () => {
  const file = written(`
    const grow = (n) => n < 2 ? n : grow(n - 1) + grow(n - 2);
    exports.fuzz = (data) => {
      if (data[0] === 0x52) return grow(100);
      if (data[0] === 0x58) return /^(a+)+$/.test('a'.repeat(60) + 'b');
      if (data[0] === 0x57) return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      if (data[0] === 0x4d) return (async () => { for (;;) await null; })();
      if (data[0] === 0x4e) return new Promise(() => { setInterval(() => {}, 1); });
      if (data[0] === 0x46) for (const x of (function* () { for (;;) yield 1; })()) grow(5);
    };`);
  const executor = executorOf(file, { timeout: 500 });

  test('by a recursion that branches is in that function', async () => {
    const faults = [(await run(executor, 'R')).fault!, (await run(executor, 'R2')).fault!];
    expect(faults[0]?.error.stack[0]).toMatch(/at grow /);
    expect(titleOf(faults[1]!).key).toBe(titleOf(faults[0]!).key);
  });
  test.each([
    ['by a regular expression', 'X', `at exports.fuzz (${file}:5:`],
    ['by waiting in a call', 'W', `at exports.fuzz (${file}:6:`],
    ['between microtasks', 'M', `at ${file}:7:51`],
    ['over a generator', 'F', `at exports.fuzz (${file}:9:29)`],
  ])('%s', async (_, input, frame) => {
    const { fault } = await run(executor, input);
    expect(fault).toMatchObject({ kind: 'timeout', error: { name: 'timeout' } });
    expect(fault?.error.stack[0]).toContain(frame);
  });
  test('while timers go on', async () => {
    expect((await run(executor, 'N')).fault).toMatchObject({ kind: 'timeout', error: { stack: [] } });
  });
});
