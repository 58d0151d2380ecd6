import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  MAP_SHARED,
  mmap,
  open,
  PROT_EXEC,
  read,
} from '../../harness/index.ts';
import { boot } from '../../src/boot.ts';
import {
  attached,
  cleanUp,
  errorOf,
  expectErrno,
  hit,
  kcov,
  map,
  PAGE,
  PC_WORD,
  RW,
  registered,
  traced,
} from './helpers.ts';
import { ioctlOf, isFreed, kdOf, mapOf, Process } from './lwps.ts';

afterEach(cleanUp);

describe('request numbers are those of the header', () => {
  test.each([
    [KCOV_IOC_SETBUFSIZE, 0x80084b01],
    [KCOV_IOC_ENABLE, 0x80044b02],
    [KCOV_IOC_DISABLE, 0x20004b03],
    [KCOV_IOC_REMOTE_ATTACH, 0x80104b0a],
    [KCOV_IOC_REMOTE_DETACH, 0x20004b0b],
  ])('%#', (ours, theirs) => expect(ours).toBe(theirs));
});

describe('open (subr_kcov.c:448)', () => {
  test('descriptors are the lowest that are free (subr_kcov.c:454)', () => {
    const [a, b] = [kcov(), kcov()];
    close(a);
    expect(kcov()).toBe(a);
    expect(b).toBe(a + 1);
  });
  test('no such device: ENOENT', () => expectErrno('ENOENT', () => open('/dev/null' as '/dev/kcov'), 'open'));
  test('every open has a KD of its own (subr_kcov.c:458)', () => {
    const [a, b] = [kcov(8), kcov()];
    const words = map(a, 8);
    expect(ioctl(b, KCOV_IOC_SETBUFSIZE, 16)).toBeUndefined();
    map(b, 16).fill(1n);
    expect(words[0]).toBe(0n);
  });
  test('read is refused: EOPNOTSUPP (subr_kcov.c:79)', () =>
    expectErrno('EOPNOTSUPP', () => read(kcov(), new Uint8Array(8)), 'read'));
});

describe('the size of the buffer (subr_kcov.c:185 kcov_allocbuf)', () => {
  test.each([
    0,
    1,
    KCOV_BUF_MAX_ENTRIES + 1,
    -1,
    2n ** 64n - 1n,
  ])('%s entries: EINVAL (subr_kcov.c:190)', (n) =>
    expectErrno('EINVAL', () => ioctl(kcov(), KCOV_IOC_SETBUFSIZE, n)));
  test.each([2, 3, 512n, KCOV_BUF_MAX_ENTRIES])('%s entries are taken (subr_kcov.c:190)', (n) =>
    expect(ioctl(kcov(), KCOV_IOC_SETBUFSIZE, n)).toBeUndefined());
  test('a refused size leaves the KD as it was: another can be set (subr_kcov.c:191)', () => {
    const fd = kcov();
    expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 1));
    expectErrno('ENOMEM', () => map(fd, 1), 'mmap');
    expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 8)).toBeUndefined();
  });
  test('a second time: EEXIST, and the first buffer stays (subr_kcov.c:192)', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    words[5] = 9n;
    expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 8));
    expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 1024));
    expect(map(fd, 8)[5]).toBe(9n);
    expectErrno('ENOMEM', () => map(fd, 1024), 'mmap');
  });
  test('a second time and a bad size: EINVAL comes before EEXIST (subr_kcov.c:190, :192)', () =>
    expectErrno('EINVAL', () => ioctl(kcov(8), KCOV_IOC_SETBUFSIZE, 1)));
  test.each([
    [2, 1],
    [512, 1],
    [513, 2],
    [1024, 2],
    [KCOV_BUF_MAX_ENTRIES, 512],
  ])('%i entries take %i pages, rounded up (subr_kcov.c:195)', (entries, pages) => {
    const fd = kcov(entries);
    expect(mmap(pages * PAGE, RW, MAP_SHARED, fd, 0)).toHaveLength(pages * PAGE);
    expectErrno(
      entries === KCOV_BUF_MAX_ENTRIES ? 'EINVAL' : 'ENOMEM',
      () => mmap(pages * PAGE + 1, RW, MAP_SHARED, fd, 0),
      'mmap',
    );
  });
  test('it begins as zeros (subr_kcov.c:198)', () =>
    expect(map(kcov(512), 512).every((word) => word === 0n)).toBe(true));
});

