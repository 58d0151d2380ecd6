import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  dup2,
  ioctl,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  MAP_SHARED,
  mmap,
  munmap,
  open,
} from '../../harness/index.ts';
import { boot } from '../../src/boot.ts';
import { cleanUp, expectErrno, instrumented, kcov, PAGE, RW, SYSCALL } from './helpers.ts';
import { ioctlOf, isFreed, kdOf, Process } from './lwps.ts';
import { Thread, withThread } from './thread.ts';

/**
 * The cases of NetBSD's own suite, tests/modules/t_kcov.c, by their names. What they let the kernel do (sleep,
 * getpid) is an instrumented function here; their threads are threads of Node. A thread of ours has descriptors of
 * its own, so where one closes a descriptor of another, it is told to; the same between two LWPs of one thread
 * stands beside it.
 */
const ENTRIES = PAGE / KCOV_ENTRY_SIZE;
const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/atf-netbsd.js');

afterEach(cleanUp);

function mapPage(fd: number, pages = 1): Uint8Array {
  return mmap(pages * PAGE, RW, MAP_SHARED, fd, 0);
}
const wordsOf = (area: Uint8Array): BigUint64Array =>
  new BigUint64Array(area.buffer, area.byteOffset, ENTRIES);

/** The descriptor that comes after this one and is free. */
const unassigned = (fd: number): number => fd + 1;

function head({ dup = false } = {}) {
  let fd = kcov();
  if (dup) {
    const other = dup2(fd, unassigned(fd));
    close(fd);
    fd = other;
  }
  ioctl(fd, KCOV_IOC_SETBUFSIZE, ENTRIES);
  const area = mapPage(fd);
  return { fd, area, buf: wordsOf(area) };
}
function tail({ fd, area }: ReturnType<typeof head>): void {
  munmap(area);
  close(fd);
}

test('kcov_dup2', () => {
  const fd1 = open('/dev/kcov');
  const fd2 = unassigned(fd1);
  expect(dup2(fd1, fd2)).toBe(fd2);
  close(fd1);
  close(fd2);
  expectErrno('EBADF', () => close(fd2), 'close');
});

test('kcov_multiopen', () => {
  const fd1 = open('/dev/kcov');
  const fd2 = open('/dev/kcov');
  expect(fd2).not.toBe(fd1);
  close(fd1);
  close(fd2);
});

test('kcov_open_close_open', () => {
  const fd = open('/dev/kcov');
  close(fd);
  expect(open('/dev/kcov')).toBe(fd);
  close(fd);
});

test('kcov_bufsize', () => {
  const fd = kcov();
  expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 0));
  expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 2)).toBeUndefined();
});

test('kcov_mmap', () => {
  const fd = kcov();
  expectErrno('ENOMEM', () => mapPage(fd), 'mmap');
  ioctl(fd, KCOV_IOC_SETBUFSIZE, 2 * ENTRIES);
  const data = mapPage(fd, 2);
  expect(data).toHaveLength(2 * PAGE);
  munmap(data);
});

test('kcov_mmap_no_munmap: this should not panic', () => {
  const fd = kcov(ENTRIES);
  const data = mapPage(fd);
  close(fd);
  data[0] = 1;
  expect(data[0]).toBe(1);
});

test('kcov_mmap_no_munmap_no_close', async () => {
  // The end of the process is that of a thread here, which leaves its map and descriptor behind.
  const thread = new Thread();
  const buf = new BigUint64Array(await thread.call('open', ENTRIES));
  await thread.join();
  buf[0] = 1n;
  expect(buf[0]).toBe(1n);
  expect(mapPage(kcov(ENTRIES))).toHaveLength(PAGE);
});

describe('kcov_mmap_enable_thread_close', () => {
  test('in a thread, which goes on being traced until it ends', async () => {
    const thread = new Thread();
    const buf = new BigUint64Array(await thread.call('open', ENTRIES));
    await thread.call('enable', KCOV_MODE_NONE);
    await thread.call('close');
    await expect(thread.call('disable')).rejects.toThrow('EBADF');
    await thread.join();
    expect(buf[0]).toBe(0n);
  });
  test('the same in PC mode: close does not end the trace', async () => {
    await withThread(async (thread) => {
      const buf = new BigUint64Array(await thread.call('open', ENTRIES));
      await thread.call('enable', KCOV_MODE_TRACE_PC);
      await thread.call('syscall', 7);
      const before = buf[0]!;
      await thread.call('close');
      await thread.call('syscall', 7);
      expect(before).toBeGreaterThan(0n);
      expect(buf[0]).toBe(2n * before);
    });
  });
  test('one LWP closes what another has enabled', () => {
    const process = new Process();
    const [main, thread] = [process.lwp(), process.lwp()];
    const file = process.as(thread, () => {
      const opened = process.open(ENTRIES);
      ioctlOf(opened, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
      return opened;
    });
    const kd = kdOf(thread);
    process.as(main, () => file.close());
    expect(isFreed(kd)).toBe(false);
    process.as(thread, () => {
      syscall(7);
      thread.exit();
    });
    expect(isFreed(kd)).toBe(true);
  });
});

test('kcov_enable', () => {
  const fd = kcov();
  expectErrno('ENOBUFS', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE));
  ioctl(fd, KCOV_IOC_SETBUFSIZE, ENTRIES);

  expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));

  ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
  expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE));

  ioctl(fd, KCOV_IOC_DISABLE);
  expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));

  for (const mode of [KCOV_MODE_NONE, KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP]) {
    expect(ioctl(fd, KCOV_IOC_ENABLE, mode)).toBeUndefined();
    expect(ioctl(fd, KCOV_IOC_DISABLE)).toBeUndefined();
  }
});

