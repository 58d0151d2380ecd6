import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  collect,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  MAP_SHARED,
  mmap,
  munmap,
  open,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  read,
} from '../../harness/index.ts';
import { KERNEL_GLOBAL, type Kernel } from '../../src/abi/kernel.ts';
import { boot } from '../../src/boot.ts';
import * as kernelApi from '../../src/kernel.ts';
import { __sanitizer_cov_trace_switch } from '../../src/trace/callbacks.ts';

const RW = PROT_READ | PROT_WRITE;
const PC = 0x1000 - 2 ** 31;
const PC_WORD = 0xffffffff80001000n;

const kernel = (): Kernel => (globalThis as unknown as Record<string, Kernel>)[KERNEL_GLOBAL]!;
const hit = (times = 1): void => {
  for (let i = 0; i < times; i++) kernel().__sanitizer_cov_trace_pc(PC);
};

const fds: number[] = [];
const kcov = (entries?: number): number => {
  const fd = open('/dev/kcov');
  fds.push(fd);
  if (entries !== undefined) ioctl(fd, KCOV_IOC_SETBUFSIZE, entries);
  return fd;
};
const map = (fd: number, entries: number): BigUint64Array => {
  const area = mmap(entries * KCOV_ENTRY_SIZE, RW, MAP_SHARED, fd, 0);
  return new BigUint64Array(area.buffer, 0, entries);
};
const refused = (code: string, syscall = 'ioctl') =>
  expect.objectContaining({ name: 'DeviceError', code, syscall });

function throwing(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

afterEach(() => {
  for (const fd of fds.splice(0)) {
    try {
      close(fd);
    } catch {
      // A test closed it itself.
    }
  }
  boot().cpu.curlwp.exit();
});

let nextSection = 1000;
const section = () => ({ subsystem: 7, id: nextSection++ });

describe('request numbers are those of the header', () => {
  test.each([
    [KCOV_IOC_SETBUFSIZE, 0x80084b01],
    [KCOV_IOC_ENABLE, 0x80044b02],
    [KCOV_IOC_DISABLE, 0x20004b03],
    [KCOV_IOC_REMOTE_ATTACH, 0x80104b0a],
    [KCOV_IOC_REMOTE_DETACH, 0x20004b0b],
  ])('%#', (ours, theirs) => expect(ours).toBe(theirs));
});

describe('open, close', () => {
  test('descriptors are the lowest that are free', () => {
    const [a, b] = [kcov(), kcov()];
    close(a);
    expect(kcov()).toBe(a);
    expect(b).toBe(a + 1);
  });
  test('no such device: ENOENT', () =>
    expect(throwing(() => open('/dev/null' as '/dev/kcov'))).toEqual(refused('ENOENT', 'open')));
  test('a closed descriptor: EBADF', () => {
    const fd = kcov();
    close(fd);
    expect(throwing(() => ioctl(fd, KCOV_IOC_DISABLE))).toEqual(refused('EBADF'));
    expect(throwing(() => close(fd))).toEqual(refused('EBADF', 'close'));
    expect(throwing(() => mmap(8, RW, MAP_SHARED, fd, 0))).toEqual(refused('EBADF', 'mmap'));
  });
  test('errors are shaped as those of Node: a negative errno', () => {
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_DISABLE))).toMatchObject({ errno: -2, code: 'ENOENT' });
  });
  test('read is refused (subr_kcov.c:79)', () =>
    expect(throwing(() => read(kcov(), new Uint8Array(8)))).toEqual(refused('EOPNOTSUPP', 'read')));
});

