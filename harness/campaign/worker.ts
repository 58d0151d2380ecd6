import { resolve } from 'node:path';
import { KERNEL_VARIABLE } from '../../src/processes.ts';
import { EXIT, UsageError } from '../usage.ts';
import { Channel } from './channel.ts';
import { ownDisk } from './disk.ts';
import { CHANNEL, WORKER_VARIABLE, type WorkerRequest } from './messages.ts';
import { work } from './work.ts';

/** A worker of a campaign: the process that runs the target. See messages.ts for how it is started. */

// A worker is nobody's child, even where the code under test of another process has started the campaign.
delete process.env[KERNEL_VARIABLE];

function request(): WorkerRequest {
  const text = process.env[WORKER_VARIABLE];
  if (text === undefined) throw new UsageError(`a worker is started by a campaign, with ${WORKER_VARIABLE}`);
  delete process.env[WORKER_VARIABLE];
  const given = JSON.parse(text) as WorkerRequest;
  // The target may change the directory.
  return {
    ...given,
    target: resolve(given.target),
    corpus: resolve(given.corpus),
    seeds: given.seeds.map((path) => resolve(path)),
    folder: resolve(given.folder),
    flags: given.flags.map((flag) =>
      flag.replace(/^-dict=(.*)/, (_, path: string) => `-dict=${resolve(path)}`),
    ),
  };
}

const exit = process.exit.bind(process);
const reallyExit = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process);
let code: number;
try {
  const given = request();
  const disk = ownDisk();
  code = await work(given, disk, new Channel(disk, CHANNEL));
} catch (error) {
  const text = error instanceof UsageError ? error.message : `internal failure: ${(error as Error).stack}`;
  process.stderr.write(`kcovjs: ${text}\n`);
  code = error instanceof UsageError ? EXIT.usage : EXIT.ourFailure;
}
// A target may have left timers and sockets behind.
try {
  exit(code);
} catch {
  // A listener threw.
  reallyExit(code);
}
