import { AsyncResource } from 'node:async_hooks';
import { DeviceError, KernelPanic } from '../../../src/abi/errno.ts';
import {
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
} from '../../../src/abi/kcov.ts';
import { MAP_SHARED, PROT_READ, PROT_WRITE } from '../../../src/abi/mman.ts';
import { Cpu } from '../../../src/kcov/cpu.ts';
import { KcovFile } from '../../../src/kcov/device.ts';
import { RemoteSections } from '../../../src/kcov/remote.ts';
import type { SharedMemory } from '../../../src/kcov/shared.ts';
import { ThreadKernel } from '../../../src/trace/kernel.ts';
import type { Operation } from './model.ts';

const answer = (fn: () => unknown): string => {
  try {
    fn();
    return 'ok';
  } catch (error) {
    if (error instanceof DeviceError) return error.code;
    if (error instanceof KernelPanic) return `panic: ${error.message}`;
    throw error;
  }
};

/** The real device in one thread. Its LWPs stay, and have their state taken away when a new run begins. */
export class Thread {
  readonly #kernel = new ThreadKernel();
  readonly #cpu = new Cpu(this.#kernel);
  /** In which an LWP goes on. */
  readonly #lwps: AsyncResource[] = [new AsyncResource('lwp')];
  readonly #id: number;
  #sections!: RemoteSections;
  #files: (KcovFile | null)[] = [];

  constructor(id: number, lwps: number) {
    this.#id = id;
    while (this.#lwps.length < lwps) {
      this.#cpu.create(() => {
        this.#lwps.push(new AsyncResource('lwp'));
        return new Promise(() => {});
      });
    }
  }

  begin(memory: SharedMemory, files: number): void {
    for (const lwp of this.#lwps) lwp.runInAsyncScope(() => this.#cpu.curlwp.exit());
    this.#sections = new RemoteSections(() => memory, this.#id);
    this.#files = Array(files).fill(null);
  }

  do(lwp: number, operation: Operation, ...args: number[]): string {
    return this.#lwps[lwp]!.runInAsyncScope(() => this.#do(operation, args[0]!, args[1]!));
  }

  #do(operation: Operation, a: number, b: number): string {
    const l = this.#cpu.curlwp;
    switch (operation) {
      case 'open':
        if (this.#files[a]) return 'open';
        this.#files[a] = new KcovFile(this.#cpu, this.#sections);
        return 'ok';
      case 'close':
        return answer(() => {
          this.#file(a).close();
          this.#files[a] = null;
        });
      case 'setbufsize':
        return answer(() => this.#file(a).ioctl(KCOV_IOC_SETBUFSIZE, b));
      case 'enable':
        return answer(() => this.#file(a).ioctl(KCOV_IOC_ENABLE, b));
      case 'disable':
        return answer(() => this.#file(a).ioctl(KCOV_IOC_DISABLE, undefined));
      case 'attach':
        return answer(() => this.#file(a).ioctl(KCOV_IOC_REMOTE_ATTACH, { subsystem: 0, id: b }));
      case 'detach':
        return answer(() => this.#file(a).ioctl(KCOV_IOC_REMOTE_DETACH, undefined));
      case 'register':
        return answer(() => this.#sections.register(0, a));
      case 'enter':
        return answer(() => this.#sections.enter(l, 0, a));
      case 'leave':
        return answer(() => this.#sections.leave(l, 0, a));
      case 'silence':
        return answer(() => (a === 1 ? l.silenceEnter() : l.silenceLeave()));
      case 'exit':
        return answer(() => l.exit());
      case 'trace':
        return this.#trace(a, b);
      case 'reset':
        return this.#reset(a, b);
    }
  }

  #trace(mode: number, times: number): string {
    for (let i = 0; i < times; i++) {
      if (mode === 1) this.#kernel.__sanitizer_cov_trace_pc(-1);
      else this.#kernel.trace_cmp(1, 2, -1);
    }
    return 'ok';
  }

  #reset(i: number, count: number): string {
    const words = this.#map(i);
    if (words === null) return 'no map';
    words[0] = count;
    return 'ok';
  }

  counts(): (number | null)[] {
    return this.#files.map((_, i) => this.#map(i)?.[0] ?? null);
  }

  #file(i: number): KcovFile {
    const file = this.#files[i];
    if (!file) throw new DeviceError('EBADF', 'ioctl');
    return file;
  }

  #map(i: number): Int32Array | null {
    try {
      const area = this.#file(i).mmap(8, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
      return new Int32Array(area.buffer, area.byteOffset, 2);
    } catch {
      return null;
    }
  }
}
