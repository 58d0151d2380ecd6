import { describe, expect, test } from 'vitest';
import { minimize } from '../../harness/corpus/minimize.ts';
import type { Bounds } from '../../harness/corpus/trial.ts';
import { titleOf } from '../../harness/findings/title.ts';
import fc from '../fast-check.ts';
import { executing, faultIn } from './faults.ts';

const FREE: Bounds = { milliseconds: 3_600_000, executions: Number.POSITIVE_INFINITY };
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const textOf = (data: Uint8Array): string => Buffer.from(data).toString('latin1');

/** Minimizes a text that fails where `fails` holds. */
async function minimal(text: string, fails: (text: string) => boolean, bounds = FREE) {
  const executor = executing((one) => (fails(one) ? faultIn('parse') : null));
  const result = await minimize(bytes(text), executor, bounds);
  return { ...result, text: textOf(result.data), runs: executor.runs };
}

const parses = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

describe('what comes of it fails in the same way, and is never larger', () => {
  const subsequence = (text: string, needle: string): boolean => {
    let at = 0;
    for (const char of text) if (char === needle[at]) at++;
    return at === needle.length;
  };
  test('for inputs and needles of every kind, of which nothing but the needle is left', async () => {
    const raw = fc.uint8Array({ maxLength: 60 }).map(textOf);
    const needle = fc.uint8Array({ minLength: 1, maxLength: 4 }).map(textOf);
    await fc.assert(
      fc.asyncProperty(raw, raw, raw, needle, async (a, b, c, word) => {
        const half = word.length >> 1;
        const input = `${a}${word.slice(0, half)}${b}${word.slice(half)}${c}`;
        const { text, complete } = await minimal(input, (one) => subsequence(one, word));
        expect(complete).toBe(true);
        expect(text).toBe(word);
      }),
      { numRuns: 60 },
    );
  });
  test('for conditions that are not about parts at all', async () => {
    const salts = fc.integer({ min: 1, max: 1000 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), salts, async (data, salt) => {
        // Whether it fails jumps from input to input.
        const fails = (one: string): boolean =>
          [...bytes(one)].reduce((sum, byte) => (sum * 31 + byte) % 1009, salt) % 3 === 0;
        const input = textOf(data);
        fc.pre(fails(input));
        const { text } = await minimal(input, fails);
        expect(fails(text)).toBe(true);
        expect(text.length).toBeLessThanOrEqual(input.length);
      }),
      { numRuns: 60 },
    );
  });
  test('another fault on the way is passed by', async () => {
    const executor = executing((text) => {
      if (text.length < 8 && text.includes('x')) return faultIn('lex', 'detector');
      return text.includes('x') ? faultIn('parse') : null;
    });
    const { data, title } = await minimize(bytes('..........x.........'), executor, FREE);
    expect(title).toEqual(titleOf(faultIn('parse')));
    expect(textOf(data)).toHaveLength(8);
    expect(textOf(data)).toContain('x');
  });
});

test('an input that does not fail is left alone, after one execution', async () => {
  const { title, text, executions } = await minimal('hello', () => false);
  expect({ title, text, executions }).toEqual({ title: null, text: 'hello', executions: 1 });
});

test('an input that fails whatever it holds becomes empty', async () => {
  expect((await minimal('anything', () => true)).text).toBe('');
});

test('what fails by chance is not taken: the original is kept', async () => {
  let runs = 0;
  const executor = executing(() => (runs++ < 3 ? faultIn('parse') : null));
  const { data, title, stable } = await minimize(bytes('some input'), executor, FREE);
  expect(title).not.toBeNull();
  expect(stable).toBe(false);
  expect(textOf(data)).toBe('some input');
});

