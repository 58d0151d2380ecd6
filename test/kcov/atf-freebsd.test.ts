import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  MAP_SHARED,
  mmap,
  munmap,
} from '../../harness/index.ts';
import { boot } from '../../src/boot.ts';
import { cleanUp, expectErrno, instrumented, kcov, PAGE, RW, SYSCALL } from './helpers.ts';
import { ioctlOf, isFreed, kdOf, mapOf, Process } from './lwps.ts';
import { Thread, withThread } from './thread.ts';

/**
 * The cases of FreeBSD's own suite, tests/sys/kern/kcov.c, by their names. The device follows NetBSD; where FreeBSD's
 * answers otherwise, the case says so and holds NetBSD's answer. FreeBSD hands sizes and modes over by value, and its
 * modes begin with 0 for PC, where NetBSD has NONE.
 */
const ENTRIES = PAGE / KCOV_ENTRY_SIZE;
const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/atf-freebsd.js');

afterEach(cleanUp);

const mapPages = (fd: number, pages = 1): Uint8Array => mmap(pages * PAGE, RW, MAP_SHARED, fd, 0);
const wordsOf = (area: Uint8Array): BigUint64Array =>
  new BigUint64Array(area.buffer, area.byteOffset, ENTRIES);

function head() {
  const fd = kcov(ENTRIES);
  const area = mapPages(fd);
  return { fd, area, buf: wordsOf(area) };
}
function tail({ fd, area }: ReturnType<typeof head>): void {
  munmap(area);
  close(fd);
}

// FreeBSD: EBUSY the second time.
test('kcov_bufsize: a second time it is EEXIST, as on NetBSD', () => {
  const fd = kcov();
  expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 0));
  expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 1));
  expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 2)).toBeUndefined();
  expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 2));
});

// FreeBSD: EINVAL for anything but the whole buffer, and where there is none.
test('kcov_mmap: less than the buffer can be mapped, as on NetBSD; more cannot', () => {
  const fd = kcov();
  expectErrno('ENOMEM', () => mapPages(fd), 'mmap');
  ioctl(fd, KCOV_IOC_SETBUFSIZE, 2 * ENTRIES);

  expect(mapPages(fd, 1)).toHaveLength(PAGE);
  expectErrno('ENOMEM', () => mapPages(fd, 3), 'mmap');
  const [data1, data2] = [mapPages(fd, 2), mapPages(fd, 2)];
  const [words1, words2] = [wordsOf(data1), wordsOf(data2)];

  words1[0] = 0x123456789abcdefn;
  expect(words2[0]).toBe(0x123456789abcdefn);
  words2[0] = 0xfedcba9876543210n;
  expect(words1[0]).toBe(0xfedcba9876543210n);

  munmap(data1);
  munmap(data2);
});

test('kcov_mmap_no_munmap: this should not panic', () => {
  const fd = kcov(ENTRIES);
  const words = wordsOf(mapPages(fd));
  close(fd);
  words[0] = 1n;
  expect(words[0]).toBe(1n);
});

test('kcov_mmap_no_munmap_no_close', async () => {
  const thread = new Thread();
  const buf = new BigUint64Array(await thread.call('open', ENTRIES));
  await thread.kill();
  buf[0] = 1n;
  expect(buf[0]).toBe(1n);
});

// FreeBSD: EBUSY without a buffer, EINVAL for disable without enable.
test('kcov_enable: without a buffer ENOBUFS, without enable ENOENT, as on NetBSD', () => {
  const fd = kcov();
  expectErrno('ENOBUFS', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
  ioctl(fd, KCOV_IOC_SETBUFSIZE, ENTRIES);

  expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));

  expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_ENABLE, -1));
  ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
  expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
  expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP));

  ioctl(fd, KCOV_IOC_DISABLE);
  expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));

  expect(ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP)).toBeUndefined();
  expect(ioctl(fd, KCOV_IOC_DISABLE)).toBeUndefined();
});

// FreeBSD's trace ends with close; the memory is freed with the thread on both.
test('kcov_enable_no_disable: the trace goes on after close, as on NetBSD', () => {
  const { fd, buf } = head();
  ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
  close(fd);
  syscall(41);
  const traced = buf[0]!;
  expect(traced).toBeGreaterThan(0n);
  boot().cpu.curlwp.exit();
  syscall(41);
  expect(buf[0]).toBe(traced);
});

