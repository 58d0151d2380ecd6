import { describe, expect, test } from 'vitest';
import type { Imported } from '../../harness/corpus/import.ts';
import { type MergeRequest, merge } from '../../harness/corpus/merge.ts';
import type { Executing } from '../../harness/corpus/pool.ts';
import type { Executed } from '../../harness/executor/executed.ts';
import { UsageError } from '../../harness/usage.ts';
import fc from '../fast-check.ts';
import { executed, faultIn } from './faults.ts';

const input = (text: string, name = text): Imported => ({
  name,
  kind: 'input',
  read: () => Buffer.from(text),
});
const textOf = ({ source }: { source: Imported }): string => Buffer.from(source.read()).toString();

/** The PCs of a text: its characters. */
const pcs = (text: string): Uint32Array => Uint32Array.from([...text], (char) => char.charCodeAt(0));
const reached = (texts: readonly string[]): Set<string> => new Set(texts.join(''));

interface Processes {
  start: () => Executing;
  open: number;
  started: number;
}

/** Processes in this one; `run` gets the text, and how many this process ran before. */
function processes(run: (text: string, before: number, process: number) => Partial<Executed>): Processes {
  const all: Processes = {
    open: 0,
    started: 0,
    start: () => {
      all.open++;
      const process = all.started++;
      let before = 0;
      return {
        execute: async (data) => {
          // Others have their turn meanwhile.
          await new Promise(setImmediate);
          return executed(run(Buffer.from(data).toString(), before++, process));
        },
        close: () => all.open--,
      };
    },
  };
  return all;
}

async function merged(texts: readonly string[], request: Partial<MergeRequest> = {}) {
  const lines: string[] = [];
  const { start } = processes((text) => ({ pcs: pcs(text) }));
  const inputs = texts.map((text, i) => input(text, `${i}`));
  const result = await merge({
    there: [],
    inputs,
    start,
    workers: 2,
    say: (line) => lines.push(line),
    ...request,
  });
  return { ...result, texts: result.added.map(textOf), lines };
}

test('every PC is kept, and no input that is kept can go', async () => {
  const text = fc.string({ unit: fc.constantFrom(...'abcdefghij'), maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, workers) => {
        const result = await merged(all, { workers });
        expect(reached(result.texts)).toEqual(reached(all));
        for (const one of result.texts)
          expect(reached(result.texts.filter((other) => other !== one)).size).toBeLessThan(reached(all).size);
        expect(result.pcs).toBe(reached(all).size);
        expect(result.inputs + result.leftOut.duplicates).toBe(all.length);
      },
    ),
    { numRuns: 40 },
  );
});

test('contents that there are twice are executed once', async () => {
  const counted = processes((text) => ({ pcs: pcs(text) }));
  const result = await merged(['ab', 'ab', 'c', 'ab'], { start: counted.start });
  expect(result.leftOut.duplicates).toBe(2);
  expect(result.inputs).toBe(2);
  // Both once, and once more as they are kept.
  expect(result.executions).toBe(4);
  expect(counted.open).toBe(0);
});

describe('what is in the folder already', () => {
  test('stays, and counts, so that only what it lacks is added', async () => {
    const there = [input('abc'), input('a'), input('')];
    const { texts, there: stays, pcs: count } = await merged(['ab', 'bd', 'c'], { there });
    expect(texts).toEqual(['bd']);
    expect(stays.map(textOf)).toEqual(['abc', 'a', '']);
    expect(count).toBe(4);
  });
  test('is not added a second time', async () => {
    const { added, leftOut } = await merged(['ab'], { there: [input('ab')] });
    expect(added).toEqual([]);
    expect(leftOut.duplicates).toBe(1);
  });
});

