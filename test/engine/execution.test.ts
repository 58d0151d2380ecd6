import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Execution, type FuzzTarget, PromiseSeen } from '../../harness/engine/execution.ts';
import { built } from './by-hand.ts';

const DATA = Buffer.from('x');

/** A target between callbacks that are logged, and a detector that reports with `report`. */
function start(target: (report: (finding: Error) => void) => FuzzTarget, after = () => {}) {
  const log: string[] = [];
  let finding: Error | undefined;
  const callbacks = {
    runBeforeEachCallbacks: () => void log.push('before'),
    runAfterEachCallbacks: () => {
      log.push('after');
      after();
    },
  };
  const findings = {
    clearFirstFinding: () => {
      const found = finding;
      finding = undefined;
      return found;
    },
  };
  const report = (reported: Error) => {
    finding ??= reported;
  };
  const execution = new Execution(target(report), callbacks, findings);
  return { execution, log, pending: () => finding };
}

const thrower = (error: unknown) => () => () => {
  throw error;
};
const later = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('synchronously', () => {
  it('the target gets the input, and no object of ours', () => {
    let got: unknown[] = [];
    const { execution, log } = start(
      () =>
        function (this: unknown, ...args) {
          got = [this, ...args];
        },
    );
    execution.sync(DATA, 'stop');
    expect(got).toEqual([undefined, DATA]);
    expect(log).toEqual(['before', 'after']);
  });

  it('what it throws is thrown, after the callbacks', () => {
    const { execution, log } = start(thrower(new RangeError('out')));
    expect(() => execution.sync(DATA, 'stop')).toThrow(RangeError);
    expect(log).toEqual(['before', 'after']);
  });

  it.each([undefined, null, 0, '', false])('%j that is thrown is an error too', (thrown) => {
    const { execution } = start(thrower(thrown));
    expect(() => execution.sync(DATA, 'stop')).toThrow(`Uncaught ${String(thrown)}`);
  });

  it('what a detector reported goes first, though the target caught it or threw another', () => {
    const report = (then: () => void) =>
      start((report) => () => {
        report(new Error('detected'));
        then();
      });
    expect(() => report(() => {}).execution.sync(DATA, 'stop')).toThrow('detected');
    const both = report(() => {
      throw new Error('consequence');
    });
    expect(() => both.execution.sync(DATA, 'stop')).toThrow('detected');
    expect(both.pending()).toBe(undefined);
  });

  it('an error of a callback is thrown', () => {
    const { execution } = start(
      () => () => {},
      () => {
        throw new Error('in a callback');
      },
    );
    expect(() => execution.sync(DATA, 'stop')).toThrow('in a callback');
  });

  it('a promise ends the loop, and what was found by then is left to the other one', async () => {
    const { execution, pending } = start((report) => async () => {
      report(new Error('detected'));
      throw new Error('rejected');
    });
    expect(() => execution.sync(DATA, 'stop')).toThrow(PromiseSeen);
    expect(pending()).toBe(undefined);
    await later();
  });

  it('a promise is passed over where that was asked for', async () => {
    const { execution, log } = start(() => async () => {
      throw new Error('rejected');
    });
    execution.sync(DATA, 'ignore');
    expect(log).toEqual(['before', 'after']);
    await later();
  });
});

