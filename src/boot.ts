import { KERNEL_GLOBAL, type Kernel } from './abi/kernel.ts';
import { Lwp } from './kcov/lwp.ts';
import { RemoteSections } from './kcov/remote.ts';
import { kldload } from './ksyms/linker.ts';
import { ThreadKernel } from './trace/kernel.ts';

/** One thread's kernel, with what user space reaches through the devices. */
export interface Machine {
  kernel: Kernel;
  curlwp: () => Lwp;
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
  const lwp = new Lwp(kernel);
  const sections = new RemoteSections();
  lwp.fold();
  kernel.kldload = kldload;
  kernel.kcov_remote_register = (subsystem, id) => sections.register(subsystem, id);
  kernel.kcov_remote_enter = (subsystem, id) => sections.enter(lwp, subsystem, id);
  kernel.kcov_remote_leave = (subsystem, id) => sections.leave(lwp, subsystem, id);
  kernel.kcov_silence_enter = () => lwp.silenceEnter();
  kernel.kcov_silence_leave = () => lwp.silenceLeave();

  // A property that can never change is a constant to the compiler; one that can be listed would show.
  Object.defineProperty(globalThis, KERNEL_GLOBAL, {
    value: kernel,
    writable: false,
    configurable: false,
    enumerable: false,
  });
  return { kernel, curlwp: () => lwp, sections };
}