describe('close (subr_kcov.c:465)', () => {
  test('a closed descriptor: EBADF for every call', () => {
    const fd = kcov();
    close(fd);
    expectErrno('EBADF', () => ioctl(fd, KCOV_IOC_DISABLE));
    expectErrno('EBADF', () => close(fd), 'close');
    expectErrno('EBADF', () => mmap(8, RW, MAP_SHARED, fd, 0), 'mmap');
    expectErrno('EBADF', () => read(fd, new Uint8Array(8)), 'read');
  });
  test('EBADF comes before a bad argument and before EACCES', () => {
    expectErrno('EBADF', () => ioctl(999, KCOV_IOC_ENABLE));
    expectErrno('EBADF', () => mmap(8, PROT_EXEC, MAP_SHARED, 999, 0), 'mmap');
  });
  test('errors are shaped as those of Node: a negative errno', () =>
    expect(errorOf(() => ioctl(kcov(), KCOV_IOC_DISABLE))).toMatchObject({ errno: -2, code: 'ENOENT' }));
  test('a file that is used on after its close: ENXIO (subr_kcov.c:479, :491)', () => {
    const file = new Process().open(8);
    file.close();
    for (const request of [KCOV_IOC_DISABLE, KCOV_IOC_REMOTE_DETACH, 0x1234])
      expectErrno('ENXIO', () => ioctlOf(file, request));
  });
});

