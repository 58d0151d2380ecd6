import { threadId } from 'node:worker_threads';
import { KERNEL_GLOBAL, type Kernel } from './abi/kernel.ts';
import { ChildSections } from './child.ts';
import { Cpu } from './kcov/cpu.ts';
import { RemoteSections } from './kcov/remote.ts';
import { kldfeed, kldload } from './ksyms/linker.ts';
import { joinThreads } from './threads.ts';
import { ThreadKernel } from './trace/kernel.ts';

/** One thread's kernel, with what user space reaches through the devices. */
export interface Machine {
  kernel: Kernel;
  cpu: Cpu;
  sections: RemoteSections;
}

let machine: Machine | undefined;

/**
 * Makes `globalThis.__kcov`, which instrumented code looks for. Until then the system is cold: nothing is traced.
 *
 * @throws where another copy of this package did so before; the two would not know of each other's modules
 */
export function boot(): Machine {
  machine ??= install();
  return machine;
}

function install(): Machine {
  const before = (globalThis as Record<string, unknown>)[KERNEL_GLOBAL] as Partial<Kernel> | undefined;
  // What code that was instrumented ahead of time puts there by itself is only a stand-in.
  if (before?.trace_cmp !== undefined)
    throw new Error(
      'two copies of kcovjs are loaded in one thread; make one package serve both (npm ls kcovjs)',
    );

  const kernel = new ThreadKernel();
  const cpu = new Cpu(kernel);
  const threads = joinThreads();
  const sections = new RemoteSections(threads.memory, threadId, threads.children);
  const annotated = threads.parent === null ? sections : new ChildSections(sections, threads.parent);
  kldfeed(threads.loadedElsewhere);
  kernel.kldload = (...module) => {
    kldload(...module);
    threads.tellLoaded(module);
  };
  kernel.kcov_remote_register = (subsystem, id) => annotated.register(subsystem, id);
  kernel.kcov_remote_enter = (subsystem, id) => annotated.enter(cpu.curlwp, subsystem, id);
  kernel.kcov_remote_leave = (subsystem, id) => annotated.leave(cpu.curlwp, subsystem, id);
  kernel.kthread_create = (fn) => cpu.create(fn);
  kernel.kcov_silence_enter = () => cpu.curlwp.silenceEnter();
  kernel.kcov_silence_leave = () => cpu.curlwp.silenceLeave();

  // A property that can never change is a constant to the compiler; one that can be listed would show.
  Object.defineProperty(globalThis, KERNEL_GLOBAL, {
    value: kernel,
    writable: false,
    configurable: false,
    enumerable: false,
  });
  return { kernel, cpu, sections };
}
