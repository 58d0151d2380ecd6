import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { guardPollution } from '../../harness/engine/detectors.ts';
import { PollutionGuard, ROUND } from '../../harness/engine/pollution.ts';
import { built } from './by-hand.ts';

interface Case {
  name: string;
  kind: string;
  /** It need not be seen at once. */
  late: boolean;
  /** What the detector reports, and what comes of it behind the guard. */
  theirs: string | null;
  ours: string | null;
  /** After which execution, the first being the one that polluted. */
  executions: number;
  suspects: number;
  /** Nothing was reported before. */
  clean: boolean;
}

describe("the guard against Jazzer.js's detector, on real prototypes", () => {
  const script = fileURLToPath(new URL('pollution-cases.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script, built('')], { encoding: 'utf8', stdio: 'pipe' });
  const cases = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

  it.each(cases)('$name, $kind: the same report or none', ({ late, theirs, ours, executions, ...rest }) => {
    expect(rest.clean).toBe(true);
    expect(ours).toBe(theirs);
    if (theirs === null) return;
    expect(executions).toBeLessThanOrEqual(late && rest.name !== 'Object' ? ROUND : 1);
    expect(rest.suspects).toBeGreaterThanOrEqual(executions - 1);
  });

  it('both have something to report in most cases, late ones among them', () => {
    expect(cases.filter(({ theirs }) => theirs !== null).length).toBeGreaterThan(100);
    expect(cases.filter(({ executions, ours }) => ours !== null && executions > 1).length).toBeGreaterThan(
      10,
    );
  });
});

describe('the detector behind the guard', () => {
  /** A detector that reports while `report` is set. */
  function start() {
    const state = { calls: 0, report: false, reported: false };
    const detector = (): void => {
      state.calls++;
      if (state.report) state.reported = true;
    };
    const guard = new PollutionGuard(detector, () => state.reported);
    return { guard, state, detector };
  }
  const prototype = Array.prototype as unknown as { polluted?: unknown; at: unknown };
  const check = (guard: PollutionGuard, times: number): void => {
    for (let i = 0; i < times; i++) guard.check();
  };
  afterEach(() => {
    delete prototype.polluted;
  });

  it('runs once while nothing changes', () => {
    const { guard, state } = start();
    check(guard, 10 * ROUND);
    expect(state.calls).toBe(1);
  });

  it('runs after each execution while what it reported is there, and no longer', () => {
    const { guard, state } = start();
    check(guard, 1);
    state.report = true;
    prototype.polluted = 1;
    check(guard, 5);
    expect(state.calls).toBe(6);
    delete prototype.polluted;
    check(guard, 5);
    expect(state.calls).toBe(6);
  });

  it('runs after each execution once a change was none to it', () => {
    const { guard, state } = start();
    check(guard, 1);
    prototype.polluted = 1;
    check(guard, 5);
    delete prototype.polluted;
    check(guard, 5);
    expect(state.calls).toBe(11);
  });

  it('runs after each execution until it has nothing to report', () => {
    const { guard, state } = start();
    state.report = true;
    check(guard, 5);
    expect(state.calls).toBe(5);
    state.report = false;
    state.reported = false;
    check(guard, 5);
    expect(state.calls).toBe(6);
  });

  it('runs each time where that is asked for', () => {
    const { guard, state } = start();
    guard.exact = true;
    check(guard, 5);
    expect(state.calls).toBe(5);
  });

  /** Checks until the detector is called, and no more often than it takes. */
  const untilSeen = (guard: PollutionGuard, state: { calls: number }): void => {
    for (let i = 0; i < ROUND && state.calls === 1; i++) guard.check();
    expect(state.calls).toBe(2);
  };

  it('is not asked which input it was where another report goes first', () => {
    const { guard, state } = start();
    check(guard, 3);
    state.reported = true;
    Object.defineProperty(prototype, 'polluted', { value: 1, configurable: true });
    untilSeen(guard, state);
    expect(guard.suspects).toBe(0);
  });

  it('suspects what ran since the prototype was looked at, and nothing from before the first time', () => {
    const { guard, state } = start();
    check(guard, 3);
    state.report = true;
    Object.defineProperty(String.prototype, 'polluted', { value: 1, configurable: true });
    untilSeen(guard, state);
    // The second and third execution, which were clean, and that which polluted; not the first.
    expect(guard.suspects).toBe(3);
    expect(guard.restore()).toBe(true);
    expect('polluted' in String.prototype).toBe(false);
  });

  it('puts right what was replaced or deleted, in its order, whatever descriptors inherit meanwhile', () => {
    const { guard, state } = start();
    check(guard, 1);
    state.report = true;
    const { at, concat } = Array.prototype;
    const names = Object.getOwnPropertyNames(Array.prototype);
    prototype.polluted = 1;
    prototype.at = () => {};
    Reflect.deleteProperty(Array.prototype, 'concat');
    Object.defineProperty(Object.prototype, 'get', { value: 1, configurable: true });
    check(guard, 1);
    expect(guard.restore()).toBe(true);
    expect([Array.prototype.at, Array.prototype.concat]).toEqual([at, concat]);
    expect(Object.getOwnPropertyNames(Array.prototype)).toEqual(names);
    expect('get' in Object.prototype).toBe(false);
  });

  it('says where it cannot be undone: before it has seen how prototypes should be', () => {
    const { guard, state } = start();
    expect(guard.restore()).toBe(false);
    check(guard, 1);
    state.report = true;
    expect(guard.restore()).toBe(true);
  });

  it('is in its place again afterwards, and others are left alone', () => {
    const calls: string[] = [];
    const BASIC_PROTO_SNAPSHOTS = 'detector';
    const other = () => void calls.push('other');
    const detector = () => void calls.push(BASIC_PROTO_SNAPSHOTS);
    const callbacks = {
      _afterEachCallbacks: [other, detector, other],
      runBeforeEachCallbacks: () => {},
      runAfterEachCallbacks: () => {
        for (const callback of callbacks._afterEachCallbacks) callback();
      },
    };
    const pollution = guardPollution({ callbacks, isReported: () => false })!;
    callbacks.runAfterEachCallbacks();
    callbacks.runAfterEachCallbacks();
    pollution.remove();
    callbacks.runAfterEachCallbacks();
    expect(calls).toEqual(['other', 'detector', 'other', 'other', 'other', 'other', 'detector', 'other']);
    expect(callbacks._afterEachCallbacks).toEqual([other, detector, other]);
  });

  it('may be left out', () => {
    const callbacks = {
      _afterEachCallbacks: [() => {}],
      runBeforeEachCallbacks: () => {},
      runAfterEachCallbacks: () => {},
    };
    expect(guardPollution({ callbacks, isReported: () => false })).toBe(undefined);
  });
});
