import { afterEach, describe, expect, test } from 'vitest';
import {
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_REMOTE_DETACH,
  MAP_SHARED,
  mmap,
  munmap,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../harness/index.ts';
import { assertion, attached, cleanUp, expectErrno, expectPanic, kcov, map, PAGE, RW } from './helpers.ts';
import { Process } from './lwps.ts';

afterEach(cleanUp);

const MAX = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
const mapped = (fd: number, length: number, offset = 0, prot = RW): Uint8Array =>
  mmap(length, prot, MAP_SHARED, fd, offset);
const expectRefused = (code: string, ...args: Parameters<typeof mapped>): void =>
  expectErrno(code, () => mapped(...args), 'mmap');

describe('mmap refuses (subr_kcov.c:520)', () => {
  test('no bytes: a panic, before anything else (subr_kcov.c:527)', () => {
    for (const length of [0, -1, NaN])
      expectPanic(assertion('size > 0'), () => mapped(kcov(8), length, -1, PROT_EXEC));
  });
  test.each([
    PROT_EXEC,
    RW | PROT_EXEC,
    PROT_READ | PROT_EXEC,
  ])('to execute, %i: EACCES (subr_kcov.c:529)', (prot) => expectRefused('EACCES', kcov(8), 8, 0, prot));
  test('a negative offset: EINVAL (subr_kcov.c:531)', () => {
    for (const offset of [-1, -8, -PAGE]) expectRefused('EINVAL', kcov(8), 8, offset);
  });
  test('more than the largest buffer: EINVAL (subr_kcov.c:533)', () => {
    expectRefused('EINVAL', kcov(8), MAX + 1);
    expectRefused('EINVAL', kcov(KCOV_BUF_MAX_ENTRIES), MAX + PAGE);
  });
  test('from beyond the largest buffer: EINVAL; from its very end: ENOMEM (subr_kcov.c:535, :548)', () => {
    for (const fd of [kcov(8), kcov(KCOV_BUF_MAX_ENTRIES)]) {
      expectRefused('EINVAL', fd, 8, MAX + 1);
      expectRefused('EINVAL', fd, 8, MAX + PAGE);
      expectRefused('ENOMEM', fd, 8, MAX);
    }
  });
  test('a file that was closed: ENXIO (subr_kcov.c:539)', () => {
    const file = new Process().open(8);
    file.close();
    expectErrno('ENXIO', () => file.mmap(8, RW, MAP_SHARED, 0), 'mmap');
  });
  test('before the size is set: ENOMEM (subr_kcov.c:548)', () => {
    expectRefused('ENOMEM', kcov(), 1);
    expectRefused('ENOMEM', kcov(), 8);
    expectRefused('ENOMEM', kcov(), MAX);
  });
  test('beyond this buffer, by length, by offset, by both: ENOMEM (subr_kcov.c:548)', () => {
    expectRefused('ENOMEM', kcov(8), PAGE + 1);
    expectRefused('ENOMEM', kcov(8), 8, PAGE);
    expectRefused('ENOMEM', kcov(8), PAGE, 8);
    expectRefused('ENOMEM', kcov(8), 1, PAGE);
    expectRefused('ENOMEM', kcov(KCOV_BUF_MAX_ENTRIES), MAX, PAGE);
  });
  test('MAP_FAILED maps nothing: what was refused cannot be unmapped', () => {
    expectRefused('ENOMEM', kcov(8), 2 * PAGE);
    expectErrno('EINVAL', () => munmap(new Uint8Array(8)), 'munmap');
  });
});

describe('the order of refusals: EACCES, EINVAL, ENXIO, ENOMEM (subr_kcov.c:529-548)', () => {
  const closed = () => {
    const file = new Process().open();
    file.close();
    return file;
  };
  test('EACCES before EINVAL (subr_kcov.c:529, :531)', () => {
    expectRefused('EACCES', kcov(), 8, -8, PROT_EXEC);
    expectRefused('EACCES', kcov(), MAX + 1, 0, PROT_EXEC);
  });
  test('EACCES before ENXIO and ENOMEM (subr_kcov.c:529, :539, :548)', () => {
    expectErrno('EACCES', () => closed().mmap(8, PROT_EXEC, MAP_SHARED, 0), 'mmap');
    expectRefused('EACCES', kcov(), 8, 0, PROT_EXEC);
  });
  test('EINVAL before ENXIO (subr_kcov.c:531-535, :539)', () => {
    for (const [length, offset] of [
      [8, -8],
      [MAX + 1, 0],
      [8, MAX + 1],
    ] as const)
      expectErrno('EINVAL', () => closed().mmap(length, RW, MAP_SHARED, offset), 'mmap');
  });
  test('EINVAL before ENOMEM (subr_kcov.c:531-535, :548)', () => {
    for (const [length, offset] of [
      [8, -8],
      [MAX + 1, 0],
      [8, MAX + 1],
    ] as const)
      expectRefused('EINVAL', kcov(), length, offset);
  });
  test('ENXIO before ENOMEM (subr_kcov.c:539, :548)', () =>
    expectErrno('ENXIO', () => closed().mmap(8, RW, MAP_SHARED, 0), 'mmap'));
});

describe('what is mapped (subr_kcov.c:553)', () => {
  test('whole pages of the smallest buffer (subr_kcov.c:195)', () =>
    expect(mapped(kcov(2), PAGE)).toHaveLength(PAGE));
  test('a part: less than the buffer has', () => expect(mapped(kcov(1024), PAGE)).toHaveLength(PAGE));
  test('the whole of the largest buffer, to its last byte', () => {
    const fd = kcov(KCOV_BUF_MAX_ENTRIES);
    expect(mapped(fd, MAX)).toHaveLength(MAX);
    const last = mapped(fd, 1, MAX - 1);
    last[0] = 7;
    expect(mapped(fd, MAX)[MAX - 1]).toBe(7);
  });
  test('from an offset, of whole pages or none (the original maps the page and gives an address in it)', () => {
    const fd = kcov(1024);
    const whole = mapped(fd, 2 * PAGE);
    whole.set([1, 2, 3], PAGE);
    whole.set([4, 5, 6], 13);
    expect([...mapped(fd, 3, PAGE)]).toEqual([1, 2, 3]);
    expect([...mapped(fd, 3, 13)]).toEqual([4, 5, 6]);
    expect([...mapped(fd, 1, 2 * PAGE - 1)]).toEqual([0]);
    expectRefused('ENOMEM', fd, 2, 2 * PAGE - 1);
  });
  test('two maps are one memory (subr_kcov.c:553)', () => {
    const fd = kcov(8);
    const [a, b] = [map(fd, 8), map(fd, 8)];
    a[3] = 5n;
    expect(b[3]).toBe(5n);
  });
  test('memory that another thread can have: a SharedArrayBuffer', () =>
    expect(mapped(kcov(8), 8).buffer).toBeInstanceOf(SharedArrayBuffer));
  test.each([PROT_READ, PROT_WRITE, 0])('protection %i is taken (subr_kcov.c:556)', (prot) =>
    expect(mapped(kcov(8), 8, 0, prot)).toHaveLength(8));
  test('with a remote attached, the section; after detaching, what the descriptor has (subr_kcov.c:543)', () => {
    const { fd } = attached();
    expect(mapped(fd, MAX)).toHaveLength(MAX);
    ioctl(fd, KCOV_IOC_REMOTE_DETACH);
    expectRefused('ENOMEM', fd, 8);
  });
  test('the limits hold for a section as well (subr_kcov.c:529-548)', () => {
    const { fd } = attached();
    expectRefused('EACCES', fd, 8, 0, PROT_EXEC);
    expectRefused('EINVAL', fd, 8, -8);
    expectRefused('EINVAL', fd, MAX + 1);
    expectRefused('ENOMEM', fd, 1, MAX);
  });
});

describe('munmap', () => {
  test('of what is not mapped, and twice: EINVAL', () => {
    const area = mapped(kcov(8), 8);
    munmap(area);
    expectErrno('EINVAL', () => munmap(area), 'munmap');
  });
  test('of one map leaves another of the same memory', () => {
    const fd = kcov(8);
    const [area, words] = [mapped(fd, 8), map(fd, 8)];
    munmap(area);
    words[1] = 5n;
    expect(map(fd, 8)[1]).toBe(5n);
  });
});