describe('SETBUFSIZE (subr_kcov.c:371, :184)', () => {
  test.each([0, 1, KCOV_BUF_MAX_ENTRIES + 1, -1, 2n ** 64n - 1n])('%s entries: EINVAL', (n) =>
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_SETBUFSIZE, n))).toEqual(refused('EINVAL')));
  test.each([2, KCOV_BUF_MAX_ENTRIES, 512n])('%s entries are taken', (n) =>
    expect(ioctl(kcov(), KCOV_IOC_SETBUFSIZE, n)).toBeUndefined());
  test('a second time: EEXIST', () =>
    expect(throwing(() => ioctl(kcov(8), KCOV_IOC_SETBUFSIZE, 8))).toEqual(refused('EEXIST')));
  test('a second time and a bad size: EINVAL comes first', () =>
    expect(throwing(() => ioctl(kcov(8), KCOV_IOC_SETBUFSIZE, 1))).toEqual(refused('EINVAL')));
  test('while enabled: EBUSY', () => {
    const fd = kcov(8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(throwing(() => ioctl(fd, KCOV_IOC_SETBUFSIZE, 8))).toEqual(refused('EBUSY'));
  });
  test('with a remote attached it does nothing', () => {
    const [fd, s] = [kcov(), section()];
    kernelApi.kcovRemoteRegister(s.subsystem, s.id);
    ioctl(fd, KCOV_IOC_REMOTE_ATTACH, s);
    expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 0)).toBeUndefined();
  });
  test('an argument that is none: EFAULT', () =>
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_SETBUFSIZE))).toEqual(refused('EFAULT')));
});

describe('ENABLE, DISABLE (subr_kcov.c:381, :407)', () => {
  test('an unknown mode: EINVAL, before anything else', () =>
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_ENABLE, 3))).toEqual(refused('EINVAL')));
  test('without a buffer: ENOBUFS', () =>
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC))).toEqual(refused('ENOBUFS')));
  test('twice: EBUSY', () => {
    const fd = kcov(8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(throwing(() => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC))).toEqual(refused('EBUSY'));
  });
  test('a second descriptor of one LWP: EBUSY, also before it has a buffer', () => {
    ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(throwing(() => ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC))).toEqual(refused('EBUSY'));
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC))).toEqual(refused('EBUSY'));
  });
  test('disable before enable, and twice: ENOENT', () => {
    const fd = kcov(8);
    expect(throwing(() => ioctl(fd, KCOV_IOC_DISABLE))).toEqual(refused('ENOENT'));
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    ioctl(fd, KCOV_IOC_DISABLE);
    expect(throwing(() => ioctl(fd, KCOV_IOC_DISABLE))).toEqual(refused('ENOENT'));
  });
  test('MODE_NONE enables and traces nothing', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
    hit();
    kernel().trace_cmp(1, 2, PC);
    expect(words[0]).toBe(0n);
    ioctl(fd, KCOV_IOC_DISABLE);
  });
  test('an unknown request: EINVAL', () =>
    expect(throwing(() => ioctl(kcov(), 0x1234))).toEqual(refused('EINVAL')));
});

describe('mmap (subr_kcov.c:519)', () => {
  test('to execute: EACCES', () =>
    expect(throwing(() => mmap(8, PROT_EXEC, MAP_SHARED, kcov(8), 0))).toEqual(refused('EACCES', 'mmap')));
  test('a negative offset: EINVAL', () =>
    expect(throwing(() => mmap(8, RW, MAP_SHARED, kcov(8), -8))).toEqual(refused('EINVAL', 'mmap')));
  test('beyond the largest buffer: EINVAL', () => {
    const max = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
    expect(throwing(() => mmap(max + 1, RW, MAP_SHARED, kcov(8), 0))).toEqual(refused('EINVAL', 'mmap'));
    expect(throwing(() => mmap(8, RW, MAP_SHARED, kcov(8), max + 8))).toEqual(refused('EINVAL', 'mmap'));
  });
  test('before the size is set, and beyond this buffer: ENOMEM', () => {
    expect(throwing(() => mmap(8, RW, MAP_SHARED, kcov(), 0))).toEqual(refused('ENOMEM', 'mmap'));
    expect(throwing(() => mmap(4097, RW, MAP_SHARED, kcov(8), 0))).toEqual(refused('ENOMEM', 'mmap'));
    expect(throwing(() => mmap(8, RW, MAP_SHARED, kcov(8), 4096))).toEqual(refused('ENOMEM', 'mmap'));
  });
  test('the size is rounded up to a page', () =>
    expect(mmap(4096, RW, MAP_SHARED, kcov(8), 0)).toHaveLength(4096));
  test('no bytes: a panic', () =>
    expect(() => mmap(0, RW, MAP_SHARED, kcov(8), 0)).toThrow(
      'kernel diagnostic assertion "size > 0" failed',
    ));
  test('two maps are one memory', () => {
    const fd = kcov(8);
    const [a, b] = [map(fd, 8), map(fd, 8)];
    a[3] = 5n;
    expect(b[3]).toBe(5n);
  });
  test('a map outlives its descriptor', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit();
    ioctl(fd, KCOV_IOC_DISABLE);
    close(fd);
    expect([...words.subarray(0, 2)]).toEqual([1n, PC_WORD]);
  });
  test('munmap of what is not mapped: EINVAL', () => {
    const area = mmap(8, RW, MAP_SHARED, kcov(8), 0);
    munmap(area);
    expect(throwing(() => munmap(area))).toEqual(refused('EINVAL', 'munmap'));
  });
});

