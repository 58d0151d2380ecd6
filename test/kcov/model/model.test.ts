import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { allocateShared, type SharedMemory } from '../../../src/kcov/shared.ts';
import fc from '../../fast-check.ts';
import { type Actor, Model, type Operation } from './model.ts';
import { Thread } from './thread.ts';

/** `KCOVJS_MODEL_RUNS=20000 npx vitest run test/kcov/model` makes more than a million operations. */
const RUNS = Number(process.env['KCOVJS_MODEL_RUNS'] ?? 500);

const THREADS = 2;
const LWPS = 2;
const FILES = 2;
const SECTIONS = 2;
const REGISTER = new URL('../../../dist/src/loader/register-from-env.js', import.meta.url).href;

/** A thread as one that waits for its answers sees it. */
interface Driven {
  begin(memory: SharedMemory): void;
  do(lwp: number, operation: Operation, ...args: number[]): string;
  counts(): (number | null)[];
}

function here(): Driven {
  const thread = new Thread(0, LWPS);
  return {
    begin: (memory) => thread.begin(memory, FILES),
    do: (...words) => thread.do(...words),
    counts: () => thread.counts(),
  };
}

async function elsewhere(id: number): Promise<Driven & { end(): Promise<number> }> {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { id, lwps: LWPS, port: port2, answered },
    transferList: [port2],
    execArgv: ['--import', REGISTER],
    env: { KCOVJS_INCLUDE: 'nothing: only its TypeScript is to be compiled' },
  });
  // A port that ever had a listener hands its messages to the event loop; so nobody listens, and we look.
  let answers = 0;
  const next = (): unknown => {
    answers++;
    for (let n = Atomics.load(answered, 0); n < answers; n = Atomics.load(answered, 0))
      Atomics.wait(answered, 0, n);
    return receiveMessageOnPort(port1)!.message;
  };
  const ask = (told: unknown): unknown => {
    port1.postMessage(told);
    return next();
  };
  await new Promise<void>((ready, fail) => {
    worker.once('error', fail);
    worker.once('message', () => ready());
  });
  next();
  return {
    begin: (memory) => void ask({ memory, files: FILES }),
    do: (lwp, operation, ...args) => ask({ lwp, operation, args }) as string,
    counts: () => ask('counts') as (number | null)[],
    end: () => worker.terminate(),
  };
}

// Few of each, so that operations meet.
const file = fc.nat(FILES - 1);
const id = fc.nat(SECTIONS - 1);
const words: fc.Arbitrary<[Operation, ...number[]]> = fc.oneof(
  fc.tuple(fc.constant('open'), file),
  fc.tuple(fc.constant('close'), file),
  fc.tuple(
    fc.constant('setbufsize'),
    file,
    fc.constantFrom(0, 1, 2, 5, 5, 9, 9, 300, 1 << 18, (1 << 18) + 1),
  ),
  fc.tuple(fc.constant('enable'), file, fc.constantFrom(-1, 0, 1, 1, 1, 2, 2, 3)),
  fc.tuple(fc.constant('disable'), file),
  fc.tuple(fc.constant('attach'), file, id),
  fc.tuple(fc.constant('detach'), file),
  fc.tuple(fc.constant('register'), id),
  fc.tuple(fc.constant('enter'), id),
  fc.tuple(fc.constant('leave'), id),
  fc.tuple(fc.constant('silence'), fc.constantFrom(0, 0, 1)),
  fc.tuple(fc.constant('exit')),
  fc.tuple(fc.constant('trace'), fc.constantFrom(1, 2), fc.nat(6)),
  fc.tuple(fc.constant('reset'), file, fc.nat(3)),
) as fc.Arbitrary<[Operation, ...number[]]>;
const step = fc.tuple(fc.record({ thread: fc.nat(THREADS - 1), lwp: fc.nat(LWPS - 1) }), words);

/** The same steps on the model and on the device, which must answer alike and count alike after each. */
function compare(steps: [Actor, [Operation, ...number[]]][], threads: Driven[]): void {
  const model = new Model(threads.length, LWPS, FILES);
  const memory = allocateShared(SECTIONS);
  for (const thread of threads) thread.begin(memory);
  const log: string[] = [];
  for (const [{ thread, lwp }, [operation, ...args]] of steps) {
    const actor = { thread: thread % threads.length, lwp };
    log.push(`${actor.thread}.${lwp}: ${operation} ${args.join(' ')}`);
    const answer = threads[actor.thread]!.do(lwp, operation, ...args);
    expect(answer, log.join(', ')).toBe(model.do(actor, operation, ...args));
    for (const [i, one] of threads.entries()) expect(one.counts(), log.join(', ')).toEqual(model.counts(i));
  }
}

const device = here();
const other = await elsewhere(1);
afterAll(() => other.end());

test('the device answers as its model, whatever two LWPs do with it in whatever order', () =>
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) =>
      compare(steps, [device]),
    ),
    { numRuns: RUNS },
  ));

test('and so it does where two threads share its sections', () =>
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) =>
      compare(steps, [device, other]),
    ),
    { numRuns: Math.ceil(RUNS / 5) },
  ));
