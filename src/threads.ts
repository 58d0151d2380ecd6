import {
  BroadcastChannel,
  getEnvironmentData,
  receiveMessageOnPort,
  setEnvironmentData,
} from 'node:worker_threads';
import { allocateShared, type SharedMemory } from './kcov/shared.ts';
import type { KldModule } from './ksyms/linker.ts';
import { becomeParent, Children, Parent, parentFolder } from './processes.ts';

/**
 * What the threads of a process have in common. The thread that boots first makes it, and Node hands it to every
 * thread that is started from then on.
 */
export interface Threads {
  memory(): SharedMemory;
  /** Child processes, as the first thread of their parent sees them; null elsewhere. */
  children: Children | null;
  /** The parent, in all threads of a child process. */
  parent: Parent | null;
  /** Tells the first thread of a module that this one has loaded. */
  tellLoaded(module: KldModule): void;
  /** Modules that other threads have loaded since the last call. Known to the first thread only. */
  loadedElsewhere(): Iterable<KldModule>;
}

interface Inherited {
  memory: SharedMemory;
  channel: string;
  parentFolder: string | undefined;
}

const KEY = 'kcovjs';

export function joinThreads(): Threads {
  const inherited = getEnvironmentData(KEY) as Inherited | undefined;
  return inherited === undefined ? first() : further(inherited);
}

function first(): Threads {
  let memory: SharedMemory | undefined;
  let modules: BroadcastChannel | undefined;
  const loaded: KldModule[] = [];
  const allocate = (): SharedMemory => {
    memory ??= allocateShared();
    return memory;
  };
  const channel = `kcovjs-${crypto.randomUUID()}`;
  const above = parentFolder();
  const parent = above === undefined ? null : new Parent(above);
  const children = above === undefined ? new Children(becomeParent()) : null;
  setEnvironmentData(KEY, {
    channel,
    parentFolder: above,
    // Read when a thread is started; a process that never starts one has neither memory nor a channel.
    get memory() {
      if (modules === undefined) {
        modules = new BroadcastChannel(channel);
        modules.onmessage = (message) => {
          loaded.push((message as { data: KldModule }).data);
        };
        modules.unref();
      }
      return allocate();
    },
  });
  return {
    memory: allocate,
    children,
    parent,
    tellLoaded: (module) => parent?.tellLoaded(module),
    loadedElsewhere() {
      if (modules !== undefined) loaded.push(...waiting(modules));
      return [...loaded.splice(0), ...(children?.loaded() ?? [])];
    },
  };
}

function further({ memory, channel, parentFolder: above }: Inherited): Threads {
  const parent = above === undefined ? null : new Parent(above);
  return {
    memory: () => memory,
    children: null,
    parent,
    tellLoaded(module) {
      // Open no longer than it takes, so that what other threads tell does not pile up here.
      const modules = new BroadcastChannel(channel);
      modules.postMessage(module);
      modules.close();
      parent?.tellLoaded(module);
    },
    loadedElsewhere: () => [],
  };
}

/** Messages that the event loop has not come to. They are there as soon as they were posted. */
function* waiting(channel: BroadcastChannel): Generator<KldModule> {
  for (;;) {
    const next = receiveMessageOnPort(channel as never) as { message: KldModule } | undefined;
    if (next === undefined) return;
    yield next.message;
  }
}
