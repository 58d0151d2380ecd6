import { join } from 'node:path';
import { kldliterals, kldstat } from '../../src/ksyms/linker.ts';
import { Ending, Endings } from '../engine/ending.ts';
import { type FuzzResult, fuzz } from '../engine/fuzz.ts';
import { maxLength } from '../engine/guide.ts';
import type { EngineOptions } from '../engine/options.ts';
import { noteExits } from '../executor/exits.ts';
import { prepare } from '../prepare.ts';
import { EXIT, UsageError } from '../usage.ts';
import type { Channel } from './channel.ts';
import type { Disk } from './disk.ts';
import { Exchange } from './exchange.ts';
import { FaultLog } from './fault-log.ts';
import { Journal } from './journal.ts';
import type { LeavingReason, WorkerRequest } from './messages.ts';
import { Notes } from './notes.ts';
import { Participant } from './participant.ts';
import { Queue } from './queue.ts';
import { SharedCorpus } from './shared-corpus.ts';
import { startFolders } from './start-folders.ts';
import { memoryOf, sizeOfCode } from './vitals.ts';

/** Milliseconds between two looks at the channel while an execution is waited for, and until it is left alone. */
const LOOK = 100;
const PATIENCE = 500;

/** Flags that a worker sets itself. */
const OURS = ['artifact_prefix', 'exact_artifact_path', 'reload'];

/**
 * Fuzzes until libFuzzer is done or the campaign wishes an end.
 *
 * @returns the exit code
 */
export async function work(request: WorkerRequest, disk: Disk, channel: Channel): Promise<number> {
  // Taken before the target can replace anything.
  const now = performance.now.bind(performance);
  const notes = new Notes((text) => channel.send({ type: 'note', text }));
  const place = makePlace(request, disk, notes);
  const exchange = new Exchange({
    ...place,
    disk,
    notes,
    told: (name, size) => channel.send({ type: 'input', name, size }),
  });
  const participant = new Participant({
    channel,
    exchange,
    faults: new FaultLog(disk, join(request.folder, 'faults'), (message) => channel.send(message), notes),
    now,
    memory: () => memoryOf(disk),
    maxMemory: request.memory,
    keepGoing: request.keepGoing,
    ...(request.journal && { journal: new Journal(disk, join(request.folder, 'current')) }),
  });
  exchange.deliver(now()); // What a killed predecessor has left.
  watch(channel, participant, now);
  const endings = new Endings();
  noteExits(({ kind, error }) => endings.refuse(new Ending(kind === 'exit' ? 'exit' : 'crash', error)));
  const { target } = await prepare(request.target, request.filter, place.engine).catch((error: unknown) => {
    if (error instanceof UsageError) notes.say(error.message);
    channel.flush(now);
    throw error;
  });
  channel.send({ type: 'ready', ...sizeOfCode() });
  const result = await fuzz({
    target,
    options: place.engine,
    kldstat,
    ...(place.engine.hints && { literals: kldliterals() }),
    listener: participant,
    endings,
  });
  if (result.error !== undefined) throw result.error;
  participant.leave(reasonOf(result));
  return EXIT.ok;
}

/** Ends the process where the fuzzer does not come to it: while the target loads or an execution waits for a promise. */
function watch(channel: Channel, participant: Participant, now: () => number): void {
  const kill = process.kill.bind(process, process.pid, 'SIGKILL');
  const look = (): void => {
    if (channel.poll() === 'go on' || now() - participant.heard < PATIENCE) return;
    participant.leave('asked', { inTheMiddle: true });
    kill();
  };
  setInterval(look, LOOK).unref();
}

function reasonOf({ restart, stopped }: FuzzResult): LeavingReason {
  if (restart !== undefined) return 'promises';
  if (stopped === 'polluted') return 'polluted';
  return stopped === 'signal' ? 'asked' : 'done';
}

/** The folders, and what libFuzzer is told of them. */
function makePlace(request: WorkerRequest, disk: Disk, notes: Notes) {
  const folder = (name: string): string => join(request.folder, name);
  for (const name of ['queue', 'faults', 'artifacts']) disk.mkdirSync(folder(name), { recursive: true });
  const queue = new Queue(disk, folder('queue'));
  queue.clear();
  const corpus = new SharedCorpus(disk, request.corpus, disk.sha1(Buffer.from(request.folder)).slice(0, 12));
  try {
    corpus.open();
  } catch (error) {
    notes.failed(request.corpus, error, 'new inputs wait');
  }
  const start = startFolders(disk, [request.corpus, ...request.seeds], folder('start'), notes);
  const folders = [queue.folder, ...start.folders];
  const engine: EngineOptions = {
    ...request.engine,
    corpus: folders,
    libFuzzerFlags: [
      ...request.flags.filter((flag) => !OURS.some((name) => flag.startsWith(`-${name}=`))),
      `-artifact_prefix=${folder('artifacts')}/`,
      '-reload=1',
    ],
  };
  return {
    queue,
    corpus,
    engine,
    maxLength: maxLength(request.flags, folders),
    // And one that is empty.
    initial: start.inputs + queue.names().length + 1,
  };
}
