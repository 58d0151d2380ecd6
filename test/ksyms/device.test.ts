import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KIOCGADDR,
  KIOCGSIZE,
  kldfind,
  kldunload,
  MAP_SHARED,
  mmap,
  open,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  read,
  snapshot,
} from '../../harness/index.ts';
import { ERRNO } from '../../src/abi/errno.ts';
import { MOD_LOAD, MOD_SHUTDOWN, MOD_UNLOAD } from '../../src/abi/ksyms.ts';
import { PAGE_SIZE } from '../../src/abi/mman.ts';
import { ksymsModevent, ksymsOpen } from '../../src/ksyms/device.ts';
import { kldload, type LinkerFile, linker_file_foreach } from '../../src/ksyms/linker.ts';
import { type ForEachFile, ksymsSnapshot, sizeCalc, snapshotSize } from '../../src/ksyms/snapshot.ts';

/** Every outcome of ksyms.c, each with its line. What the bytes are is layout.test.ts's; races are churn.test.ts's. */

const fds: number[] = [];
const ksyms = (): number => {
  const fd = open('/dev/ksyms');
  fds.push(fd);
  return fd;
};
afterEach(() => {
  for (const fd of fds.splice(0)) close(fd);
  ksymsModevent(MOD_LOAD);
});

const sizeOf = (fd: number): number => Number(ioctl(fd, KIOCGSIZE));
const refused = (code: string, syscall: string) =>
  expect.objectContaining({ name: 'DeviceError', code, syscall });

