import { describe, expect, it } from 'vitest';
import { Hints, type HintsOptions } from '../../../harness/feedback/hints/hints.ts';
import { ComparisonLog } from '../../../harness/feedback/hints/log.ts';
import { Queue } from '../../../harness/feedback/hints/queue.ts';
import fc from '../../fast-check.ts';
import { type NumberRecord, recorded } from './records.ts';

const PC = -77;

function logOf(tell: (log: ComparisonLog) => void, records: readonly NumberRecord[] = []): ComparisonLog {
  const log = new ComparisonLog();
  tell(log);
  log.numbers(recorded(records));
  return log;
}
const strcmp = (seen: string, wanted: string, pc = PC) => logOf((log) => log.strcmp(pc, seen, wanted));

/** The next candidates, with no other turns between them than the budget wants. */
function take(hints: Hints, count: number, calls = 100_000): string[] {
  const taken: string[] = [];
  for (let i = 0; i < calls && taken.length < count; i++) {
    const candidate = hints.next();
    if (candidate !== null) taken.push(Buffer.from(candidate).toString('latin1'));
  }
  return taken;
}

describe('candidates', () => {
  it('begin with the constant where the other operand was found', () => {
    const hints = new Hints();
    const records = [{ pc: PC, a: 0xcafebaben, b: 0x64636261n, constant: true }];
    hints.learn(
      Buffer.from('..abcd..'),
      logOf(() => {}, records),
    );
    expect(take(hints, 1)).toEqual(['..\xbe\xba\xfe\xca..']);
  });

  it('are never the same twice', () => {
    const hints = new Hints();
    for (let i = 0; i < 3; i++)
      hints.learn(
        Buffer.from('abc=1'),
        logOf((log) => {
          log.strcmp(PC, 'abc', 'wanted');
          log.strcmp(PC - 8, '1', '2000');
        }),
      );
    const taken = take(hints, 1000);
    expect(taken.length).toBeGreaterThan(100);
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('are as long as they may be and no longer', () => {
    const hints = new Hints({ maxLength: 12 });
    hints.learn(Buffer.from('key=abcdefgh'), strcmp('abcdefgh', 'a long text that does not fit'));
    expect(take(hints, 500).filter((one) => one.length > 12)).toEqual([]);
  });

  it('have one with all mismatches of a run replaced at once', () => {
    const hints = new Hints();
    const log = logOf((one) => {
      one.strcmp(PC, 'first', 'alpha');
      one.strcmp(PC - 8, 'second', 'bravo');
      one.strcmp(PC - 16, 'third', 'charlie');
    });
    hints.learn(Buffer.from('first|second|third'), log);
    expect(take(hints, 100)).toContain('alpha|bravo|charlie');
  });

  it('take a loop over bytes for one comparison of all of them', () => {
    const hints = new Hints();
    const seen = Buffer.from('aaaaaaaa');
    const wanted = Buffer.from('password');
    const records = [...seen].map((byte, i) => ({
      pc: PC,
      a: BigInt(byte),
      b: BigInt(wanted[i]!),
      size: 1 as const,
    }));
    hints.learn(
      Buffer.concat([Buffer.from('aaa:'), seen, Buffer.from(':')]),
      logOf(() => {}, records),
    );
    expect(take(hints, 20)).toContain('aaa:password:');
  });

  it('do not depend on what the caller does to its input afterwards', () => {
    const hints = new Hints();
    const input = Buffer.from('<seen>');
    hints.learn(input, strcmp('seen', 'wanted'));
    input.fill(0);
    expect(take(hints, 20)).toContain('<wanted>');
  });
});

describe('turns', () => {
  it('are given back where there is nothing to try', () => {
    const hints = new Hints();
    expect(hints.next()).toBeNull();
    hints.learn(
      Buffer.from('x'),
      logOf(() => {}),
    );
    take(hints, 1000, 2000);
    expect(hints.next()).toBeNull();
  });

  it('are a third of all while hints find something, and far less when they do not', () => {
    const hints = new Hints();
    const share = (isNew: boolean): number => {
      let taken = 0;
      for (let i = 0; i < 40_000; i++) {
        if (i % 50 === 0) hints.learn(Buffer.from(`input ${i}`), strcmp(`${i}`, `wanted ${i}`));
        const candidate = hints.next();
        if (candidate === null) continue;
        taken++;
        hints.ran(candidate, { isNew: isNew && taken % 100 === 0 });
      }
      return taken / 40_000;
    };
    const fruitful = share(true);
    expect(fruitful).toBeGreaterThan(0.15);
    expect(fruitful).toBeLessThan(0.45);
    for (let i = 0; i < 4; i++) share(false);
    expect(share(false)).toBeLessThan(0.06);
  });

  it('go round: one place with a long table does not keep another waiting', () => {
    const hints = new Hints();
    const log = logOf((one) => {
      for (let i = 0; i < 64; i++) one.strcmp(PC, 'keyword', `entry number ${i}`);
      one.strcmp(PC - 8, 'other', 'wanted');
    });
    hints.learn(Buffer.from('keyword other'), log);
    expect(take(hints, 40)).toContain('keyword wanted');
  });

  it('come to every place in time, however many a run has', () => {
    const hints = new Hints();
    const log = logOf((one) => {
      for (let i = 0; i < 1000; i++) one.strcmp(PC - 8 * i, 'seen', `wanted ${i}`);
    });
    const taken: string[] = [];
    for (let i = 0; i < 60; i++) {
      hints.learn(Buffer.from(`seen ${i}`), log);
      taken.push(...take(hints, 100));
    }
    const places = new Set(taken.map((one) => /wanted (\d+)/.exec(one)?.[1]));
    expect(places.size).toBeGreaterThan(900);
  });

  it('go round among inputs too: old ones are not forgotten for new ones', () => {
    const hints = new Hints();
    hints.learn(Buffer.from('old seen'), strcmp('seen', 'wanted'));
    const taken: string[] = [];
    for (let i = 0; i < 200; i++) {
      hints.learn(Buffer.from(`new ${i}`), strcmp(`${i}`, `number ${i}`));
      taken.push(...take(hints, 5, 20));
    }
    expect(taken).toContain('old wanted');
  });
});

describe('progress without coverage', () => {
  /** Compares as a loop that ends at the first difference, one place for all bytes. */
  const loop = (input: Uint8Array, secret: Uint8Array): NumberRecord[] => {
    const records: NumberRecord[] = [];
    for (let i = 0; i < secret.length && i < input.length; i++) {
      records.push({ pc: PC, a: BigInt(input[i]!), b: BigInt(secret[i]!), size: 1 });
      if (input[i] !== secret[i]) break;
    }
    return records;
  };

  it('is followed, byte by byte', () => {
    const hints = new Hints();
    const secret = Buffer.from('a secret of some length');
    const start = Buffer.from('-'.repeat(secret.length));
    hints.learn(
      start,
      logOf(() => {}, loop(start, secret)),
    );
    let best = '';
    for (let i = 0; i < 5000 && best !== secret.toString(); i++) {
      const candidate = hints.next();
      if (candidate === null) continue;
      if (Buffer.from(candidate.subarray(0, secret.length)).equals(secret)) best = secret.toString();
      if (hints.ran(candidate, { isNew: false }))
        hints.learn(
          candidate,
          logOf(() => {}, loop(candidate, secret)),
          { isNew: false },
        );
    }
    expect(best).toBe(secret.toString());
  });

  it('is asked for of candidates, and of other inputs only where they reached something new', () => {
    const hints = new Hints();
    expect(hints.ran(Buffer.from('x'), { isNew: false })).toBe(false);
    expect(hints.ran(Buffer.from('x'), { isNew: true })).toBe(true);
    hints.learn(Buffer.from('seen'), strcmp('seen', 'wanted'));
    expect(hints.ran(hints.next()!, { isNew: false })).toBe(true);
  });
});

it('what is learned of an input is not taken for what the candidate before it compared', () => {
  const hints = new Hints();
  hints.learn(Buffer.from('seen'), strcmp('seen', 'wanted'));
  hints.next();
  hints.learn(Buffer.from('<other>'), strcmp('other', 'another'), { isNew: true });
  expect(take(hints, 50)).toContain('<another>');
});

describe('the same seed', () => {
  const candidatesOf = (options: HintsOptions): string[] => {
    const hints = new Hints({ literals: { strings: ['word', 'other'], numbers: [77] }, ...options });
    const log = logOf(
      (one) => {
        one.regexec(PC, /^[a-z]{4}\d{3}$/, 'input');
        one.strcmp(PC - 8, 'in', 'out');
      },
      [{ pc: PC - 16, a: 5n, b: 1000n }],
    );
    hints.learn(Buffer.from('input'), log);
    return take(hints, 400);
  };

  it('gives the same candidates in the same order', () => {
    expect(candidatesOf({ seed: 3 })).toEqual(candidatesOf({ seed: 3 }));
  });

  it('and another one others', () => {
    expect(candidatesOf({ seed: 3 })).not.toEqual(candidatesOf({ seed: 4 }));
  });
});

describe('hostile inputs', () => {
  it('of a megabyte and a hundred thousand comparisons: each call does a bounded piece of work', () => {
    const hints = new Hints();
    const records = Array.from({ length: 65_000 }, (_, i) => ({
      pc: -8 - 8 * (i % 3000),
      a: BigInt(i),
      b: BigInt(i * 7),
    }));
    const log = logOf((one) => {
      for (let i = 0; i < 100_000; i++) one.strcmp(-8 * (i % 500), 'a'.repeat(300), `b${i}`);
    }, records);
    for (let i = 0; i < 20; i++) hints.learn(Buffer.alloc(1 << 20, 97), log);
    for (let i = 0; i < 50; i++) hints.next();
  });

  it('that are longer than a megabyte are not learned from', () => {
    const hints = new Hints();
    hints.learn(Buffer.alloc((1 << 20) + 1), strcmp('', 'wanted'));
    expect(take(hints, 1, 1000)).toEqual([]);
  });

  it('whatever they are, make candidates and no errors', () => {
    const word = fc.string({ unit: 'binary', maxLength: 300 });
    const bytes = fc.uint8Array({ maxLength: 300 });
    const number = fc.bigInt(0n, 2n ** 64n - 1n);
    const call = fc.oneof(
      fc.tuple(fc.constantFrom('strcmp' as const, 'strstr' as const), word, word),
      fc.tuple(fc.constantFrom('memcmp' as const, 'memmem' as const), bytes, bytes),
    );
    const record = fc.record({
      pc: fc.constantFrom(-5, -13),
      a: number,
      b: number,
      size: fc.constantFrom<1 | 2 | 4 | 8>(1, 2, 4, 8),
      constant: fc.boolean(),
    });
    fc.assert(
      fc.property(bytes, fc.array(call), fc.array(record), (input, calls, records) => {
        const hints = new Hints({ maxLength: 2000 });
        const log = logOf((one) => {
          for (const [hook, a, b] of calls)
            (one[hook] as (pc: number, a: unknown, b: unknown) => void)(-21, a, b);
        }, records);
        hints.learn(input, log);
        for (const candidate of take(hints, 200, 800)) expect(candidate.length).toBeLessThanOrEqual(2000);
      }),
    );
  });
});

describe('the queue', () => {
  function* nothing() {}
  const task = (site: number, rank: 0 | 1 | 2 | 3 | 4 | 5, length = 0) => ({
    base: {
      input: { bytes: Buffer.alloc(length), work: 0 } as never,
      depth: 0,
      near: 0,
      unmet: new Set<number>(),
      met: new Set<number>(),
      looks: 0,
      tasks: 0,
    },
    site,
    rank,
    steps: nothing(),
  });

  it('is bounded in tasks and in bytes, and drops what matters least', () => {
    const queue = new Queue();
    const first = task(1, 0, 1000);
    queue.push(first, true);
    for (let i = 0; i < 20_000; i++) queue.push(task(i % 100, 4, 1 << 14), true);
    expect(queue.size).toBeLessThanOrEqual(8192);
    expect(queue.bytes).toBeLessThanOrEqual(16 << 20);
    expect(Array.from({ length: 9 }, () => queue.next())).toContain(first);
  });

  it('counts an input once for all of its tasks, and no more when they are done', () => {
    const queue = new Queue();
    const { base } = task(0, 0, 500);
    const tasks = [1, 2, 3].map((site) => ({ ...task(site, 2), base }));
    for (const one of tasks) queue.push(one, false);
    expect([queue.size, queue.bytes]).toEqual([3, 500]);
    for (const one of tasks) queue.done(one);
    expect([queue.size, queue.bytes, queue.next()]).toEqual([0, 0, null]);
  });

  it('gives every rank its turns, and the first ones more', () => {
    const queue = new Queue();
    for (const rank of [0, 1, 2, 3, 4, 5] as const) queue.push(task(rank, rank), true);
    const turns = new Map<number, number>();
    for (let i = 0; i < 900; i++) {
      const { rank } = queue.next()!;
      turns.set(rank, (turns.get(rank) ?? 0) + 1);
    }
    expect(turns.size).toBe(6);
    expect(turns.get(0)!).toBeGreaterThan(turns.get(5)!);
  });
});
