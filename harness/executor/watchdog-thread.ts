import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Fault } from './fault.ts';
import { writeFrame } from './frames.ts';
import { MainThread } from './main-thread.ts';
import { LAST_WORDS, type LastWords } from './messages.ts';
import type { HowToLook } from './stuck.ts';
import { RUN, TURN, type Watched } from './watchdog.ts';

/** The thread that looks after the main thread: see watchdog.ts. */

/** Milliseconds between two looks. */
const EVERY = 20;
/** Milliseconds in which an event loop has its turn, if it turns at all. */
const TURNS = 100;
/** Milliseconds after which a thread that does not stop runs no JavaScript. Collecting garbage may take seconds. */
const PATIENCE = 5000;
/** Megabytes that may come on top while it is looked where they come from, and at most. */
const MORE = 200;
const CEILING = 1500;
const MEGABYTE = 1 << 20;

const { shared, limits, parent } = workerData as Watched;
let run = 0;
let since = 0;
let busy = false;

const megabytes = (): number => process.memoryUsage.rss() / MEGABYTE;

function look(): void {
  // The parent was killed, and cannot kill us. The process leads a group: what it has started goes with it.
  if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL');
  const current = Atomics.load(shared, RUN);
  const now = performance.now();
  if (current !== run) [run, since] = [current, now];
  if (run === 0) return;
  if (busy) {
    if (megabytes() > limits.memory + CEILING) tell(run, outOfMemory([])); // It does not stop.
  } else if (megabytes() > limits.memory) void end(grown);
  else if (now - since > limits.timeout) void end(timedOut);
}

async function end(explain: () => Promise<Fault>): Promise<void> {
  busy = true;
  const ending = run;
  const fault = await explain();
  // It may have come to its end meanwhile; then the main thread has been held up for nothing, and is given up all the same.
  tell(ending, fault);
}

const tell = (ending: number, fault: Fault): void =>
  writeFrame(LAST_WORDS, { type: 'stuck', run: ending, fault } satisfies LastWords);

async function grown(): Promise<Fault> {
  const isUrgent = (): boolean => megabytes() > limits.memory + MORE;
  return outOfMemory((await whereItIs({ long: 30, patience: 60, isUrgent })) ?? []);
}

const outOfMemory = (stack: string[]): Fault => ({
  kind: 'oom',
  error: { name: 'out of memory', message: `the process held more than ${limits.memory} MB`, stack },
});

async function timedOut(): Promise<Fault> {
  const message = `a run took longer than ${limits.timeout} ms`;
  const fault = (note: string, stack: string[]): Fault => ({
    kind: 'timeout',
    error: { name: 'timeout', message: message + note, stack },
  });
  if (await eventLoopTurns()) return fault(': what it waits for never comes', []);
  const long = Math.min(Math.max(limits.timeout / 4, 100), 500);
  const stack = await whereItIs({ long, patience: 1500, isUrgent: () => false });
  return stack === null ? fault(', in a call that cannot be looked into', []) : fault('', stack);
}

/** Whether the main thread waits for something, and runs nothing itself. */
async function eventLoopTurns(): Promise<boolean> {
  parentPort!.postMessage(run);
  const until = performance.now() + TURNS;
  while (performance.now() < until) {
    if (Atomics.load(shared, TURN) === run) return true;
    await sleep(5);
  }
  return false;
}

/** @returns the stack of the main thread, which is stopped; null where it runs no JavaScript */
async function whereItIs(how: HowToLook): Promise<string[] | null> {
  const main = new MainThread();
  main.attach();
  const frames = await main.pause(PATIENCE);
  if (frames === null) return null;
  // It needs Babel, which takes its time, and memory may grow fast.
  const { stuckIn } = await import('./stuck.ts');
  return stuckIn(main, frames, how);
}

setInterval(look, EVERY);
parentPort!.postMessage('ready');
