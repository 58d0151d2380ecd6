import { createServer, type Server } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds between two tries. */
const PAUSE = 100;

/**
 * Does some work when one of as many places as there are cores is free, among all processes of one run of vitest.
 * A place is an abstract socket, which is free again however its holder ends.
 */
export async function inSlot<R>(work: () => Promise<R>): Promise<R> {
  const server = await slot();
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function slot(): Promise<Server> {
  for (;;) {
    for (let i = 0; i < availableParallelism(); i++) {
      const server = await taken(`\0kcovjs-fuzz-${process.ppid}-${i}`);
      if (server !== undefined) return server;
    }
    await setTimeout(PAUSE);
  }
}

function taken(name: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(name, () => resolve(server));
  });
}