describe('asynchronously', () => {
  it('callbacks run when the promise has settled', async () => {
    const { execution, log } = start(() => async () => {
      await later();
      log.push('target');
    });
    await execution.async(DATA);
    expect(log).toEqual(['before', 'target', 'after']);
  });

  it.each<[string, () => FuzzTarget]>([
    ['a rejection', () => async () => Promise.reject(new TypeError('boom'))],
    ['a synchronous throw', thrower(new TypeError('boom'))],
    [
      'a rejection of a thenable',
      // biome-ignore lint/suspicious/noThenProperty: what is tested is a thenable that is no promise
      () => () => ({ then: (_: unknown, fail: (e: Error) => void) => fail(new TypeError('boom')) }),
    ],
    [
      'an error given to the callback',
      () => (_data, done) => void setImmediate(() => done!(new TypeError('boom'))),
    ],
    ['a throw before the callback', () => (_data, _done) => thrower(new TypeError('boom'))()()],
  ])('%s rejects', async (_, target) => {
    await expect(start(target).execution.async(DATA)).rejects.toThrow(TypeError);
  });

  it('a callback without an error resolves', async () => {
    for (const argument of [[], [undefined], [null]]) {
      const { execution, log } = start(() => (_data, done) => void setImmediate(() => done!(...argument)));
      await execution.async(DATA);
      expect(log).toEqual(['before', 'after']);
    }
  });

  it('a callback that is called twice is a finding', async () => {
    const { execution } = start(() => (_data, done) => {
      done!();
      done!();
    });
    await expect(execution.async(DATA)).rejects.toThrow('called multiple times');
  });

  it('a callback that is called once more later is a finding of the next run', async () => {
    let first = true;
    const { execution } = start(() => (_data, done) => {
      done!();
      if (first) setImmediate(() => done!());
      first = false;
    });
    await execution.async(DATA);
    await later();
    await expect(execution.async(DATA)).rejects.toThrow('called multiple times');
    await execution.async(DATA);
  });

  it('a callback and a promise together are a finding', async () => {
    const { execution } = start(() => async (_data, _done) => {});
    await expect(execution.async(DATA)).rejects.toThrow('Either async or done callback');
  });

  it('a report is not kept waiting by a promise that never settles', async () => {
    const { execution } = start((report) => () => {
      report(new Error('detected'));
      return new Promise(() => {});
    });
    await expect(execution.async(DATA)).rejects.toThrow('detected');
  });

  it('a report that comes while it waits goes first', async () => {
    const { execution } = start((report) => async () => {
      await later();
      report(new Error('detected'));
      throw new Error('consequence');
    });
    await expect(execution.async(DATA)).rejects.toThrow('detected');
  });

  it('an error that reached nobody ends the run that is waited for', async () => {
    const { execution } = start(() => () => new Promise(() => {}));
    const run = execution.async(DATA);
    execution.uncaught(new Error('in a timer'));
    await expect(run).rejects.toThrow('in a timer');
  });

  it('an error that came between two runs is told once', async () => {
    const { execution } = start(() => async () => {});
    execution.uncaught(new Error('in a timer'));
    await expect(execution.async(DATA)).rejects.toThrow('in a timer');
    await execution.async(DATA);
  });
});

describe('without stacks', () => {
  /** What the limit is inside, and how the error looks. */
  function look(then: () => unknown = () => {}) {
    const seen: { limit?: number; stack?: string } = {};
    const started = start(() => () => {
      seen.limit = Error.stackTraceLimit;
      seen.stack = new Error('seen').stack!;
      return then();
    });
    started.execution.stackTraces = false;
    return { seen, ...started };
  }
  const limit = Error.stackTraceLimit;
  afterEach(() => {
    Error.stackTraceLimit = limit;
  });

  it('an error has its head for a stack, and outside all is as it was', async () => {
    const { execution, seen } = look();
    execution.sync(DATA, 'stop');
    expect(seen).toEqual({ limit: 0, stack: 'Error: seen' });
    expect(Error.stackTraceLimit).toBe(limit);
    await execution.async(DATA);
    expect(seen.limit).toBe(0);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it.each<[string, () => unknown]>([
    ['a throw', thrower(new Error('found'))()],
    ['a promise', async () => {}],
  ])('outside all is as it was after %s', (_, then) => {
    const { execution } = look(then);
    expect(() => execution.sync(DATA, 'stop')).toThrow();
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('outside all is as it was after a rejection', async () => {
    const { execution } = look(() => Promise.reject(new Error('found')));
    await expect(execution.async(DATA)).rejects.toThrow('found');
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('a limit that the target sets is left as it set it', () => {
    const { execution, seen } = look(() => {
      Error.stackTraceLimit = 3;
    });
    execution.sync(DATA, 'stop');
    expect(Error.stackTraceLimit).toBe(3);
    execution.sync(DATA, 'stop');
    expect(seen.limit).toBe(0);
    expect(Error.stackTraceLimit).toBe(3);
  });

  it('a limit of 0 that the target sets while there are stacks is its own', () => {
    const { execution } = look(() => {
      Error.stackTraceLimit = 0;
    });
    execution.stackTraces = true;
    execution.sync(DATA, 'stop');
    expect(Error.stackTraceLimit).toBe(0);
  });

  it('a limit that cannot be set is left alone', () => {
    const script = `
      import { Execution } from ${JSON.stringify(built('harness/engine/execution.js'))};
      const nothing = () => {};
      const callbacks = { runBeforeEachCallbacks: nothing, runAfterEachCallbacks: nothing };
      const execution = new Execution(() => { Object.freeze(Error); }, callbacks, { clearFirstFinding: nothing });
      execution.stackTraces = false;
      execution.sync(Buffer.alloc(0), 'stop');
      execution.sync(Buffer.alloc(0), 'stop');`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
  });
});