describe('tracing PCs (subr_kcov.c:579)', () => {
  test('each PC is a word behind the count', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit(3);
    expect([...words]).toEqual([3n, PC_WORD, PC_WORD, PC_WORD, 0n, 0n, 0n, 0n]);
  });
  test('a full buffer keeps what it has: one entry less than its size', () => {
    const fd = kcov(4);
    const words = map(fd, 5);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit(10);
    expect([...words]).toEqual([3n, PC_WORD, PC_WORD, PC_WORD, 0n]);
  });
  test('the user resets it by writing word 0', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit(2);
    words.fill(0n);
    hit(1);
    expect([...words.subarray(0, 3)]).toEqual([1n, PC_WORD, 0n]);
  });
  test('not in CMP mode, not before enable, not after disable', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    hit();
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP);
    hit();
    ioctl(fd, KCOV_IOC_DISABLE);
    hit();
    expect(words[0]).toBe(0n);
  });
  test('enable, no disable, close: the LWP frees it when it exits (subr_kcov.c:472, :179)', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    close(fd);
    hit();
    expect(words[0]).toBe(1n);
    boot().cpu.curlwp.exit();
    hit();
    expect(words[0]).toBe(1n);
    expect(ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)).toBeUndefined();
  });
});

describe('tracing comparisons (subr_kcov.c:625)', () => {
  const traced = (entries: number, run: (k: Kernel) => void): bigint[] => {
    const fd = kcov(entries);
    const words = map(fd, entries);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP);
    run(kernel());
    ioctl(fd, KCOV_IOC_DISABLE);
    close(fd);
    return [...words];
  };
  const type = (log2: number, constant = 0): bigint => BigInt((log2 << 1) | constant);
  const record = (run: (k: Kernel) => void): bigint[] => traced(16, run).slice(1, 5);

  test('type, operands, PC', () =>
    expect(traced(6, (k) => k.trace_cmp(1, 2, PC))).toEqual([1n, type(0), 1n, 2n, PC_WORD, 0n]));
  test('a constant comes first and is flagged', () =>
    expect(record((k) => k.trace_const_cmp(5, 1000, PC))).toEqual([type(1, 1), 5n, 1000n, PC_WORD]));
  test.each<[unknown, unknown, bigint, bigint, bigint]>([
    [255, 0, type(0), 255n, 0n],
    [256, 0, type(1), 256n, 0n],
    [65536, 1, type(2), 65536n, 1n],
    [-1, 1, type(0), 0xffn, 1n],
    [-1, 200, type(1), 0xffffn, 200n],
    [0xffffffff, 1, type(2), 0xffffffffn, 1n],
    [-(2 ** 31), 1, type(2), 0x80000000n, 1n],
    [2 ** 32, 1, type(3), 2n ** 32n, 1n],
    [-(2 ** 33), 1, type(3), 2n ** 64n - 2n ** 33n, 1n],
    [0.5, 1, type(3), 0x3fe0000000000000n, 0x3ff0000000000000n],
    [5n, -1n, type(3), 5n, 2n ** 64n - 1n],
    [5n, 7, type(3), 5n, 7n],
    ['a', 'b', type(0), 97n, 98n],
    ['hello', 'help', type(3), 0x6f6cn, 0x70n],
    ['x'.repeat(20), 'é', type(3), 0x7878787878787878n, 0xa9c3n],
  ])('%s and %s', (a, b, ...words) =>
    expect(record((k) => k.trace_cmp(a, b, PC))).toEqual([...words, PC_WORD]));
  test.each<[unknown, unknown]>([
    [1, 'a'],
    [null, 1],
    [NaN, 0.5],
    ['same', 'same'],
    [{}, 1],
    [1n, 0.5],
  ])('%s and %s leave no record', (a, b) => expect(traced(16, (k) => k.trace_cmp(a, b, PC))[0]).toBe(0n));
  test('a switch leaves a record for each case of its type', () =>
    expect(traced(16, (k) => k.trace_switch(3, [1, 'x', 300], PC)).slice(0, 9)).toEqual([
      2n,
      type(0, 1),
      1n,
      3n,
      PC_WORD,
      type(1, 1),
      300n,
      3n,
      PC_WORD,
    ]));
  test('__sanitizer_cov_trace_switch knows 8, 16, 32 and 64 bits, and no other (subr_kcov.c:765)', () => {
    // How many cases there are, their width, then the cases; two halves each.
    const cases = (bits: number): Int32Array => Int32Array.from([2, 0, bits, 0, 7, 0, -1, -1]);
    const types = [8, 16, 32, 64, 1, 128].map((bits) =>
      traced(16, (k) => __sanitizer_cov_trace_switch(k, [7, 0], cases(bits), PC)),
    );
    expect(types.map(([count, first]) => [count, first])).toEqual([
      [2n, type(0, 1)],
      [2n, type(1, 1)],
      [2n, type(2, 1)],
      [2n, type(3, 1)],
      [0n, 0n],
      [0n, 0n],
    ]);
    expect(types[3]!.slice(5, 9)).toEqual([type(3, 1), 2n ** 64n - 1n, 7n, PC_WORD]);
  });
  test('a record that does not fit whole is not written: idx * 4 + 4 <= bufnent', () => {
    expect(traced(5, (k) => k.trace_cmp(1, 2, PC))[0]).toBe(1n);
    expect(traced(4, (k) => k.trace_cmp(1, 2, PC))[0]).toBe(0n);
    expect(
      traced(9, (k) => {
        for (let i = 0; i < 9; i++) k.trace_cmp(1, 2, PC);
      })[0],
    ).toBe(2n);
  });
  test('unequal strings are told to whoever listens, while comparisons are traced', () => {
    const seen: unknown[] = [];
    kernel().__sanitizer_weak_hook_strcmp = (...args) => seen.push(args);
    kernel().trace_cmp('not', 'traced', PC);
    traced(16, (k) => {
      k.trace_cmp('GET', 'GIT', PC);
      k.trace_cmp('a', 'a', PC);
    });
    kernel().__sanitizer_weak_hook_strcmp = null;
    expect(seen).toEqual([[PC, 'GET', 'GIT']]);
  });
});

