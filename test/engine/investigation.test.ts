import { describe, expect, it } from 'vitest';
import type { Failure } from '../../harness/engine/execution.ts';
import { investigate, type Report } from '../../harness/engine/investigation.ts';
import { RecentInputs } from '../../harness/engine/recent-inputs.ts';

class Finding extends Error {}

/** What is reported of an error, and in how many further executions, which end as told. */
function ask(error: unknown, outcomes: Failure[] = [], hasTime = true) {
  const inputs = new RecentInputs(1);
  inputs.keep(Buffer.from('x'));
  const reruns = investigate(error, {
    inputs,
    findings: { Finding } as never,
    guard: undefined,
    hasTime: () => hasTime,
  });
  const stackTraces: boolean[] = [];
  let step = reruns.next();
  while (!step.done) {
    stackTraces.push(step.value.stackTraces);
    expect(step.value.input.toString()).toBe('x');
    step = reruns.next(outcomes[stackTraces.length - 1]);
  }
  return { report: step.value as Report | undefined, stackTraces };
}

function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
const bare = (message: string) => withoutStack(() => new Error(message));

describe('nothing is run anew', () => {
  it.each<[string, unknown]>([
    ['for an error that has a stack', new Error('found')],
    ['for a string', 'found'],
    ['for undefined', undefined],
    ['for an object without a stack', { message: 'found' }],
    ['for a report without one', Object.assign(new Finding('found'), { stack: 'found' })],
    [
      'for an error whose stack cannot be read',
      Object.defineProperty(bare('found'), 'stack', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('%s', (_, error) => expect(ask(error)).toEqual({ report: { error }, stackTraces: [] }));

  it('where there is no time for it', () => {
    const error = bare('found');
    const note = 'it took too long to be run anew for its stack';
    expect(ask(error, [], false)).toEqual({ report: { error, note }, stackTraces: [] });
  });
});

describe('an error without a stack', () => {
  it('is reported as it comes the second time, also with another message', () => {
    const second = new Error('found at 2');
    expect(ask(bare('found at 1'), [{ error: second }])).toEqual({
      report: { error: second },
      stackTraces: [true],
    });
  });

  it('whose stack the target prepares as it likes is run anew too', () => {
    const error = Object.assign(bare('found'), { stack: [] });
    const second = Object.assign(new Error('found'), { stack: [] });
    expect(ask(error, [{ error: second }]).report).toEqual({ error: second });
  });

  it('is reported itself where another comes', () => {
    const error = bare('found');
    const { report } = ask(error, [{ error: new TypeError('other\nand more') }]);
    expect(report).toEqual({
      error,
      note: 'when it was run anew for its stack, it ended with TypeError: other',
    });
  });

  it('is reported itself where a report of another kind comes, and the other way round', () => {
    const report = withoutStack(() => new Finding('Command Injection\n in exec'));
    expect(ask(report, [{ error: new Error('Command Injection') }]).report!.error).toBe(report);
    expect(ask(report, [{ error: new Finding('Path Traversal\n in open') }]).report!.error).toBe(report);
    const second = new Finding('Command Injection\n in spawn');
    expect(ask(report, [{ error: second }]).report!.error).toBe(second);
  });

  it('that comes only without stacks is nothing to report', () => {
    const error = bare('found');
    expect(ask(error, [undefined, undefined, { error: bare('found') }])).toEqual({
      report: undefined,
      stackTraces: [true, true, false],
    });
  });

  it('that does not come again is reported itself', () => {
    const error = bare('found');
    const note = 'it did not happen again when the input was run anew';
    expect(ask(error, [undefined, undefined, undefined])).toEqual({
      report: { error, note },
      stackTraces: [true, true, false],
    });
    const other = { error: new TypeError('other') };
    expect(ask(error, [undefined, undefined, other]).report).toEqual({ error, note });
  });

  it('that comes every other time is reported with its stack, and not taken for a matter of stacks', () => {
    const third = new Error('found');
    expect(ask(bare('found'), [undefined, { error: third }])).toEqual({
      report: {
        error: third,
        note: 'it does not come each time: the target keeps something from run to run',
      },
      stackTraces: [true, true],
    });
  });
});
