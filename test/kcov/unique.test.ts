import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  KCOV_MODE_TRACE_UNIQUE_PC,
  KCOV_RESET_TRACE,
  KCOV_UNIQUE_ENABLE,
  lwpCreate,
  MAP_SHARED,
  mmap,
  munmap,
  open,
} from '../../harness/index.ts';
import { Cpu } from '../../src/kcov/cpu.ts';
import { KcovFile } from '../../src/kcov/device.ts';
import { RemoteSections } from '../../src/kcov/remote.ts';
import { allocateShared } from '../../src/kcov/shared.ts';
import * as kernelApi from '../../src/kernel.ts';
import { ThreadKernel } from '../../src/trace/kernel.ts';
import { cleanUp, instrumented, kcov, kernel, map, RW, traced } from './helpers.ts';

afterEach(cleanUp);

const ways = instrumented<(n: number, odd: boolean) => number>(
  `(function (n, odd) { let x = 0; for (let i = 0; i < n; i++) { if (i % 2) x++; else x--; } if (odd) x = 0; return x; })`,
  '/kernel/ways.js',
);

function unique(entries: number): { fd: number; words: BigUint64Array } {
  const fd = kcov(entries);
  const words = map(fd, entries);
  ioctl(fd, KCOV_UNIQUE_ENABLE);
  return { fd, words };
}

const pcs = (words: BigUint64Array): bigint[] => [...words.subarray(1, Number(words[0]) + 1)];

const both = (): void => {
  ways(5, false);
  ways(5, true);
};

/** What a plain trace has, without what it has a second time. */
function plain(run: () => void): bigint[] {
  const { fd, words } = traced(1000, KCOV_MODE_TRACE_PC);
  run();
  ioctl(fd, KCOV_IOC_DISABLE);
  return [...new Set(pcs(words))];
}