describe('silence (subr_kcov.c:427)', () => {
  test('what runs inside is not traced', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit();
    kernelApi.kcovSilenceEnter();
    hit(5);
    kernelApi.kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(2n);
  });
  test('without a trace it is quiet', () => {
    kernelApi.kcovSilenceEnter();
    kernelApi.kcovSilenceLeave();
  });
});

describe('remote sections (subr_kcov.c:246-367)', () => {
  const registered = () => {
    const s = section();
    kernelApi.kcovRemoteRegister(s.subsystem, s.id);
    return s;
  };
  const attached = () => {
    const [fd, s] = [kcov(), registered()];
    ioctl(fd, KCOV_IOC_REMOTE_ATTACH, s);
    return {
      fd,
      s,
      enter: () => kernelApi.kcovRemoteEnter(s.subsystem, s.id),
      leave: () => kernelApi.kcovRemoteLeave(s.subsystem, s.id),
    };
  };

  test('register twice: a panic', () => {
    const { subsystem, id } = registered();
    expect(() => kernelApi.kcovRemoteRegister(BigInt(subsystem), id)).toThrow(
      'kcov_remote_register: kr already exists',
    );
  });
  test('enter or leave what nobody registered: a panic', () => {
    expect(() => kernelApi.kcovRemoteEnter(99, 1)).toThrow('kcov_remote_enter: unable to find kr');
    expect(() => kernelApi.kcovRemoteLeave(99, 1)).toThrow('kcov_remote_leave: unable to find kr');
  });
  test('enter twice: a panic', () => {
    const { enter, leave } = attached();
    enter();
    expect(enter).toThrow('kernel diagnostic assertion "refs == 1" failed');
    expect(leave).toThrow('kernel diagnostic assertion "refs == 0" failed');
    leave();
  });
  test('enter while traced: a panic', () => {
    const { enter } = attached();
    ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(enter).toThrow('kernel diagnostic assertion "l->l_kcov == NULL" failed');
  });
  test('attach what is not there: ENOENT; while enabled: EEXIST; detach without attach: ENOENT', () => {
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_REMOTE_ATTACH, { subsystem: 99, id: 2n }))).toEqual(
      refused('ENOENT'),
    );
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_REMOTE_DETACH))).toEqual(refused('ENOENT'));
    const fd = kcov(8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(throwing(() => ioctl(fd, KCOV_IOC_REMOTE_ATTACH, { subsystem: 99, id: 2n }))).toEqual(
      refused('EEXIST'),
    );
    expect(throwing(() => ioctl(fd, KCOV_IOC_REMOTE_DETACH))).toEqual(refused('EEXIST'));
  });
  test('attach with a bad argument: EFAULT', () =>
    expect(throwing(() => ioctl(kcov(), KCOV_IOC_REMOTE_ATTACH, 5))).toEqual(refused('EFAULT')));
  test('what runs inside the section, and only that, is in its buffer', () => {
    const { fd, enter, leave } = attached();
    const words = map(fd, KCOV_BUF_MAX_ENTRIES);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit();
    enter();
    hit(2);
    leave();
    hit();
    expect(words[0]).toBe(2n);
    ioctl(fd, KCOV_IOC_DISABLE);
    enter();
    hit();
    leave();
    expect(words[0]).toBe(2n);
  });
  test('enable twice: EBUSY; disable twice: ENOENT', () => {
    const { fd } = attached();
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(throwing(() => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC))).toEqual(refused('EBUSY'));
    ioctl(fd, KCOV_IOC_DISABLE);
    expect(throwing(() => ioctl(fd, KCOV_IOC_DISABLE))).toEqual(refused('ENOENT'));
  });
  test('closing or detaching disables the section', () => {
    for (const end of [(fd: number) => close(fd), (fd: number) => ioctl(fd, KCOV_IOC_REMOTE_DETACH)]) {
      const { fd, enter, leave } = attached();
      const words = map(fd, 16);
      ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      end(fd);
      enter();
      hit();
      leave();
      expect(words[0]).toBe(0n);
    }
  });
});

describe('collect', () => {
  test('gives the PCs of a call, in order, and its result', () => {
    expect(
      collect(() => {
        hit(2);
        return 'done';
      }),
    ).toEqual({ pcs: [PC_WORD, PC_WORD], overflowed: false, result: 'done' });
  });
  test('gives comparisons', () => {
    const { cmps } = collect(() => kernel().trace_const_cmp(1, 2, PC), { mode: 'cmp' });
    expect(cmps).toEqual([{ size: 1, constant: true, arg1: 1n, arg2: 2n, pc: PC_WORD }]);
  });
  test('says when the buffer was full', () =>
    expect(collect(() => hit(9), { entries: 4 })).toMatchObject({ overflowed: true, pcs: { length: 3 } }));
  test('waits for a promise', async () => {
    const { pcs, result } = await collect(async () => {
      hit();
      await null;
      hit();
      return 1;
    });
    expect([pcs.length, result]).toEqual([2, 1]);
  });
  test('throws what the call throws, and is over then', async () => {
    expect(() =>
      collect(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    await expect(collect(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    expect(collect(() => 1).result).toBe(1);
  });
  test('inside another: EBUSY', () =>
    expect(throwing(() => collect(() => collect(() => 1)))).toEqual(refused('EBUSY')));
});