test('the same input gives the same result by the same executions, none of them twice', async () => {
  const fails = (text: string): boolean => /\((?:[^()]*\d){3}/.test(text) && text.split('\n').length > 2;
  const input = `begin\n${'word (1, 2, 3) "quoted"\n'.repeat(20)}end`;
  const [one, other] = [await minimal(input, fails), await minimal(input, fails)];
  expect(other).toEqual(one);
  const candidates = one.runs.slice(1, -2);
  expect(new Set(candidates).size).toBe(candidates.length);
  // The last two hold the result against its title.
  expect(one.runs.slice(-2)).toEqual([one.text, one.text]);
  expect(one.executions).toBe(one.runs.length);
});

describe('what belongs together goes together', () => {
  test('a JSON document keeps only the member that fails', async () => {
    const document = JSON.stringify({
      list: [1, 2, { deep: ['x', { wanted: { value: [17, 'text'] }, other: null }] }, 'y'.repeat(50)],
      more: { name: 'kcovjs', numbers: [1.5, -2e10, 0] },
    });
    const has = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && ('wanted' in value || Object.values(value).some(has));
    expect((await minimal(document, (text) => has(parses(text)))).text).toBe('{"wanted":0}');
  });
  test('elements of XML that are in the way are taken out of it', async () => {
    const element = /^\s*<(\w+)[^<>]*>([\s\S]*)<\/\1>\s*$/;
    /** Nothing but elements within elements, the innermost of which is `bad`. */
    const fails = (text: string): boolean => {
      const inner = element.exec(text);
      return inner !== null && (fails(inner[2]!) || (inner[1] === 'bad' && !inner[2]!.includes('<')));
    };
    const document = '<root id="1">\n <list>\n  <item class="x"><bad>text</bad></item>\n </list>\n</root>';
    expect((await minimal(document, fails)).text).toBe('<bad></bad>');
  });
  test('a name that occurs twice is shortened in both places, a number becomes 0', async () => {
    const fails = (text: string): boolean => /let (\w+) = \d+; use\(\1\)/.test(text);
    expect((await minimal('let counter = 4711; use(counter)', fails)).text).toBe('let a = 0; use(a)');
  });
  test('bytes that do not matter become simple where they cannot go', async () => {
    const fails = (text: string): boolean => text.length === 8 && text[3] === '!';
    expect((await minimal('Zq9!\t\x80\x01-', fails)).text).toBe('aa0! \0\0a');
  });
});

test.each([
  ['brackets that have no counterpart', `${'<'.repeat(200_000)}!${')'.repeat(200_000)}`],
  ['quotes that are escaped', `"${'\\"'.repeat(200_000)}!`],
  ['a tag without an end', `<${'a'.repeat(400_000)}!`],
  ['brackets in brackets', `${'['.repeat(200_000)}!${']'.repeat(200_000)}`],
])('a large input of %s is no trap', async (_, text) => {
  const fails = (one: string): boolean => one.includes('!') && one.length > 300_000;
  // A second, and then it ends, if nothing in between takes for ever.
  const result = await minimal(text, fails, { ...FREE, milliseconds: 1000 });
  expect(result.text.length).toBeLessThan(text.length);
});

describe('bounds', () => {
  const large = `${'lorem ipsum '.repeat(4000)}<<<!>>>${'dolor sit amet '.repeat(4000)}`;
  const fails = (text: string): boolean => text.includes('!');
  test('few executions are used for large steps', async () => {
    const { text, executions, complete } = await minimal(large, fails, { ...FREE, executions: 25 });
    expect(fails(text)).toBe(true);
    expect(text.length).toBeLessThan(large.length / 20);
    expect(executions).toBeLessThanOrEqual(25);
    expect(complete).toBe(false);
  });
  test('time for the last checks is kept, as an execution that fails may take all the time that it has', async () => {
    const executor = executing((text) => (fails(text) ? faultIn('spin', 'timeout') : null), 5000);
    // The first takes 5 s of these, and the checks 10 s; so it must end long before it is done.
    const { data, executions } = await minimize(bytes(large), executor, { ...FREE, milliseconds: 14_000 });
    expect(fails(textOf(data))).toBe(true);
    expect(executions).toBeLessThan(12);
  });
  test('no time at all: the original, by one execution', async () => {
    const { text, executions, complete } = await minimal(large, fails, { ...FREE, milliseconds: 0 });
    expect(text).toBe(large);
    expect({ executions, complete }).toEqual({ executions: 1, complete: false });
  });
  test('a signal ends it with the best so far', async () => {
    const stop = new AbortController();
    const onSmaller = (): void => stop.abort();
    const { text } = await minimal(large, fails, { ...FREE, signal: stop.signal, onSmaller });
    expect(text.length).toBeLessThan(large.length);
    expect(fails(text)).toBe(true);
  });
});