describe('a unique trace, an extension', () => {
  test('has each PC of a plain one once, in the order in which they were first reached', () => {
    const expected = plain(() => ways(5, true));
    const { words } = unique(1000);
    ways(5, true);
    expect(pcs(words)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(4);
  });

  test('does not overflow where a plain one does', () => {
    const expected = plain(both);
    const { words } = unique(expected.length + 1);
    ways(100_000, false);
    expect(Number(words[0])).toBeLessThan(expected.length);
    ways(1, true);
    expect(new Set(pcs(words))).toEqual(new Set(expected));
  });

  test('loses what is more than there are entries, and keeps what came first', () => {
    const expected = plain(() => ways(5, true));
    const { words } = unique(4);
    ways(5, true);
    ways(5, true);
    expect(pcs(words)).toEqual(expected.slice(0, 3));
  });

  test('goes on where the user sets the count back, with what was not seen before', () => {
    const expected = plain(both);
    const { words } = unique(1000);
    ways(5, false);
    const first = pcs(words);
    words[0] = 0n;
    ways(5, true);
    expect([...first, ...pcs(words)]).toEqual(expected);
    expect(Number(words[0])).toBe(expected.length - first.length);
  });

  test('KCOV_RESET_TRACE begins it anew, as often as one likes', () => {
    const expected = plain(() => ways(5, true));
    const { fd, words } = unique(1000);
    for (let i = 0; i < 3; i++) {
      ways(5, true);
      expect(pcs(words)).toEqual(expected);
      ioctl(fd, KCOV_RESET_TRACE);
      expect(words[0]).toBe(0n);
    }
  });

  test('also after the user has had more of it than the buffer holds', () => {
    const expected = plain(() => ways(5, true));
    const { fd, words } = unique(4);
    ways(5, true);
    words[0] = 0n;
    ways(5, true);
    ioctl(fd, KCOV_RESET_TRACE);
    ways(5, true);
    expect(pcs(words)).toEqual(expected.slice(0, 3));
  });

  test('begins anew when it is enabled again, and plain traces come between', () => {
    const expected = plain(() => ways(5, true));
    const { fd, words } = unique(1000);
    ways(5, true);
    ioctl(fd, KCOV_IOC_DISABLE);
    words[0] = 0n;
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    ways(5, true);
    expect(pcs(words).length).toBeGreaterThan(expected.length);
    ioctl(fd, KCOV_IOC_DISABLE);
    words[0] = 0n;
    ioctl(fd, KCOV_UNIQUE_ENABLE);
    ways(5, true);
    expect(pcs(words)).toEqual(expected);
  });

  test('is of the LWP that enabled it alone', () => {
    const { words } = unique(1000);
    lwpCreate(() => ways(5, true));
    expect(words[0]).toBe(0n);
  });

  test('stands still where the LWP is silenced, and has no comparisons', () => {
    const { words } = unique(1000);
    kernelApi.kcovSilenceEnter();
    ways(5, true);
    kernelApi.kcovSilenceLeave();
    expect(words[0]).toBe(0n);
    expect(kernel().cmp).toBe(0);
  });
});

describe('KCOV_UNIQUE_ENABLE is refused as KCOV_IOC_ENABLE is', () => {
  const refused = (fd: number, request: number, arg?: number) => {
    try {
      ioctl(fd, request, arg);
      return null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  test('ENOBUFS without a buffer', () => expect(refused(kcov(), KCOV_UNIQUE_ENABLE)).toBe('ENOBUFS'));
  test('EBUSY where the descriptor is enabled, or the LWP has another', () => {
    const { fd } = unique(8);
    expect(refused(fd, KCOV_UNIQUE_ENABLE)).toBe('EBUSY');
    expect(refused(kcov(8), KCOV_UNIQUE_ENABLE)).toBe('EBUSY');
  });
  test('EINVAL on a remote section', () => {
    kernelApi.kcovRemoteRegister(77, 1);
    const fd = kcov();
    ioctl(fd, KCOV_IOC_REMOTE_ATTACH, { subsystem: 77, id: 1 });
    expect(refused(fd, KCOV_UNIQUE_ENABLE)).toBe('EINVAL');
    expect(refused(fd, KCOV_RESET_TRACE)).toBe('EINVAL');
  });
  test('KCOV_RESET_TRACE: ENOENT where the caller is not traced by it', () => {
    expect(refused(kcov(8), KCOV_RESET_TRACE)).toBe('ENOENT');
    const { fd } = unique(8);
    expect(lwpCreate(() => refused(fd, KCOV_RESET_TRACE))).toBe('ENOENT');
  });
  test('its number is no mode of KCOV_IOC_ENABLE', () =>
    expect(refused(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_UNIQUE_PC)).toBe('EINVAL'));
  test.each([KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP])('KCOV_RESET_TRACE resets mode %i too', (mode) => {
    const { fd, words } = traced(64, mode);
    ways(3, true);
    expect(words[0]).not.toBe(0n);
    ioctl(fd, KCOV_RESET_TRACE);
    expect(words[0]).toBe(0n);
  });
});

describe("the thread's own buffer, which instrumented code finds from the start", () => {
  function machine() {
    const own = new ThreadKernel();
    const first = own.buf;
    const cpu = new Cpu(own);
    const sections = new RemoteSections(allocateShared);
    const file = (entries: number) => {
      const opened = new KcovFile(cpu, sections);
      opened.ioctl(KCOV_IOC_SETBUFSIZE, entries);
      return opened;
    };
    const area = (opened: KcovFile, entries: number) =>
      opened.mmap(entries * KCOV_ENTRY_SIZE, RW, MAP_SHARED, 0);
    return { own, first, file, area };
  }

  test('goes to the first descriptor of its size, and stays in place when that traces', () => {
    const { own, first, file, area } = machine();
    const opened = file(KCOV_BUF_MAX_ENTRIES);
    expect(area(opened, KCOV_BUF_MAX_ENTRIES).buffer).toBe(first.buffer);
    opened.ioctl(KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(own.buf).toBe(first);
    opened.ioctl(KCOV_IOC_DISABLE, undefined);
    expect(own.buf).toBe(first);
    expect(own.end).toBe(0);
  });

  test('goes to no descriptor of another size, nor to a second one', () => {
    const { first, file, area } = machine();
    expect(area(file(1024), 1024).buffer.byteLength).toBe(1024 * KCOV_ENTRY_SIZE);
    file(KCOV_BUF_MAX_ENTRIES);
    expect(area(file(KCOV_BUF_MAX_ENTRIES), 8).buffer).not.toBe(first.buffer);
  });

  test('goes to another only when it is closed and nothing of it is mapped, and is all zero then', () => {
    const { first, file, area } = machine();
    const one = file(KCOV_BUF_MAX_ENTRIES);
    const mapped = area(one, 4096);
    mapped.fill(7);
    one.close();
    const two = file(KCOV_BUF_MAX_ENTRIES);
    expect(area(two, 8).buffer).not.toBe(first.buffer);
    one.munmap(mapped);
    const three = file(KCOV_BUF_MAX_ENTRIES);
    const again = area(three, 4096);
    expect(again.buffer).toBe(first.buffer);
    expect(again.every((byte) => byte === 0)).toBe(true);
  });

  test('is told of munmap, after close too', () => {
    const bytes = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 3; i++) {
      const fd = open('/dev/kcov');
      ioctl(fd, KCOV_IOC_SETBUFSIZE, KCOV_BUF_MAX_ENTRIES);
      const area = mmap(bytes, RW, MAP_SHARED, fd, 0);
      buffers.add(area.buffer);
      close(fd);
      munmap(area);
    }
    expect(buffers.size).toBe(1);
  });
});
