import { setTimeout as sleep } from 'node:timers/promises';
import { isTheirs, theirFrames } from '../symbolize/stack.ts';
import { innermostLoop, type Loop } from './loops.ts';
import type { CallFrame, Location, MainThread } from './main-thread.ts';
import { formatFrame, Places, pathOf } from './places.ts';

/** Milliseconds in which functions are left one after the other, until one does not end. */
const LEAVING = 2000;
/** Milliseconds between two samples: unequal, lest they beat with a loop. */
const GAPS = [1, 3, 2, 7, 4, 1, 9, 5];
/** Callers at most that the stack has. */
const FRAMES = 50;
/** Breakpoints at most, and how often a loop may turn out to end. */
const BREAKPOINTS = 200;
const LOOPS = 8;

export interface HowToLook {
  /** Milliseconds; what takes longer does not end. */
  long: number;
  /**
   * Milliseconds in which a thread stops that has just run JavaScript. While it steps, V8 12 and later may not hear of
   * it in a loop that calls nothing.
   */
  patience: number;
  /** Whether the thread should not run any further: what is known by then must do. */
  isUrgent(): boolean;
}

/**
 * Finds out where the main thread is that does not come to an end, and leaves it stopped. What is found must not depend
 * on the moment: functions that end are left, and of the one that does not, the innermost loop that does not end is its
 * place.
 *
 * @param first its frames now that it is stopped
 * @returns the stack, as `describeError` has it
 */
export async function stuckIn(main: MainThread, first: CallFrame[], how: HowToLook): Promise<string[]> {
  const frames = await leave(main, first, how);
  const places = new Places(main.scripts);
  const samples = await sample(main, frames, how);
  const depth = Math.min(commonDepth(samples), frames.length);
  if (depth === 0) return [];
  const looping = samples.map((one) => one.at(-depth)!);
  const callers = depth === 1 ? [] : samples[0]!.slice(1 - depth).slice(0, FRAMES);
  const loop = await endlessLoop(main, places, looping, how);
  const place = loop?.start ?? places.of(placeWithoutLoop(looping, callers));
  return theirFrames([
    formatFrame(looping[0]!, place),
    ...callers.map((frame) => formatFrame(frame, places.of(frame.location))),
  ]);
}

/** Steps out of functions as long as they end. @returns the frames within the last one */
async function leave(
  main: MainThread,
  first: CallFrame[],
  { long, isUrgent }: HowToLook,
): Promise<CallFrame[]> {
  const until = performance.now() + LEAVING;
  let frames = first;
  while (performance.now() < until && !isUrgent()) {
    const outer = await main.stepOut(long);
    if (outer === null || !outer.some(({ url }) => isTheirs(pathOf(url)))) break;
    frames = outer;
  }
  return frames;
}

async function sample(
  main: MainThread,
  first: CallFrame[],
  { patience, isUrgent }: HowToLook,
): Promise<CallFrame[][]> {
  const samples: CallFrame[][] = [];
  for (const gap of GAPS) {
    if (isUrgent()) break;
    main.resume();
    await sleep(gap);
    const frames = await main.pause(patience);
    if (frames === null) break;
    samples.push(frames);
  }
  return samples.length === 0 ? [first] : samples;
}

const functionOf = ({ functionLocation: at, functionName }: CallFrame): string =>
  at === undefined ? functionName : `${at.scriptId}:${at.lineNumber}:${at.columnNumber}`;

const positionOf = ({ location: at }: CallFrame): string =>
  `${at.scriptId}:${at.lineNumber}:${at.columnNumber}`;

/** How many outermost frames all samples have: the same functions, and, but for the last, at the same place. */
function commonDepth(samples: readonly CallFrame[][]): number {
  const shortest = Math.min(...samples.map(({ length }) => length));
  for (let depth = 1; depth <= shortest; depth++) {
    const frames = samples.map((one) => one.at(-depth)!);
    if (new Set(frames.map(functionOf)).size > 1) return depth - 1;
    if (new Set(frames.map(positionOf)).size > 1) return depth;
  }
  return shortest;
}

/** The innermost loop of a function that does not end. */
async function endlessLoop(
  main: MainThread,
  places: Places,
  looping: readonly CallFrame[],
  { long, isUrgent }: HowToLook,
): Promise<Loop | null> {
  const [{ location, functionLocation = location }] = looping as [CallFrame];
  const seen = looping.map((frame) => places.of(frame.location));
  let loop = innermostLoop(seen);
  for (let i = 0; loop !== null && i < LOOPS && !isUrgent(); i++) {
    const inside = loop;
    const all = await main.places(functionLocation);
    const outside = all.filter((at) => !inside.contains(places.of(at)));
    const frames = await main.runTo(outside.slice(0, BREAKPOINTS), long);
    if (frames === null || functionOf(frames[0]!) !== functionOf(looping[0]!)) return loop;
    seen.push(places.of(frames[0]!.location));
    loop = innermostLoop(seen);
  }
  return loop;
}

/** The place that all samples have. Where there are several, or a recursion has many such frames, the function's own. */
function placeWithoutLoop(looping: readonly CallFrame[], callers: readonly CallFrame[]): Location {
  const [frame] = looping as [CallFrame];
  const isOne = new Set(looping.map(positionOf)).size === 1;
  const isRecursive = callers.some((caller) => functionOf(caller) === functionOf(frame));
  return isOne && !isRecursive ? frame.location : (frame.functionLocation ?? frame.location);
}
