import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  dup,
  dup2,
  ioctl,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_MODE_TRACE_PC,
  MAP_SHARED,
  mmap,
  open,
  read,
} from '../../harness/index.ts';
import { cleanUp, expectErrno, hit, kcov, map, RW, traced } from './helpers.ts';

/** Beyond what other tests of this file hold. */
const FREE = 200;
const LIMIT = 1024;

afterEach(() => {
  for (const fd of [FREE, FREE + 1, LIMIT - 1]) {
    try {
      close(fd);
    } catch {
      // Was not open.
    }
  }
  cleanUp();
});

describe('dup, dup2', () => {
  test('dup gives the lowest descriptor that is free', () => {
    const [a, b, c] = [kcov(), kcov(), kcov()];
    close(b);
    expect(dup(c)).toBe(b);
    close(b);
    expect(a).toBe(b - 1);
  });
  test('dup2 gives the descriptor that was asked for, up to the last', () => {
    const fd = kcov();
    expect(dup2(fd, FREE)).toBe(FREE);
    expect(dup2(fd, LIMIT - 1)).toBe(LIMIT - 1);
  });
  test('descriptors between are free as before', () => {
    const fd = kcov();
    dup2(fd, FREE);
    expect(kcov()).toBe(fd + 1);
  });
  test('both name one open file: what one sets, the other has', () => {
    const fd = kcov(8);
    dup2(fd, FREE);
    const words = map(FREE, 8);
    ioctl(FREE, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    hit();
    ioctl(fd, KCOV_IOC_DISABLE);
    expect([...map(fd, 2)]).toEqual([...words.subarray(0, 2)]);
    expect(words[0]).toBe(1n);
  });
  test('the file is closed with its last descriptor, whichever that is', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
      const both = [fd, dup2(fd, FREE)];
      const [first, last] = [both[order[0]!]!, both[order[1]!]!];
      close(first);
      expectErrno('EBADF', () => ioctl(first, KCOV_IOC_DISABLE));
      hit();
      // Still open: the KD answers, and a size of its own stays.
      expectErrno('EBUSY', () => ioctl(last, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
      ioctl(last, KCOV_IOC_DISABLE);
      close(last);
      expectErrno('EBADF', () => close(last), 'close');
      expect(words[0]).toBe(1n);
    }
  });
  test('a device that opens once is busy until the last descriptor is closed', () => {
    const fd = open('/dev/ksyms');
    const other = dup(fd);
    close(fd);
    expectErrno('EBUSY', () => open('/dev/ksyms'), 'open');
    close(other);
    close(open('/dev/ksyms'));
  });
  test('dup2 closes what the descriptor named before', () => {
    const ksyms = open('/dev/ksyms');
    expect(dup2(kcov(8), ksyms)).toBe(ksyms);
    const again = open('/dev/ksyms'); // EBUSY, were it open still.
    close(again);
    expect(mmap(8, RW, MAP_SHARED, ksyms, 0)).toHaveLength(8);
    close(ksyms);
  });
  test('dup2 onto another descriptor of the same file leaves it open', () => {
    const fd = kcov(8);
    dup2(fd, FREE);
    expect(dup2(fd, FREE)).toBe(FREE);
    close(fd);
    expect(map(FREE, 8)).toHaveLength(8);
    close(FREE);
    expectErrno('EBADF', () => dup(FREE), 'dup');
  });
  test('dup2 onto itself does nothing', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    expect(dup2(fd, fd)).toBe(fd);
    hit();
    ioctl(fd, KCOV_IOC_DISABLE);
    close(fd);
    expectErrno('EBADF', () => close(fd), 'close');
    expect(words[0]).toBe(1n);
  });
  test('a position is shared, as it is the open file that has it', () => {
    const fd = open('/dev/ksyms');
    const other = dup(fd);
    const [first, second] = [new Uint8Array(4), new Uint8Array(4)];
    read(fd, first);
    close(fd);
    read(other, second);
    const whole = new Uint8Array(8);
    read(other, whole, 0);
    close(other);
    expect([...first, ...second]).toEqual([...whole]);
    expect([...first]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
});

describe('errors of dup(2)', () => {
  test('what is not open: EBADF, also onto itself', () => {
    expectErrno('EBADF', () => dup(FREE), 'dup');
    expectErrno('EBADF', () => dup2(FREE, FREE + 1), 'dup2');
    expectErrno('EBADF', () => dup2(FREE, FREE), 'dup2');
  });
  test.each([-1, 0, 2, LIMIT, 2 ** 31, 5.5, NaN])('a new descriptor out of range, %s: EBADF', (newd) => {
    const fd = kcov(8);
    expectErrno('EBADF', () => dup2(fd, newd), 'dup2');
    close(fd);
    expectErrno('EBADF', () => close(fd), 'close');
  });
  test('no descriptor free: EMFILE, by open (subr_kcov.c:454) and dup; dup2 onto one that is open goes on', () => {
    const opened: number[] = [];
    try {
      for (let i = 3; i < LIMIT; i++) opened.push(open('/dev/kcov'));
      expect(opened.at(-1)).toBe(LIMIT - 1);
      expectErrno('EMFILE', () => open('/dev/kcov'), 'open');
      expectErrno('EMFILE', () => dup(opened[0]!), 'dup');
      expectErrno('EBADF', () => dup(LIMIT), 'dup');
      expect(dup2(opened[0]!, opened[1]!)).toBe(opened[1]);
      close(opened.pop()!);
      expect(opened.push(dup(opened[0]!))).toBe(LIMIT - 3);
    } finally {
      for (const fd of opened) close(fd);
    }
  });
});