describe('who frees a KD (subr_kcov.c:98-99)', () => {
  test('one that is not enabled goes with its file (subr_kcov.c:475)', () => {
    const process = new Process();
    const [l, file] = [process.lwp(), process.open(8)];
    const kd = process.as(l, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      return kdOf(l);
    });
    process.as(l, () => ioctlOf(file, KCOV_IOC_DISABLE));
    expect(isFreed(kd)).toBe(false);
    file.close();
    expect(isFreed(kd)).toBe(true);
    expect(kd.lwpfree).toBe(false);
  });
  test('one that is enabled goes with its LWP, and traces until then (subr_kcov.c:473, :179)', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    const kd = kdOf(boot().cpu.curlwp);
    close(fd);
    expect([kd.lwpfree, kd.enabled, isFreed(kd)]).toEqual([true, true, false]);
    hit();
    expect(words[0]).toBe(1n);
    boot().cpu.curlwp.exit();
    expect([kd.enabled, isFreed(kd)]).toEqual([false, true]);
    hit();
    expect(words[0]).toBe(1n);
  });
  test('after close no descriptor leads to it: the LWP stays busy until it exits (subr_kcov.c:396)', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    close(fd);
    const other = kcov(8);
    expectErrno('EBUSY', () => ioctl(other, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    expectErrno('ENOENT', () => ioctl(other, KCOV_IOC_DISABLE));
    boot().cpu.curlwp.exit();
    expect(ioctl(other, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)).toBeUndefined();
  });
  test('a file that another LWP closes stays with the LWP that traces (subr_kcov.c:472)', () => {
    const process = new Process();
    const [owner, closer, file] = [process.lwp(), process.lwp(), process.open(8)];
    const words = mapOf(file, 8);
    process.as(owner, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    const kd = kdOf(owner);
    process.as(closer, () => {
      file.close();
      hit();
    });
    expect(words[0]).toBe(0n);
    process.as(closer, () => closer.exit());
    expect(isFreed(kd)).toBe(false);
    process.as(owner, () => hit());
    expect(words[0]).toBe(1n);
    process.as(owner, () => owner.exit());
    expect(isFreed(kd)).toBe(true);
    expect([...words.subarray(0, 2)]).toEqual([1n, PC_WORD]);
  });
  test('an LWP that exits first disables the KD and leaves it to its file (subr_kcov.c:177, :475)', () => {
    const process = new Process();
    const [first, second, file] = [process.lwp(), process.lwp(), process.open(8)];
    const words = mapOf(file, 8);
    const kd = process.as(first, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      hit();
      const enabled = kdOf(first);
      first.exit();
      return enabled;
    });
    expect([kd.enabled, isFreed(kd)]).toEqual([false, false]);
    expectErrno('ENOENT', () => ioctlOf(file, KCOV_IOC_DISABLE));
    // It can be enabled again, by another LWP in another mode; the buffer is the same.
    process.as(second, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP));
    expect(words[0]).toBe(1n);
    process.as(second, () => ioctlOf(file, KCOV_IOC_DISABLE));
    file.close();
    expect(isFreed(kd)).toBe(true);
  });
  test('an LWP that was never traced, and one that disabled, free nothing (subr_kcov.c:173)', () => {
    const process = new Process();
    const [never, owner, file] = [process.lwp(), process.lwp(), process.open(8)];
    process.as(never, () => never.exit());
    const kd = process.as(owner, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      const enabled = kdOf(owner);
      ioctlOf(file, KCOV_IOC_DISABLE);
      owner.exit();
      return enabled;
    });
    expect(isFreed(kd)).toBe(false);
    expect(mapOf(file, 8)).toHaveLength(8);
  });
  test('an LWP that exits in a section disables it, frees nothing, and stays counted (subr_kcov.c:177)', () => {
    const { fd, section, enter, leave } = attached();
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    enter();
    hit();
    const kd = kdOf(boot().cpu.curlwp);
    boot().cpu.curlwp.exit();
    expect([kd.enabled, isFreed(kd)]).toEqual([false, false]);
    expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));
    expect(words[0]).toBe(1n);
    // Nobody left: the section's count is still one.
    leave();
    const other = kcov();
    ioctl(other, KCOV_IOC_REMOTE_ATTACH, section);
    expect(map(other, 1)[0]).toBe(1n);
  });
  test('a section that is attached stays when its descriptor closes (subr_kcov.c:477)', () => {
    const { fd, section } = attached();
    map(fd, 2)[1] = 5n;
    close(fd);
    const other = kcov();
    ioctl(other, KCOV_IOC_REMOTE_ATTACH, section);
    expect(map(other, 2)[1]).toBe(5n);
  });
});

describe('buffers outlive their descriptor (subr_kcov.c:101-104)', () => {
  test('a map stays readable after close, however the KD was freed', () => {
    for (const end of [
      (fd: number) => {
        ioctl(fd, KCOV_IOC_DISABLE);
        close(fd);
      },
      (fd: number) => {
        close(fd);
        boot().cpu.curlwp.exit();
      },
      (fd: number) => {
        boot().cpu.curlwp.exit();
        close(fd);
      },
    ]) {
      const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
      hit();
      end(fd);
      expect([...words.subarray(0, 2)]).toEqual([1n, PC_WORD]);
    }
  });
  test('the next descriptor has memory of its own', () => {
    const fd = kcov(8);
    const words = map(fd, 8);
    words[1] = 5n;
    close(fd);
    const next = kcov(8);
    expect(next).toBe(fd);
    expect(map(next, 8)[1]).toBe(0n);
    map(next, 8)[2] = 6n;
    expect(words[2]).toBe(0n);
  });
  test('a section has the largest buffer from the start (subr_kcov.c:264)', () => {
    const { section } = registered();
    const fd = kcov();
    ioctl(fd, KCOV_IOC_REMOTE_ATTACH, section);
    const bytes = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
    expect(mmap(bytes, RW, MAP_SHARED, fd, 0)).toHaveLength(bytes);
  });
});