test('kcov_enable_no_disable_no_close', async () => {
  const thread = new Thread();
  const buf = new BigUint64Array(await thread.call('open', ENTRIES));
  await thread.call('enable', KCOV_MODE_TRACE_PC);
  await thread.call('syscall', 41);
  await thread.join();
  expect(buf[0]).toBeGreaterThan(0n);
});

// Here, too, FreeBSD's trace ends with close.
describe('kcov_mmap_enable_thread_close: the trace goes on after close, as on NetBSD', () => {
  test('in a thread that is ended from outside', async () => {
    const thread = new Thread();
    const buf = new BigUint64Array(await thread.call('open', ENTRIES));
    await thread.call('enable', KCOV_MODE_TRACE_PC);
    await thread.call('close');
    await thread.call('syscall', 41);
    await thread.kill();
    expect(buf[0]).toBeGreaterThan(0n);
  });
  test('one LWP closes what another has enabled, which traces on until it ends', () => {
    const process = new Process();
    const thread = process.lwp();
    const file = process.open(ENTRIES);
    const buf = mapOf(file, ENTRIES);
    process.as(thread, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    const kd = kdOf(thread);
    file.close();
    syscall(41);
    expect(buf[0]).toBe(0n);
    process.as(thread, () => syscall(41));
    expect(buf[0]).toBeGreaterThan(0n);
    process.as(thread, () => thread.exit());
    expect(isFreed(kd)).toBe(true);
  });
});

test.each([
  ['kcov_basic_pc', KCOV_MODE_TRACE_PC],
  ['kcov_basic_cmp', KCOV_MODE_TRACE_CMP],
])('%s: what runs leaves records', (_name, mode) => {
  const opened = head();
  ioctl(opened.fd, KCOV_IOC_ENABLE, mode);
  opened.buf[0] = 0n;
  syscall(41);
  expect(opened.buf[0]).not.toBe(0n);
  ioctl(opened.fd, KCOV_IOC_DISABLE);
  tail(opened);
});

test.each([
  ['kcov_thread_pc', KCOV_MODE_TRACE_PC],
  ['kcov_thread_cmp', KCOV_MODE_TRACE_CMP],
])('%s: what another thread runs is not in the trace of this one', async (_name, mode) => {
  const opened = head();
  ioctl(opened.fd, KCOV_IOC_ENABLE, mode);
  opened.buf[0] = 0n;
  await withThread(async (thread) => {
    await thread.call('open', ENTRIES);
    expect(await thread.call('syscall', 41)).toBe('odd');
    expect(opened.buf[0]).toBe(0n);
    // Nor is it once that thread is traced as well: its records are its own.
    await thread.call('enable', mode);
    await thread.call('syscall', 41);
    expect(await thread.call('count')).toBeGreaterThan(0n);
  });
  expect(opened.buf[0]).toBe(0n);
  ioctl(opened.fd, KCOV_IOC_DISABLE);
  tail(opened);
});

describe('kcov_enable_multi_thread', () => {
  test('one LWP after another enables one file, and ends without disabling it', () => {
    const process = new Process();
    const file = process.open(ENTRIES);
    const buf = mapOf(file, ENTRIES);
    for (const mode of [KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP]) {
      const thread = process.lwp();
      process.as(thread, () => {
        ioctlOf(file, KCOV_IOC_ENABLE, mode);
        buf[0] = 0n;
        syscall(41);
        expect(buf[0]).not.toBe(0n);
        thread.exit();
      });
    }
    expectErrno('ENOENT', () => ioctlOf(file, KCOV_IOC_DISABLE));
    file.close();
  });
  test('one thread after another, each with a file of its own', async () => {
    for (const mode of [KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP]) {
      const thread = new Thread();
      const buf = new BigUint64Array(await thread.call('open', ENTRIES));
      await thread.call('enable', mode);
      await thread.call('reset');
      await thread.call('syscall', 41);
      await thread.join();
      expect(buf[0]).not.toBe(0n);
    }
  });
});
