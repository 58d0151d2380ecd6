import { runInNewContext } from 'node:vm';
import { expect, describe as group, it, vi } from 'vitest';
import { describe, printFinding } from '../../harness/engine/finding.ts';
import type { Findings } from '../../harness/engine/jazzer.ts';

class Finding extends Error {}
const findings = { Finding } as unknown as Findings;
const firstLine = (error: unknown): string => describe(error, findings).split('\n')[0]!;

it('a finding is printed with the prefix that ClusterFuzz parses', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  printFinding(new RangeError('out of bounds'), findings);
  const printed = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  expect(printed).toMatch(/^==\d+== Uncaught Exception: Jazzer\.js: RangeError: out of bounds\n {4}at /);
  expect(printed.endsWith('\n')).toBe(true);
});

group('the first line', () => {
  it.each<[string, unknown, string]>([
    ['of an error is its name and message', new TypeError('bad'), 'TypeError: bad'],
    ['of a report is its message: it says what it is', new Finding('Command Injection'), 'Command Injection'],
    ['of an error of another realm too', runInNewContext('new SyntaxError("bad")'), 'SyntaxError: bad'],
    ['of a string is the string', 'bad', 'bad'],
    ['of an error that is frozen', Object.freeze(new Error('cold')), 'Error: cold'],
    ['of an object without a stack', { name: 'Odd', message: 'bad' }, 'Odd: bad'],
  ])('%s', (_, error, expected) => expect(firstLine(error)).toBe(expected));

  it('says what the error is now, whatever its stack began with', () => {
    const error = new Error('before');
    void error.stack;
    error.message = 'after';
    expect(firstLine(error)).toBe('Error: after');
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { a: 1 }],
    ['an object without a prototype', Object.create(null)],
    [
      'an error whose properties throw',
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('y');
        },
      }),
    ],
  ])('is there for %s', (_, error) => expect(firstLine(error)).not.toBe(''));
});

it('frames of Jazzer.js are left out', () => {
  const error = new Error('bad');
  error.stack =
    'Error: bad\n    at hook (/app/node_modules/@jazzer.js/hooking/dist/hook.js:1:2)\n    at parse (/app/lib.js:3:4)';
  expect(describe(error, findings)).toBe('Error: bad\n    at parse (/app/lib.js:3:4)');
});
