import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from '../../harness/executor/fault.ts';
import { slugOf, titleOf } from '../../harness/findings/title.ts';
import { describeError } from '../../harness/symbolize/stack.ts';

const HERE = process.cwd();

function fault(
  message: string,
  stack: string[] = [`at decode (${HERE}/lib/decoder.js:120:9)`],
  more: Partial<{ kind: FaultKind; name: string }> = {},
): Fault {
  return { kind: more.kind ?? 'error', error: { name: more.name ?? 'TypeError', message, stack } };
}
const keyOf = (...args: Parameters<typeof fault>): string => titleOf(fault(...args)).key;
const textOf = (...args: Parameters<typeof fault>): string => titleOf(fault(...args)).text;

describe('the text', () => {
  const LOOP = [`at loop (${HERE}/t.mjs:12:3)`];
  test.each<[string, Fault]>([
    [
      `TypeError: Cannot read properties of undefined (reading 'x') in decode (lib/decoder.js:120)`,
      fault(`Cannot read properties of undefined (reading 'x')`),
    ],
    ['TypeError in decode (lib/decoder.js:120)', fault('')],
    ['only text in loop (t.mjs:12)', fault('only text', LOOP, { name: 'thrown' })],
    [
      'timeout in loop (t.mjs:12)',
      fault('a run took longer than 5 ms', LOOP, { kind: 'timeout', name: 'timeout' }),
    ],
    [
      'timeout: a run took longer than 5 ms',
      fault('a run took longer than 5 ms', [], { kind: 'timeout', name: 'timeout' }),
    ],
    ['process.exit(3) in loop (t.mjs:12)', fault('process.exit(3)', LOOP, { kind: 'exit', name: 'exit' })],
    [
      'out of memory in loop (t.mjs:12)',
      fault('the process held more', LOOP, { kind: 'oom', name: 'out of memory' }),
    ],
    ['SIGSEGV in loop (t.mjs:12)', fault('died', LOOP, { kind: 'crash', name: 'SIGSEGV' })],
    ['SIGSEGV: died', fault('died', [], { kind: 'crash', name: 'SIGSEGV' })],
    [
      'Unhandled rejection: Error: no in loop (t.mjs:12)',
      fault('no', LOOP, { kind: 'rejection', name: 'Error' }),
    ],
    [
      'Command Injection in exec() in loop (t.mjs:12)',
      fault('Command Injection in exec()\nmore', LOOP, { kind: 'detector', name: 'Error' }),
    ],
  ])('%s', (text, of) => expect(titleOf(of).text).toBe(text));

  test('has paths from the last node_modules/ on, and otherwise from the working directory', () => {
    expect(textOf('no', ['at f (/app/node_modules/a/node_modules/b/i.js:1:2)'])).toBe(
      'TypeError: no in f (node_modules/b/i.js:1)',
    );
    expect(textOf('no', [`at file://${HERE}/a%20b.mjs:1:2`])).toBe('TypeError: no in a b.mjs:1');
  });

  test.each([
    ['lines', 'one\ntwo\r\nthree\u2028four'],
    ['escape sequences', 'red \u001b[31mtext\u001b[0m \u009b2J \u001b]0;title\u0007 \u001bc'],
    ['controls', 'bell\u0007 back\b null\0 del\u007f'],
    ['text that turns around', 'abc\u202egnp.exe\u2066'],
    ['half a pair', 'a\ud83d b'],
    ['a long message', 'x'.repeat(10_000)],
    ['a long message of pairs', '😀'.repeat(10_000)],
  ])('is one bounded line whatever the message holds: %s', (_, message) => {
    const text = textOf(message, [`at ${'f'.repeat(500)} (/x.js:1:2)`]);
    expect(text).not.toMatch(/[\p{C}\u2028\u2029]/u);
    expect([...text].length).toBeLessThanOrEqual(120);
    expect(textOf(message)).toMatch(/ in decode \(lib\/decoder\.js:120\)$/);
  });
});