function throwing(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

let places = 0;
/** Loads a module of one function, which the test unloads. */
function load(filename: string): void {
  const rest = JSON.stringify({ symbols: [{ name: 'f', offset: 0, size: 8 }], lines: '' });
  kldload(filename, 0x200000 + places++ * 0x1000, 8, rest);
}
const unload = (filename: string): void => kldunload(kldfind(filename));

describe('open (ksyms.c:425)', () => {
  test('a second one: EBUSY, and the first is as it was (ksyms.c:440)', () => {
    const fd = ksyms();
    const size = sizeOf(fd);
    expect(throwing(() => open('/dev/ksyms'))).toEqual(refused('EBUSY', 'open'));
    expect(sizeOf(fd)).toBe(size);
  });
  test('EBUSY also while the first is still taking its snapshot (ksyms.c:453)', () => {
    let inner: unknown;
    const file = ksymsOpen((fn) => {
      inner ??= throwing(() => open('/dev/ksyms'));
      return linker_file_foreach(fn);
    });
    expect(inner).toEqual(refused('EBUSY', 'open'));
    file.close();
  });
  test('EBUSY comes before a snapshot that would fail (ksyms.c:437, before ksyms.c:467)', () => {
    ksyms();
    let passes = 0;
    const counting: ForEachFile = () => passes++;
    expect(throwing(() => ksymsOpen(counting))).toEqual(refused('EBUSY', 'open'));
    expect(passes).toBe(0);
  });
  test('after close it opens again, on the lowest free descriptor (ksyms.c:629, ksyms.c:418)', () => {
    const fd = open('/dev/ksyms');
    close(fd);
    expect(ksyms()).toBe(fd);
  });
  test('each try counts and writes anew, and the first clean one is the last (ksyms.c:467, ksyms.c:487)', () => {
    for (const clean of [1, 2, 3]) {
      const { forEach, passes } = restless(clean - 1);
      ksymsOpen(forEach).close();
      expect(passes()).toBe(2 * clean);
    }
  });
  test('modules that come at each of three tries: ENXIO (ksyms.c:467, ksyms.c:496)', () => {
    const { forEach, passes } = restless(3);
    expect(throwing(() => ksymsOpen(forEach))).toEqual(refused('ENXIO', 'open'));
    expect(passes()).toBe(6);
  });
  test('a failed open, whatever the failure, leaves nothing open (ksyms.c:495)', () => {
    expect(throwing(() => ksymsOpen(restless(3).forEach))).toEqual(refused('ENXIO', 'open'));
    ksyms();
    close(fds.pop()!);
    const out = new RangeError('Array buffer allocation failed');
    expect(
      throwing(() =>
        ksymsOpen(() => {
          throw out;
        }),
      ),
    ).toBe(out);
    ksyms();
  });
  test('modules that really load and unload between the passes: the snapshot is of one moment (ksyms.c:357)', () => {
    let pass = 0;
    const file = ksymsOpen((fn) => {
      // Before the first write one comes, before the second write it goes: both are seen, the third try is quiet.
      if (pass === 1) load('/comes.js');
      if (pass === 3) unload('/comes.js');
      pass++;
      return linker_file_foreach(fn);
    });
    expect(pass).toBe(6);
    const bytes = new Uint8Array(Number(file.ioctl(KIOCGSIZE, undefined)));
    file.read(bytes, 0);
    file.close();
    expect(bytes).toEqual(snapshot());
  });
});

/** The files that are loaded; for so many tries one of them is there twice when it is written. */
function restless(tries: number): { forEach: ForEachFile; passes: () => number } {
  let passes = 0;
  return {
    passes: () => passes,
    forEach(fn) {
      const comes = passes++ % 2 === 1 && passes / 2 <= tries;
      return linker_file_foreach(fn) || (comes ? linker_file_foreach(fn) : 0);
    },
  };
}

describe('what the snapshot is refused for (ksyms.c:239)', () => {
  const fileOf = (symbols: number, strings: number): LinkerFile => ({
    id: 2,
    filename: 'm',
    refs: 1,
    address: 0n,
    size: 8,
    table: () => ({ symtab: new Uint8Array(24 * symbols), strtab: new Uint8Array(strings) }),
  });
  const each =
    (...files: LinkerFile[]): ForEachFile =>
    (fn) => {
      for (const file of files) {
        const error = fn(file);
        if (error !== 0) return error;
      }
      return 0;
    };
  const sizes = (symbols: number, strings: number) => ({ ts_symsz: 24 * symbols, ts_strsz: strings });
  const write = (symbols: number, strings: number, ...files: LinkerFile[]): number => {
    const counted = sizes(symbols, strings);
    return ksymsSnapshot(counted, new Uint8Array(snapshotSize(counted)), each(...files));
  };

  test('no room for the header: ENXIO, and nothing is written (ksyms.c:343)', () => {
    const area = new Uint8Array(snapshotSize(sizes(0, 0)) - 1);
    expect(ksymsSnapshot(sizes(0, 0), area, each())).toBe(ERRNO.ENXIO);
    expect(area.every((byte) => byte === 0)).toBe(true);
    expect(ksymsSnapshot(sizes(0, 0), new Uint8Array(464), each())).toBe(0);
  });
  test('no room for symbols: ENXIO, and no file after it is asked (ksyms.c:210)', () => {
    let asked = 0;
    const next = { ...fileOf(0, 0), table: () => ({ ...fileOf(0, 0).table(), asked: asked++ }) };
    expect(write(1, 5, fileOf(2, 5), next)).toBe(ERRNO.ENXIO);
    expect(asked).toBe(0);
  });
  test('no room for strings: ENXIO, and no file after it is asked (ksyms.c:224)', () => {
    let asked = 0;
    const next = { ...fileOf(0, 0), table: () => ({ ...fileOf(0, 0).table(), asked: asked++ }) };
    expect(write(1, 5, fileOf(1, 6), next)).toBe(ERRNO.ENXIO);
    expect(asked).toBe(0);
  });
  test('room that is left over: ENXIO (ksyms.c:357)', () => {
    expect(write(2, 5, fileOf(1, 5))).toBe(ERRNO.ENXIO);
    expect(write(1, 6, fileOf(1, 5))).toBe(ERRNO.ENXIO);
  });
  test('an error of the walk itself is passed on where nothing is left over (ksyms.c:360)', () => {
    const files = each(fileOf(1, 5));
    const failing: ForEachFile = (fn) => files(fn) || ERRNO.EBUSY;
    const area = new Uint8Array(snapshotSize(sizes(1, 5)));
    expect(ksymsSnapshot(sizes(1, 5), area, failing)).toBe(ERRNO.EBUSY);
  });
  test('left-over room comes before an error of the walk (ksyms.c:357, before ksyms.c:360)', () => {
    const area = new Uint8Array(snapshotSize(sizes(1, 5)));
    expect(ksymsSnapshot(sizes(1, 5), area, () => ERRNO.EBUSY)).toBe(ERRNO.ENXIO);
  });
  test('the sizes are the sums of all tables, from 0 at every try (ksyms.c:139, ksyms.c:152)', () => {
    const files = each(fileOf(2, 5), fileOf(0, 0), fileOf(3, 7));
    expect([sizeCalc(files), sizeCalc(files)]).toEqual([sizes(5, 12), sizes(5, 12)]);
  });
});

describe('read (ksyms.c:501)', () => {
  test('from where the last one stopped, to the end, where it is quiet (ksyms.c:523)', () => {
    const fd = ksyms();
    const whole = snapshotOf(fd);
    const got: number[] = [];
    const part = new Uint8Array(100);
    for (let count = read(fd, part); count > 0; count = read(fd, part)) got.push(...part.subarray(0, count));
    expect(Uint8Array.from(got)).toEqual(whole);
    expect(read(fd, part)).toBe(0);
  });
  test('at any offset, as much as there is; the position of the descriptor stays (ksyms.c:520)', () => {
    const fd = ksyms();
    const whole = snapshotOf(fd);
    for (const [offset, length] of [
      [0, 1],
      [1, 99],
      [463, 2],
      [whole.length - 3, 100],
      [whole.length - 1, 1],
    ] as const) {
      const into = new Uint8Array(length).fill(0xee);
      const count = read(fd, into, offset);
      expect(count).toBe(Math.min(length, whole.length - offset));
      expect(into.subarray(0, count)).toEqual(whole.subarray(offset, offset + count));
      expect(into.subarray(count).every((byte) => byte === 0xee)).toBe(true);
    }
    const start = new Uint8Array(16);
    expect(read(fd, start)).toBe(16);
    expect(start).toEqual(whole.subarray(0, 16));
  });
  test('in one piece, also of more than a page (ksyms.c:534)', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ name: `f${i}`, offset: 8 * i, size: 8 }));
    kldload('/pages.js', 0x900000, 8 * many.length, JSON.stringify({ symbols: many, lines: '' }));
    const fd = ksyms();
    const size = sizeOf(fd);
    expect(size).toBeGreaterThan(2 * PAGE_SIZE);
    const whole = new Uint8Array(size + 10);
    expect(read(fd, whole)).toBe(size);
    expect(whole.subarray(0, size)).toEqual(mmap(size, PROT_READ, MAP_SHARED, fd, 0));
    unload('/pages.js');
  });
  test('at the end: nothing, quietly (ksyms.c:523)', () => {
    const fd = ksyms();
    expect(read(fd, new Uint8Array(10), sizeOf(fd))).toBe(0);
  });
  test('before the start, beyond the end, or at no whole byte: EFAULT (ksyms.c:517)', () => {
    const fd = ksyms();
    for (const offset of [-1, -(2 ** 40), sizeOf(fd) + 1, 2 ** 40, 1.5, Number.NaN])
      expect(throwing(() => read(fd, new Uint8Array(10), offset))).toEqual(refused('EFAULT', 'read'));
  });
  test('of no bytes: nothing, but EFAULT at a bad offset comes first (ksyms.c:517, before ksyms.c:523)', () => {
    const fd = ksyms();
    expect(read(fd, new Uint8Array(0), 5)).toBe(0);
    expect(throwing(() => read(fd, new Uint8Array(0), -1))).toEqual(refused('EFAULT', 'read'));
  });
  test('into what is no memory: EFAULT, and the position stays (ksyms.c:540)', () => {
    const fd = ksyms();
    for (const into of [undefined, null, 10, [], new Float64Array(2), new ArrayBuffer(8)])
      expect(throwing(() => read(fd, into as unknown as Uint8Array))).toEqual(refused('EFAULT', 'read'));
    const magic = new Uint8Array(4);
    read(fd, magic);
    expect([...magic]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
  test('the bytes are of the moment of open, whatever loads and unloads later (ksyms.c:484)', () => {
    load('/there.js');
    const fd = ksyms();
    const before = snapshotOf(fd);
    load('/later.js');
    unload('/there.js');
    expect(snapshotOf(fd)).toEqual(before);
    close(fds.pop()!);
    const text = Buffer.from(snapshot()).toString('latin1');
    expect([text.includes('/there.js'), text.includes('/later.js')]).toEqual([false, true]);
    unload('/later.js');
    expect(Buffer.from(before).toString('latin1')).toContain('/there.js');
  });
  test('it is memory of the process, and what is written there is read (ksyms.c:386, ksyms.c:537)', () => {
    const fd = ksyms();
    mmap(16, PROT_READ, MAP_SHARED, fd, 0)[8] = 0xab;
    expect(snapshotOf(fd)[8]).toBe(0xab);
    close(fds.pop()!);
    expect(snapshot()[8]).toBe(0);
  });
  test('of a descriptor that is closed: EBADF (ksyms.c:510)', () => {
    const fd = open('/dev/ksyms');
    close(fd);
    expect(throwing(() => read(fd, new Uint8Array(1)))).toEqual(refused('EBADF', 'read'));
  });
});

function snapshotOf(fd: number): Uint8Array {
  const bytes = new Uint8Array(sizeOf(fd));
  expect(read(fd, bytes, 0)).toBe(bytes.length);
  return bytes;
}

describe('ioctl (ksyms.c:554)', () => {
  test('the requests are those of the header', () =>
    expect([KIOCGSIZE, KIOCGADDR]).toEqual([0x40086c01, 0x40086c02]));
  test('KIOCGSIZE: bytes of header and tables, and not of whole pages (ksyms.c:571, ksyms.c:475)', () => {
    const fd = ksyms();
    const sizes = sizeCalc(linker_file_foreach);
    expect(ioctl(fd, KIOCGSIZE)).toBe(464 + sizes.ts_symsz + sizes.ts_strsz);
  });
  test('KIOCGADDR: an address at the start of a page, the same at each call (ksyms.c:579, ksyms.c:379)', () => {
    const fd = ksyms();
    const address = ioctl(fd, KIOCGADDR) as bigint;
    expect([typeof address, address % BigInt(PAGE_SIZE), address > 0n]).toEqual(['bigint', 0n, true]);
    expect(ioctl(fd, KIOCGADDR)).toBe(address);
  });
  test('any other: ENOTTY, also one that differs only in its size (ksyms.c:583)', () => {
    const fd = ksyms();
    for (const request of [0, 0x1234, KIOCGSIZE + 2, KIOCGSIZE - 0x10000, Number.NaN])
      expect(throwing(() => ioctl(fd, request))).toEqual(refused('ENOTTY', 'ioctl'));
  });
  test('of a descriptor that is closed: EBADF, also for a request that is none (ksyms.c:561)', () => {
    const fd = open('/dev/ksyms');
    close(fd);
    for (const request of [KIOCGSIZE, 0])
      expect(throwing(() => ioctl(fd, request))).toEqual(refused('EBADF', 'ioctl'));
  });
});

describe('mmap (ksyms.c:591)', () => {
  const pagesOf = (fd: number): number => Math.ceil(sizeOf(fd) / PAGE_SIZE) * PAGE_SIZE;

  test('the same bytes, and zeros up to the end of the last page (ksyms.c:384, ksyms.c:607)', () => {
    const fd = ksyms();
    const size = sizeOf(fd);
    const area = mmap(pagesOf(fd), PROT_READ, MAP_SHARED, fd, 0);
    expect(area.subarray(0, size)).toEqual(snapshotOf(fd));
    expect(area.subarray(size).every((byte) => byte === 0)).toBe(true);
  });
  test('two maps and every read are one memory (ksyms.c:603)', () => {
    const fd = ksyms();
    const [a, b] = [0, 1].map(() => mmap(16, PROT_READ, MAP_SHARED, fd, 0));
    a![8] = 7;
    expect([b![8], snapshotOf(fd)[8]]).toEqual([7, 7]);
  });
  test('from a later page (ksyms.c:608)', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ name: `f${i}`, offset: 8 * i, size: 8 }));
    kldload('/pages.js', 0x900000, 8 * many.length, JSON.stringify({ symbols: many, lines: '' }));
    const fd = ksyms();
    const area = mmap(PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, PAGE_SIZE);
    expect(area).toEqual(snapshotOf(fd).subarray(PAGE_SIZE, 2 * PAGE_SIZE));
    unload('/pages.js');
  });
  test('a page behind the last, where nothing lies: EINVAL (ksyms.c:606, ksyms.c:607)', () => {
    const fd = ksyms();
    const pages = pagesOf(fd);
    for (const [length, offset] of [
      [1, pages],
      [1, pages + PAGE_SIZE],
      [pages + 1, 0],
      [1, 2 ** 40],
    ] as const)
      expect(throwing(() => mmap(length, PROT_READ, MAP_SHARED, fd, offset))).toEqual(
        refused('EINVAL', 'mmap'),
      );
  });
  test('no bytes, or from within a page: EINVAL', () => {
    const fd = ksyms();
    for (const [length, offset] of [
      [0, 0],
      [-1, 0],
      [Number.NaN, 0],
      [1, 1],
      [1, -PAGE_SIZE],
      [1, Number.NaN],
    ] as const)
      expect(throwing(() => mmap(length, PROT_READ, MAP_SHARED, fd, offset))).toEqual(
        refused('EINVAL', 'mmap'),
      );
  });
  test('to write: EACCES, before a bad offset, since the mode of the device is 0444 (ksyms.c:644)', () => {
    const fd = ksyms();
    for (const offset of [0, 1, 2 ** 40])
      expect(throwing(() => mmap(16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset))).toEqual(
        refused('EACCES', 'mmap'),
      );
  });
  test('of a descriptor that is closed: EBADF (ksyms.c:598)', () => {
    const fd = open('/dev/ksyms');
    close(fd);
    expect(throwing(() => mmap(16, PROT_READ, MAP_SHARED, fd, 0))).toEqual(refused('EBADF', 'mmap'));
  });
});