describe('inputs that fail', () => {
  const failing = (text: string): Partial<Executed> =>
    text.includes('!') ? { fault: faultIn('parse') } : { pcs: pcs(text) };
  test('are left out, named and counted, and their PCs are not asked for', async () => {
    const { texts, leftOut, lines } = await merged(['ab', 'xyz!', 'c'], { start: processes(failing).start });
    expect(texts).toEqual(['ab', 'c']);
    expect(leftOut.failed).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^1: left out, as it fails: /)]);
  });
  test('by hundreds are named only at first', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `!${i}`);
    const { leftOut, lines } = await merged(many, { start: processes(failing).start });
    expect(leftOut.failed).toBe(300);
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatch(/^more inputs are left out/);
  });
  test('only when they run again are replaced by others that do not', async () => {
    const start = processes((text, _, process) =>
      text === 'ab' && process >= 2 ? { fault: faultIn('parse') } : { pcs: pcs(text) },
    ).start;
    const { texts, leftOut } = await merged(['ab', 'abc', 'xa', 'xb'], { start });
    expect(leftOut.failed).toBe(0);
    expect(reached(texts)).toEqual(reached(['abcx']));
    const again = await merged(['ab', 'a..', 'b..'], { start });
    expect(again.leftOut.failed).toBe(1);
    expect(again.texts).toEqual(['a..', 'b..']);
  });
  test('do not end the others: what kills its process is followed by one that has run nothing', async () => {
    const seen: string[] = [];
    const { start } = processes((text) => {
      seen.push(text);
      return text === '!' ? { fault: faultIn('parse', 'crash') } : { pcs: pcs(text) };
    });
    const { texts } = await merged(['a', '!', 'b'], { start, workers: 1 });
    expect(texts).toEqual(['a', 'b']);
    // An empty input comes first in each process, for what happens once in it.
    expect(seen.slice(0, 5)).toEqual(['', 'a', '!', '', 'b']);
  });
});

describe('PCs that come and go', () => {
  test('nothing is kept for what a process does once', async () => {
    const { start } = processes((text, before) => ({ pcs: pcs(before === 0 ? `${text}init` : text) }));
    const { texts, flaky } = await merged(['abc', 'b', 'c'], { start, workers: 1 });
    expect(texts).toEqual(['abc']);
    expect(flaky).toBe(0);
  });
  test('nothing is kept for what was seen once', async () => {
    let runs = 0;
    const { start } = processes((text) => ({ pcs: pcs(text === 'b' && runs++ === 0 ? 'b?' : text) }));
    const { texts, flaky } = await merged(['abc', 'b', 'c'], { start });
    expect(texts).toEqual(['abc']);
    expect(flaky).toBe(1);
  });
  test('a PC that one input has by chance is kept for another that always has it', async () => {
    const runs = new Map<string, number>();
    const { start } = processes((text) => {
      const run = (runs.get(text) ?? 0) + 1;
      runs.set(text, run);
      return { pcs: pcs(text === 'a' && run === 1 ? 'a?' : text) };
    });
    const { texts } = await merged(['a', 'long?'], { start });
    expect(texts).toEqual(['a', 'long?']);
  });
  test('what never comes back is given up after some inputs, and is not sought in all', async () => {
    const seen = new Set<string>();
    const { start } = processes((text) => {
      const first = !seen.has(text);
      seen.add(text);
      return { pcs: pcs(first ? `${text}?` : text) };
    });
    const all = Array.from({ length: 100 }, (_, i) => 'a'.repeat(i + 1));
    const { texts, executions } = await merged(all, { start, workers: 1 });
    expect(texts).toEqual(['a']);
    expect(executions).toBeLessThan(110);
  });
});

test('an input that cannot be read is named and counted', async () => {
  const gone: Imported = {
    name: 'gone',
    kind: 'input',
    read: () => {
      throw new UsageError('gone: cannot be read: ENOENT');
    },
  };
  const { texts, leftOut, lines } = await merged([], { inputs: [gone, input('a')] });
  expect(texts).toEqual(['a']);
  expect(leftOut.unreadable).toBe(1);
  expect(lines).toEqual(['gone: cannot be read: ENOENT']);
});

test('a target that cannot be loaded ends it, and all processes', async () => {
  const all = processes(() => {
    throw new UsageError('target.mjs: cannot be loaded');
  });
  await expect(merged(['a', 'b', 'c', 'd'], { start: all.start, workers: 3 })).rejects.toThrow(
    'target.mjs: cannot be loaded',
  );
  expect(all.open).toBe(0);
});

test('inputs whose trace did not fit the buffer are counted', async () => {
  const { start } = processes((text) => ({ pcs: pcs(text), overflowed: text === 'a' }));
  expect((await merged(['a', 'b'], { start })).overflowed).toBe(1);
});