describe('the key is the same', () => {
  test.each([
    ['numbers', 'offset 17 of 0x1f is out of range', 'offset 4 of 0xff is out of range'],
    [
      'what is quoted',
      `Unexpected token 'a', "ab"c" is not valid JSON`,
      `Unexpected token '"', """ is not valid JSON`,
    ],
    [
      'single characters',
      'Unexpected token } in JSON at position 5',
      'Unexpected token a in JSON at position 5',
    ],
    [
      'properties that are read',
      `Cannot read properties of null (reading 'a')`,
      `Cannot read properties of null (reading 'bcd')`,
    ],
    ['further lines', 'bad\n  here', 'bad\n there'],
  ])('for other %s', (_, a, b) => expect(keyOf(a)).toBe(keyOf(b)));

  test('in another checkout', () => {
    const keys = ['one', 'two/deeper'].map((name) => {
      const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'kcovjs-title-'))), name);
      mkdirSync(join(root, 'lib'), { recursive: true });
      writeFileSync(join(root, 'package.json'), '{}');
      return keyOf('no', [`at decode (${root}/lib/decoder.js:1:2)`, `at fuzz (${root}/fuzz.js:3:4)`]);
    });
    expect(keys[0]).toBe(keys[1]);
    expect(keyOf('no', ['at f (/a/node_modules/b/i.js:1:2)'])).toBe(
      keyOf('no', ['at f (/c/d/node_modules/b/i.js:1:2)']),
    );
  });

  test('for callers at other lines, and beyond the second', () => {
    const inner = `at decode (${HERE}/lib/decoder.js:120:9)`;
    const a = [inner, 'at b (/b.js:1:1)', 'at c (/c.js:1:1)', 'at d (/d.js:1:1)'];
    const b = [inner, 'at b (/b.js:2:1)', 'at c (/c.js:3:4)', 'at e (/e.js:1:1)'];
    expect(keyOf('no', a)).toBe(keyOf('no', b));
  });

  test('for a method that a subclass has inherited', () => {
    expect(keyOf('no', ['at Base.run (/b.js:1:1)'])).toBe(
      keyOf('no', ['at async Sub.run [as go] (/b.js:1:1)']),
    );
  });
});

describe('the key is another', () => {
  test.each<[string, Parameters<typeof fault>]>([
    ['kind', ['no', undefined, { kind: 'rejection' }]],
    ['name', ['no', undefined, { name: 'RangeError' }]],
    ['message', ['other words']],
    ['line', ['no', [`at decode (${HERE}/lib/decoder.js:121:9)`]]],
    ['column', ['no', [`at decode (${HERE}/lib/decoder.js:120:8)`]]],
    ['function', ['no', [`at encode (${HERE}/lib/decoder.js:120:9)`]]],
    ['file', ['no', [`at decode (${HERE}/lib/decoder2.js:120:9)`]]],
    ['caller', ['no', [`at decode (${HERE}/lib/decoder.js:120:9)`, 'at b (/b.js:1:1)']]],
  ])('for another %s', (_, args) => expect(keyOf(...args)).not.toBe(keyOf('no')));
});

describe('an endless recursion', () => {
  const even = (n: number): boolean => odd(n + 1) || Math.max(n) > 0;
  const odd = (n: number): boolean => even(n + 1) || Math.min(n) > 0;
  const alone = (n: number): number => alone(n + 1) + 1;
  const caught = (run: () => unknown): Fault => {
    try {
      run();
    } catch (error) {
      return { kind: 'error', error: describeError(error) };
    }
    throw new Error('it ended');
  };

  test('is known by the functions that take part, wherever the stack ends', () => {
    const titles = [0, 1, 2, 3, 4].flatMap((depth) => {
      const deeper = (n: number): unknown => (n === 0 ? even(0) : deeper(n - 1));
      return [titleOf(caught(() => deeper(depth))), titleOf(caught(() => odd(depth)))];
    });
    expect(new Set(titles.map(({ key }) => key)).size).toBe(1);
    expect(titles[0]?.text).toMatch(
      /^RangeError: Maximum call stack size exceeded in even, odd \(.*title\.test\.ts\)$/,
    );
    expect(titleOf(caught(() => alone(0))).key).not.toBe(titles[0]?.key);
  });
});

describe('a slug', () => {
  test('is a name for a folder, and another for another key', () => {
    const title = titleOf(fault(`../../etc/passwd \u001b[2J 'x' “ü” ${'long '.repeat(100)}`));
    expect(slugOf(title)).toMatch(/^[a-z0-9][a-z0-9-]{1,80}$/);
    expect(slugOf({ text: title.text, key: 'other' })).not.toBe(slugOf(title));
    expect(slugOf({ text: '日本', key: 'x' })).toMatch(/^finding-[0-9a-f]+$/);
  });
});
