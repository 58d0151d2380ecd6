import { runInNewContext } from 'node:vm';
import { transformSync } from '@babel/core';
import { afterEach, describe, expect, test } from 'vitest';
import { kldstat, kldunload, snapshot } from '../../harness/index.ts';
import type { KernelModule, Literals } from '../../src/abi/module.ts';
import { parserOptions } from '../../src/instrument/parse.ts';
import { patternTexts } from '../../src/instrument/patterns.ts';
import kcov from '../../src/instrument/plugin.ts';
import { kldliterals, kldload } from '../../src/ksyms/linker.ts';

const rest = (source: string, filename = '/app/a.ts'): string => {
  const { code } = transformSync(source, {
    ...(parserOptions(filename, 'module') as object),
    plugins: [[kcov, { standalone: false }]],
  })!;
  const call = /kldload\("[^"]*", \d+, \d+, (".*")\);/.exec(code!)!;
  return runInNewContext(call[1]!) as string;
};
const literals = (source: string): string[] => (JSON.parse(rest(source)) as Literals).literals;
const numbers = (source: string): number[] => (JSON.parse(rest(source)) as Literals).numbers;

afterEach(() => {
  for (const { id, refs } of kldstat().slice(1)) for (let i = 0; i < refs; i++) kldunload(id);
});

describe('texts', () => {
  test.each<[string, string[]]>([
    ["f('GET', 'x', '')", ['GET', 'x']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
    ['`a b${c}d\\n`', ['a b', 'd\n']],
    ["'twice' + 'twice'", ['twice']],
    [`'${'é'.repeat(32)}' + '${'é'.repeat(33)}'`, ['é'.repeat(32)]],
    // What says where a module is, or how code runs.
    ["'use strict'; import a from 'a'; export * from 'b'; export { c } from 'c'", []],
    ["import('d'); require('e'); import f from 'f' with { type: 'json' }", []],
    ["type A = 'x1' | 'y1'; const a: 'z1' = b as 'w1';", []],
    ["enum A { B = 'one' }", ['one']],
    // Names: keys, and what is compared.
    ['({ type: a, x: b, "content-type": c, [d]: e, method() {} })', ['type', 'content-type', 'method']],
    ['const { kind } = a', ['kind']],
    ["a.version === b; 'id' in a; switch (a.tag) {}", ['version', 'id', 'tag']],
    ["a.name.startsWith('x-'); a.plain; a[b] === c", ['name', 'x-']],
    // Patterns.
    ['/^GET (\\S+) HTTP/', ['GET ', ' HTTP']],
    ['123456789012345678901234567890n', ['123456789012345678901234567890']],
  ])('%s', (source, texts) => expect(literals(source)).toEqual(texts));

  test('at most 1024 of a file', () => {
    const source = Array.from({ length: 2000 }, (_, i) => `f('text ${i}', ${1000 + i})`).join(';');
    expect(literals(source).length).toBe(1024);
    expect(numbers(source).length).toBe(1024);
  });
});

test('numbers that are no bytes', () => {
  expect(numbers('[0, 255, 256, -255, -1000, 0.5, 1e999, 0xcafebabe, 31337n, 256]')).toEqual([
    256, -1000, 0.5, 0xcafebabe, 31337,
  ]);
});

test.each<[RegExp, string[]]>([
  [/^https?:\/\//, ['http', '://']],
  [/ab+c/, ['ab', 'bc']],
  [/ab*cd/, ['cd']],
  [/abc{2,3}?de/, ['abc', 'cde']],
  [/abc{0,3}de/, ['ab', 'de']],
  [/[abc]de(?:fg|hi)/, ['de', 'fg', 'hi']],
  [/(?<year>\d\d)-(?=to)\k<year>xy/, ['to', 'xy']],
  [/\x41\u0042\u{43}\n\.\$/u, ['ABC\n.$']],
  [/(.)\p{L}ab\bcd\1ef/u, ['ab', 'cd', 'ef']],
  [/a\]b[\]x]cd/, ['a]b', 'cd']],
  [/./, []],
])('the runs of characters in %s', (pattern, texts) => expect(patternTexts(pattern.source)).toEqual(texts));

describe('kldliterals', () => {
  test('has the words of all modules that are loaded, each once', () => {
    kldload('/a.js', 0x100000, 8, rest("f('one', 'two', 1000)"));
    kldload('/b.js', 0x200000, 8, rest("f('two', 'three', 1000, 2000)"));
    expect(kldliterals()).toEqual({ strings: ['one', 'two', 'three'], numbers: [1000, 2000] });
    kldunload(kldstat()[1]!.id);
    expect(kldliterals()).toEqual({ strings: ['two', 'three'], numbers: [1000, 2000] });
  });

  test('a module of another compiler has none', () => {
    kldload('/a.js', 0x100000, 8, '{"symbols":[],"lines":""}');
    expect(kldliterals()).toEqual({ strings: [], numbers: [] });
  });

  test('what is in the snapshot does not depend on them', () => {
    const whole = rest("const f = (x) => x === 'one' ? 1000 : 2; f('two')");
    const { symbols, lines } = JSON.parse(whole) as KernelModule;
    const taken = [whole, JSON.stringify({ symbols, lines })].map((text) => {
      kldload('/a.js', 0x100000, 64, text);
      const bytes = Buffer.from(snapshot());
      kldunload(kldstat().at(-1)!.id);
      return bytes;
    });
    expect(taken[0]!.equals(taken[1]!)).toBe(true);
    expect(taken[0]!.includes('<module>')).toBe(true);
  });
});
