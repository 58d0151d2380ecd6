import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SharedMemory } from '../../../src/kcov/shared.ts';
import type { Operation } from './model.ts';
import { Thread } from './thread.ts';

/** A thread that does what it is told, and wakes up who waits for it. */
const { id, lwps, port, answered } = workerData as {
  id: number;
  lwps: number;
  port: MessagePort;
  answered: Int32Array;
};
const thread = new Thread(id, lwps);

type Told =
  | { memory: SharedMemory; files: number }
  | { lwp: number; operation: Operation; args: number[] }
  | 'counts';

const listen = (told: Told): unknown => {
  if (told === 'counts') return thread.counts();
  if ('memory' in told) return thread.begin(told.memory, told.files);
  return thread.do(told.lwp, told.operation, ...told.args);
};

const answer = (value: unknown): void => {
  port.postMessage(value);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
};

port.on('message', (told: Told) => answer(listen(told)));
answer('ready');
parentPort!.postMessage('ready');
