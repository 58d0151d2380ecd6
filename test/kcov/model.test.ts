import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  close,
  DeviceError,
  ioctl,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KernelPanic,
  MAP_SHARED,
  mmap,
  open,
  PROT_READ,
  PROT_WRITE,
} from '../../harness/index.ts';
import { Cpu } from '../../src/kcov/cpu.ts';
import { KcovFile } from '../../src/kcov/device.ts';
import { RemoteSections } from '../../src/kcov/remote.ts';
import { allocateShared } from '../../src/kcov/shared.ts';
import { ThreadKernel } from '../../src/trace/kernel.ts';
import { Model } from './model.ts';

/** `KCOVJS_MODEL_RUNS=20000 npx vitest run test/kcov/model.test.ts` makes a million operations. */
const RUNS = Number(process.env['KCOVJS_MODEL_RUNS'] ?? 1000);

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

/** The real device on a kernel of its own, so that each run begins from nothing. */
class Real {
  readonly #memory = allocateShared(2);
  readonly #kernel = new ThreadKernel();
  readonly #cpu = new Cpu(this.#kernel);
  readonly #sections = new RemoteSections(() => this.#memory);
  readonly #files: (KcovFile | null)[] = [];

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

  open = (i: number): string => {
    if (this.#files[i]) return 'open';
    return answer(() => {
      this.#files[i] = new KcovFile(this.#cpu, this.#sections);
    });
  };
  close = (i: number): string =>
    answer(() => {
      this.#file(i).close();
      this.#files[i] = null;
    });
  setbufsize = (i: number, n: number): string => answer(() => this.#file(i).ioctl(KCOV_IOC_SETBUFSIZE, n));
  enable = (i: number, mode: number): string => answer(() => this.#file(i).ioctl(KCOV_IOC_ENABLE, mode));
  disable = (i: number): string => answer(() => this.#file(i).ioctl(KCOV_IOC_DISABLE, undefined));
  attach = (i: number, id: number): string =>
    answer(() => this.#file(i).ioctl(KCOV_IOC_REMOTE_ATTACH, { subsystem: 0, id }));
  detach = (i: number): string => answer(() => this.#file(i).ioctl(KCOV_IOC_REMOTE_DETACH, undefined));
  register = (id: number): string => answer(() => this.#sections.register(0, id));
  enter = (id: number): string => answer(() => this.#sections.enter(this.#cpu.curlwp, 0, id));
  leave = (id: number): string => answer(() => this.#sections.leave(this.#cpu.curlwp, 0, id));
  silence = (on: boolean): string =>
    answer(() => (on ? this.#cpu.curlwp.silenceEnter() : this.#cpu.curlwp.silenceLeave()));
  trace = (mode: number, times: number): string =>
    answer(() => {
      for (let i = 0; i < times; i++) {
        if (mode === 1) this.#kernel.__sanitizer_cov_trace_pc(-1);
        else this.#kernel.trace_cmp(1, 2, -1);
      }
    });
  reset = (i: number, count: number): string => {
    const words = this.#map(i);
    if (words === null) return 'no map';
    words[0] = count;
    return 'ok';
  };
  count = (i: number): number | null => this.#map(i)?.[0] ?? null;
}

type Operation = (device: Model | Real) => string;

// Few of each, so that operations meet.
const file = fc.nat(1);
const id = fc.nat(1);
const operation: fc.Arbitrary<[string, Operation]> = fc.oneof(
  file.map((i): [string, Operation] => [`open ${i}`, (d) => d.open(i)]),
  file.map((i): [string, Operation] => [`close ${i}`, (d) => d.close(i)]),
  fc
    .tuple(file, fc.constantFrom(0, 1, 2, 5, 5, 9, 9, 300, 1 << 18, (1 << 18) + 1))
    .map(([i, n]): [string, Operation] => [`setbufsize ${i} ${n}`, (d) => d.setbufsize(i, n)]),
  fc
    .tuple(file, fc.constantFrom(-1, 0, 1, 1, 2, 2, 3))
    .map(([i, m]): [string, Operation] => [`enable ${i} ${m}`, (d) => d.enable(i, m)]),
  file.map((i): [string, Operation] => [`disable ${i}`, (d) => d.disable(i)]),
  fc.tuple(file, id).map(([i, s]): [string, Operation] => [`attach ${i} ${s}`, (d) => d.attach(i, s)]),
  file.map((i): [string, Operation] => [`detach ${i}`, (d) => d.detach(i)]),
  id.map((s): [string, Operation] => [`register ${s}`, (d) => d.register(s)]),
  id.map((s): [string, Operation] => [`enter ${s}`, (d) => d.enter(s)]),
  id.map((s): [string, Operation] => [`leave ${s}`, (d) => d.leave(s)]),
  fc.boolean().map((on): [string, Operation] => [`silence ${on}`, (d) => d.silence(on)]),
  fc
    .tuple(fc.constantFrom(1, 2), fc.nat(6))
    .map(([m, n]): [string, Operation] => [`trace ${m} ${n}`, (d) => d.trace(m, n)]),
  fc.tuple(file, fc.nat(3)).map(([i, n]): [string, Operation] => [`reset ${i} ${n}`, (d) => d.reset(i, n)]),
);

test('the device answers as its model, whatever is done with it in whatever order', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 120, size: 'max' }), (operations) => {
      const [model, real] = [new Model(), new Real()];
      const log: string[] = [];
      for (const [name, run] of operations) {
        log.push(name);
        expect(run(real), log.join(', ')).toBe(run(model));
        for (let i = 0; i < model.files.length; i++)
          expect(real.count(i), log.join(', ')).toBe(model.count(i));
      }
    }),
    { numRuns: RUNS },
  );
});

test('descriptors of the process are the same device', () => {
  const fd = open('/dev/kcov');
  ioctl(fd, KCOV_IOC_SETBUFSIZE, 2);
  expect(mmap(8, PROT_READ, MAP_SHARED, fd, 0)).toHaveLength(8);
  close(fd);
});
