import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../src/abi/kcov.ts';
import { Cpu } from '../../src/kcov/cpu.ts';
import { KcovFile } from '../../src/kcov/device.ts';
import { RemoteSections } from '../../src/kcov/remote.ts';
import { allocateShared } from '../../src/kcov/shared.ts';
import { ThreadKernel } from '../../src/trace/kernel.ts';
import fc from '../fast-check.ts';
import { compile } from './fake-kernel.ts';
import { PRELUDE, programs } from './programs.ts';

/** `KCOVJS_MEANING_RUNS=20000 npx vitest run test/instrument/meaning.test.ts` for a night. */
const RUNS = Number(process.env['KCOVJS_MEANING_RUNS'] ?? 80);

/** Milliseconds; what was found is shown then, as small as it is by that time, and before the test itself is ended. */
const LIMIT = Math.max(90_000, RUNS * 500);

/** How often a program may ask for fuel: the turns of loops and the calls of functions. */
const FUEL = 150;

/** A promise that nobody waits for is no mistake in a random program. */
let listeners: NodeJS.UnhandledRejectionListener[];
const ignore = (): void => {};
beforeAll(() => {
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
});
afterAll(async () => {
  await new Promise(setImmediate);
  process.removeListener('unhandledRejection', ignore);
  for (const one of listeners) process.on('unhandledRejection', one);
});

/** A value as text, without running any of its code. */
function show(value: unknown, depth = 3): string {
  if (typeof value === 'string') return `${JSON.stringify(value.slice(0, 200))} of ${value.length}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'symbol') return value.toString();
  if (typeof value !== 'object' && typeof value !== 'function') return String(value);
  if (value === null) return 'null';
  if (types.isNativeError(value)) return `${value.name}: ${quoteless(value.message)}`;
  const kind = typeof value === 'function' ? 'function' : Object.prototype.toString.call(value);
  if (depth === 0) return kind;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value))
    .slice(0, 20)
    .map(([key, property]) => {
      // Functions have names and lengths here; what they are made from is text that did change.
      const text = 'value' in property ? show(property.value, depth - 1) : 'accessor';
      return `${key}: ${text}`;
    });
  return `${kind} { ${fields.join(', ')} }`;
}

/**
 * V8 quotes the code itself in a few messages: `(a && b) is not a function`, and a function that is a key. What it
 * quotes is the instrumented code, and in long code less of it; what it says of it is to stay.
 */
const quoteless = (message: string): string =>
  message
    .replace(/^.*?(?= is not (a function|iterable|a constructor|async iterable))/s, '…')
    .replace(/(?<=\((?:reading|setting) '|search for ').*(?:=>|[{}]).*(?=')/s, '…');

interface Outcome {
  effects: string[];
  end: string;
  /** What word 0 of the buffer holds; 0 where there is none. */
  traced: number;
}

const prelude = new Script(PRELUDE);

type Tracing = 'off' | 'pc' | 'cmp';

function execute(code: string, tracing: Tracing | null): Outcome {
  const kernel = new ThreadKernel();
  const cpu = new Cpu(kernel);
  kernel.kldload = () => {};
  let words: BigUint64Array = new BigUint64Array(1);
  if (tracing === 'pc' || tracing === 'cmp') {
    const file = new KcovFile(cpu, new RemoteSections(allocateShared));
    file.ioctl(KCOV_IOC_SETBUFSIZE, ENTRIES);
    const area = file.mmap(ENTRIES * 8, 3, 1, 0);
    words = new BigUint64Array(area.buffer, area.byteOffset, 1);
    file.ioctl(KCOV_IOC_ENABLE, tracing === 'pc' ? KCOV_MODE_TRACE_PC : KCOV_MODE_TRACE_CMP);
  }
  const effects: string[] = [];
  let fuel = FUEL;
  const context = createContext(
    {
      ...(tracing === null ? {} : { __kcov: kernel }),
      log: (...values: unknown[]) => {
        effects.push(values.map((one) => show(one)).join(' '));
        return values.at(-1);
      },
      fuel: () => {
        if (fuel-- <= 0) throw 'out of fuel';
        return true;
      },
    },
    { microtaskMode: 'afterEvaluate' },
  );
  prelude.runInContext(context);
  let end: string;
  try {
    end = show(new Script(code).runInContext(context, { timeout: 5000 }));
  } catch (error) {
    end = `thrown ${show(error)}`;
  }
  return { effects: effects.map(unquoted), end: unquoted(end), traced: Number(words[0]) };
}

/** V8 quotes a function's text where its name is assigned to, and that is the instrumented text. */
const unquoted = (text: string): string =>
  text.replace(/(Cannot assign to read only property '\w+' of function ')[\s\S]*'/, '$1…');

/** Small, so that it overflows now and then, which must not be felt either. */
const ENTRIES = 256;

test(
  'a random program does the same, in the same order, with the same result or error, whatever is traced',
  () => {
    let comparisons = 0;
    fc.assert(
      fc.property(programs, (source) => {
        const { effects, end } = execute(source, null);
        // Only what is valid tells anything.
        expect(end).not.toMatch('SyntaxError');
        const counted = compile(source, { coverage: ['inline-32bit-counters'] });
        const { traced: _, ...same } = execute(counted.code, null);
        expect(same).toEqual({ effects, end });
        for (const callbacks of ['inline', 'call'] as const) {
          const { code } = compile(source, { callbacks });
          for (const tracing of ['off', 'pc', 'cmp'] as const) {
            const { traced, ...found } = execute(code, tracing);
            expect({ callbacks, tracing, ...found }).toEqual({ callbacks, tracing, effects, end });
            if (tracing === 'cmp') comparisons += traced;
            else expect(traced > 0).toBe(tracing === 'pc');
          }
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: LIMIT, markInterruptAsFailure: true },
    );
    expect(comparisons).toBeGreaterThan(0);
  },
  LIMIT + 30_000,
);