describe('close (ksyms.c:616)', () => {
  test('twice: EBADF, and whoever opened meanwhile keeps it open (ksyms.c:622)', () => {
    const fd = open('/dev/ksyms');
    close(fd);
    expect(throwing(() => close(fd))).toEqual(refused('EBADF', 'close'));
    ksyms();
    expect(throwing(() => open('/dev/ksyms'))).toEqual(refused('EBUSY', 'open'));
  });
  test('a map outlives it, with its bytes', () => {
    const fd = open('/dev/ksyms');
    const area = mmap(16, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    expect([...area.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
});

describe('events of the module (ksyms.c:635)', () => {
  test('unload while open: EBUSY, and all is as it was (ksyms.c:648)', () => {
    const fd = ksyms();
    expect(throwing(() => ksymsModevent(MOD_UNLOAD))).toEqual(refused('EBUSY', 'kldunload'));
    expect(read(fd, new Uint8Array(4))).toBe(4);
    close(fds.pop()!);
    ksyms();
  });
  test('unload: the device is gone, until it is loaded again (ksyms.c:650, ksyms.c:643)', () => {
    ksymsModevent(MOD_UNLOAD);
    expect(throwing(() => open('/dev/ksyms'))).toEqual(refused('ENOENT', 'open'));
    ksymsModevent(MOD_LOAD);
    ksyms();
  });
  test('unload after a failed open is no longer refused (ksyms.c:418)', () => {
    throwing(() => ksymsOpen(restless(3).forEach));
    ksymsModevent(MOD_UNLOAD);
  });
  test('shutdown: nothing, also while open (ksyms.c:654)', () => {
    const fd = ksyms();
    ksymsModevent(MOD_SHUTDOWN);
    expect(read(fd, new Uint8Array(4))).toBe(4);
  });
  test('any other: EOPNOTSUPP (ksyms.c:658)', () => {
    for (const type of [3, -1, 99])
      expect(throwing(() => ksymsModevent(type))).toEqual(refused('EOPNOTSUPP', 'modevent'));
  });
});