test('kcov_enable_no_disable', () => {
  const fd = kcov(ENTRIES);
  ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
  close(fd);
  // The process lives on here; its LWP is busy until it ends.
  expectErrno('EBUSY', () => ioctl(kcov(ENTRIES), KCOV_IOC_ENABLE, KCOV_MODE_NONE));
  boot().cpu.curlwp.exit();
  expect(ioctl(kcov(ENTRIES), KCOV_IOC_ENABLE, KCOV_MODE_NONE)).toBeUndefined();
});

describe('kcov_enable_no_disable_no_close', () => {
  test('a thread ends with everything open', async () => {
    const thread = new Thread();
    const buf = new BigUint64Array(await thread.call('open', ENTRIES));
    await thread.call('enable', KCOV_MODE_NONE);
    await thread.join();
    expect(buf[0]).toBe(0n);
  });
  test('an LWP ends: the file answers, and can be enabled again', () => {
    const process = new Process();
    const [first, second, file] = [process.lwp(), process.lwp(), process.open(ENTRIES)];
    process.as(first, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
      first.exit();
    });
    process.as(second, () => expect(ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)).toBeUndefined());
  });
});

/** NetBSD skips both cases of CMP, for want of a compiler. */
test.each([
  ['kcov_basic_pc', false, KCOV_MODE_TRACE_PC],
  ['kcov_basic_cmp', false, KCOV_MODE_TRACE_CMP],
  ['kcov_basic_dup2_pc', true, KCOV_MODE_TRACE_PC],
  ['kcov_basic_dup2_cmp', true, KCOV_MODE_TRACE_CMP],
])('%s: what runs leaves records', (_name, dup, mode) => {
  const opened = head({ dup });
  const { fd, buf } = opened;
  ioctl(fd, KCOV_IOC_ENABLE, mode);
  buf[0] = 0n;
  syscall(41);
  expect(buf[0]).not.toBe(0n);
  ioctl(fd, KCOV_IOC_DISABLE);
  tail(opened);
});

test('kcov_multienable_on_the_same_thread', () => {
  const [one, two] = [head(), head()];
  ioctl(one.fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE);
  expectErrno('EBUSY', () => ioctl(two.fd, KCOV_IOC_ENABLE, KCOV_MODE_NONE));
  ioctl(one.fd, KCOV_IOC_DISABLE);
  tail(one);
  tail(two);
});

test('kcov_buffer_access_from_custom_thread', async () => {
  const opened = head();
  ioctl(opened.fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
  syscall(41);
  const traced = opened.buf[0]!;
  expect(traced).toBeGreaterThan(0n);
  await withThread(async (thread) => {
    expect(await thread.call('touch', opened.area.buffer as SharedArrayBuffer)).toBe(traced);
  });
  // The kernel goes on from what the thread wrote.
  syscall(41);
  expect(opened.buf[0]).toBe(2n * traced);
  ioctl(opened.fd, KCOV_IOC_DISABLE);
  tail(opened);
});

test('kcov_thread: what another thread runs is not in the trace of this one', async () => {
  const opened = head();
  ioctl(opened.fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
  await withThread(async (thread) => {
    opened.buf[0] = 0n;
    // It runs the same instrumented code, and is traced itself: both kernels work at the same time.
    await thread.call('open', ENTRIES);
    await thread.call('enable', KCOV_MODE_TRACE_PC);
    const running = thread.call('syscall', 41, 1000);
    expect(opened.buf[0]).toBe(0n);
    await running;
    expect(await thread.call('count')).toBe(BigInt(ENTRIES - 1));
  });
  expect(opened.buf[0]).toBe(0n);
  ioctl(opened.fd, KCOV_IOC_DISABLE);
  tail(opened);
});

test.each([
  2, 4, 8, 16, 32,
])('kcov_multiple_threads%i: each traces for itself, all at the same time', async (n) => {
  const threads = Array.from({ length: n }, () => new Thread());
  try {
    const counts = await Promise.all(
      threads.map(async (thread, i) => {
        const buf = new BigUint64Array(await thread.call('open', ENTRIES));
        await thread.call('enable', KCOV_MODE_TRACE_PC);
        await thread.call('reset');
        await thread.call('syscall', 41, i + 1);
        await thread.call('disable');
        await thread.call('syscall', 41);
        await thread.call('close');
        return Number(buf[0]);
      }),
    );
    // Each ran it once more often than the one before.
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts).toEqual(threads.map((_, i) => Math.min((i + 1) * counts[0]!, ENTRIES - 1)));
  } finally {
    await Promise.all(threads.map((thread) => thread.kill()));
  }
});
