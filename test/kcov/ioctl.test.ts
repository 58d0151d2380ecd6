import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  type Request,
} from '../../harness/index.ts';
import {
  attached,
  cleanUp,
  compare,
  expectErrno,
  hit,
  kcov,
  map,
  newSection,
  registered,
  traced,
} from './helpers.ts';
import { ioctlOf, mapOf, Process } from './lwps.ts';

afterEach(cleanUp);

const MODES = [KCOV_MODE_NONE, KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP];

describe('SETBUFSIZE (subr_kcov.c:372)', () => {
  test('with a remote attached it does nothing, whatever the size (subr_kcov.c:374)', () => {
    const { fd } = attached();
    for (const size of [0, 1, 8, 2 ** 40]) expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, size)).toBeUndefined();
    ioctl(fd, KCOV_IOC_REMOTE_DETACH);
    expectErrno('ENOMEM', () => map(fd, 1), 'mmap'); // It set none.
    expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 8)).toBeUndefined();
  });
  test('with a remote attached and enabled it does nothing too: not EBUSY (subr_kcov.c:374, :376)', () => {
    const { fd } = attached();
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    expect(ioctl(fd, KCOV_IOC_SETBUFSIZE, 8)).toBeUndefined();
  });
  test('while enabled: EBUSY, before EINVAL and EEXIST (subr_kcov.c:376)', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    for (const size of [0, 8, 16]) expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, size));
  });
  test('while another descriptor of the LWP is enabled it is free to (subr_kcov.c:376)', () => {
    traced(8, KCOV_MODE_TRACE_PC);
    expect(ioctl(kcov(), KCOV_IOC_SETBUFSIZE, 8)).toBeUndefined();
  });
});

describe('ENABLE (subr_kcov.c:382)', () => {
  test.each(MODES)('mode %i is known (subr_kcov.c:142)', (mode) =>
    expect(ioctl(kcov(8), KCOV_IOC_ENABLE, mode)).toBeUndefined());
  test.each([-1, 3, 4, 2 ** 31 - 1, -(2 ** 31)])('mode %i: EINVAL (subr_kcov.c:388)', (mode) =>
    expectErrno('EINVAL', () => ioctl(kcov(8), KCOV_IOC_ENABLE, mode)));
  test('EINVAL comes before EBUSY and ENOBUFS, and before the remote is asked (subr_kcov.c:388)', () => {
    expectErrno('EINVAL', () => ioctl(kcov(), KCOV_IOC_ENABLE, 3));
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_ENABLE, 3));
    expectErrno('EINVAL', () => ioctl(kcov(8), KCOV_IOC_ENABLE, 3));
    const remote = attached();
    expectErrno('EINVAL', () => ioctl(remote.fd, KCOV_IOC_ENABLE, 3));
    // The refused mode left the section disabled.
    expectErrno('ENOENT', () => ioctl(remote.fd, KCOV_IOC_DISABLE));
  });
  test('twice: EBUSY, in any mode, and the first mode stays (subr_kcov.c:394)', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    for (const mode of MODES) expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_ENABLE, mode));
    compare();
    hit();
    expect(words[0]).toBe(1n);
    expect(words[2]).toBe(0n);
  });
  test('by another LWP than its owner: EBUSY (subr_kcov.c:394)', () => {
    const process = new Process();
    const [owner, other, file] = [process.lwp(), process.lwp(), process.open(8)];
    process.as(owner, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    process.as(other, () => expectErrno('EBUSY', () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)));
  });
  test('a second descriptor of one LWP: EBUSY, before ENOBUFS (subr_kcov.c:396, :398)', () => {
    traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('EBUSY', () => ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    expectErrno('EBUSY', () => ioctl(kcov(), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
  });
  test('two LWPs have one descriptor each, and trace into their own (subr_kcov.c:401)', () => {
    const process = new Process();
    const flows = [2, 3].map((times) => {
      const [l, file] = [process.lwp(), process.open(8)];
      process.as(l, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
      return { l, times, words: mapOf(file, 8) };
    });
    for (const { l, times } of flows) process.as(l, () => hit(times));
    expect(flows.map(({ words }) => words[0])).toEqual([2n, 3n]);
  });
  test('without a buffer: ENOBUFS, also in MODE_NONE (subr_kcov.c:398)', () => {
    for (const mode of MODES) expectErrno('ENOBUFS', () => ioctl(kcov(), KCOV_IOC_ENABLE, mode));
  });
  test('a refused enable leaves the LWP free for another descriptor (subr_kcov.c:401)', () => {
    expectErrno('ENOBUFS', () => ioctl(kcov(), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    expect(ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)).toBeUndefined();
  });
  test('the buffer and its count stay as they are over disable and enable (subr_kcov.c:401-403)', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    hit();
    ioctl(fd, KCOV_IOC_DISABLE);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit();
    expect(words[0]).toBe(2n);
  });
  test('the mode can change from one enable to the next (subr_kcov.c:402)', () => {
    const { fd, words } = traced(16, KCOV_MODE_TRACE_PC);
    ioctl(fd, KCOV_IOC_DISABLE);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP);
    hit();
    expect(words[0]).toBe(0n);
    compare();
    expect(words[0]).toBe(1n);
  });
});

describe('DISABLE (subr_kcov.c:408)', () => {
  test('before enable, and twice: ENOENT (subr_kcov.c:415)', () => {
    const fd = kcov(8);
    expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    ioctl(fd, KCOV_IOC_DISABLE);
    expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));
  });
  test('before the size is set: ENOENT (subr_kcov.c:415)', () =>
    expectErrno('ENOENT', () => ioctl(kcov(), KCOV_IOC_DISABLE)));
  test('while another descriptor is the enabled one: ENOENT, and that one stays (subr_kcov.c:415)', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('ENOENT', () => ioctl(kcov(8), KCOV_IOC_DISABLE));
    hit();
    expect(words[0]).toBe(1n);
  });
  test('by another LWP than its owner: ENOENT, and the trace goes on (subr_kcov.c:417)', () => {
    const process = new Process();
    const [owner, other, traced, file] = [process.lwp(), process.lwp(), process.lwp(), process.open(8)];
    const words = mapOf(file, 8);
    process.as(owner, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
    process.as(other, () => expectErrno('ENOENT', () => ioctlOf(file, KCOV_IOC_DISABLE)));
    // Also by one that is traced itself, into another KD.
    process.as(traced, () => {
      ioctlOf(process.open(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      expectErrno('ENOENT', () => ioctlOf(file, KCOV_IOC_DISABLE));
    });
    process.as(owner, () => {
      hit();
      ioctlOf(file, KCOV_IOC_DISABLE);
      hit();
    });
    expect(words[0]).toBe(1n);
  });
  test('MODE_NONE is disabled as any other (subr_kcov.c:421)', () => {
    const { fd } = traced(8, KCOV_MODE_NONE);
    expect(ioctl(fd, KCOV_IOC_DISABLE)).toBeUndefined();
    expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_DISABLE));
  });
  test('afterwards the LWP is free for another descriptor (subr_kcov.c:420)', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    ioctl(fd, KCOV_IOC_DISABLE);
    expect(ioctl(kcov(8), KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC)).toBeUndefined();
  });
});

describe('unknown requests (subr_kcov.c:511)', () => {
  const UNKNOWN = [0, 0x1234, -1, 0x80084b04, 0x80084b0c, 0x40084b01, KCOV_IOC_ENABLE + 0x10000];
  test.each(UNKNOWN)('%s: EINVAL', (request) => expectErrno('EINVAL', () => ioctl(kcov(8), request)));
  test('in any state: enabled, with a remote, with a remote enabled', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    const remote = attached().fd;
    for (const request of UNKNOWN) {
      expectErrno('EINVAL', () => ioctl(fd, request));
      expectErrno('EINVAL', () => ioctl(remote, request));
    }
    ioctl(remote, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    for (const request of UNKNOWN) expectErrno('EINVAL', () => ioctl(remote, request));
    expect(ioctl(remote, KCOV_IOC_DISABLE)).toBeUndefined();
  });
  test('an argument of any kind makes no difference: it is not looked at', () =>
    expectErrno('EINVAL', () => ioctl(kcov(8), 0x1234, 'address' as unknown as Request)));
});

describe('arguments are what copyin reads', () => {
  const NO_NUMBER = [undefined, null, 'eight', 1.5, NaN, Infinity, {}, [8], true, () => 8].map((arg) => [
    arg,
  ]);
  test.each(NO_NUMBER)('SETBUFSIZE with %s: EFAULT', (arg) =>
    expectErrno('EFAULT', () => ioctl(kcov(), KCOV_IOC_SETBUFSIZE, arg as Request)));
  test.each(NO_NUMBER)('ENABLE with %s: EFAULT', (arg) =>
    expectErrno('EFAULT', () => ioctl(kcov(8), KCOV_IOC_ENABLE, arg as Request)));
  test.each([
    undefined,
    null,
    5,
    'section',
    {},
    { subsystem: 1 },
    { id: 1 },
    { subsystem: '1', id: 1 },
    { subsystem: 1, id: 1.5 },
    { subsystem: 1, id: null },
  ] as unknown[])('REMOTE_ATTACH with %j: EFAULT', (arg) =>
    expectErrno('EFAULT', () => ioctl(kcov(), KCOV_IOC_REMOTE_ATTACH, arg as Request)));
  test('EFAULT comes before whatever the device would say', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('EFAULT', () => ioctl(fd, KCOV_IOC_SETBUFSIZE));
    expectErrno('EFAULT', () => ioctl(fd, KCOV_IOC_ENABLE));
    expectErrno('EFAULT', () => ioctl(fd, KCOV_IOC_REMOTE_ATTACH));
    expectErrno('EFAULT', () => ioctl(attached().fd, KCOV_IOC_SETBUFSIZE));
  });
  test('a size is a uint64_t, a mode an int: what is longer is cut (subr_kcov.c:378, :387)', () => {
    const fd = kcov();
    expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 2n ** 64n + 1n));
    ioctl(fd, KCOV_IOC_SETBUFSIZE, 2n ** 64n + 8n);
    expectErrno('EINVAL', () => ioctl(fd, KCOV_IOC_ENABLE, 2n ** 32n + 3n));
    expect(ioctl(fd, KCOV_IOC_ENABLE, 2n ** 32n + BigInt(KCOV_MODE_TRACE_PC))).toBeUndefined();
    ioctl(fd, KCOV_IOC_DISABLE);
    expect(ioctl(fd, KCOV_IOC_ENABLE, 2 ** 32 + KCOV_MODE_TRACE_PC)).toBeUndefined();
    const words = map(fd, 8);
    hit();
    expect(words[0]).toBe(1n);
  });
  test('DISABLE and DETACH look at none', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    expect(ioctl(fd, KCOV_IOC_DISABLE, 'any' as unknown as Request)).toBeUndefined();
    const remote = attached().fd;
    expect(ioctl(remote, KCOV_IOC_REMOTE_DETACH, NaN)).toBeUndefined();
  });
});

describe('ATTACH and DETACH ask the descriptor first (subr_kcov.c:342, :358)', () => {
  test('attach while enabled: EEXIST, before ENOENT (subr_kcov.c:346, :350)', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_REMOTE_ATTACH, newSection()));
    expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_REMOTE_ATTACH, registered().section));
  });
  test('detach while enabled: EEXIST, before ENOENT (subr_kcov.c:360, :362)', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    expectErrno('EEXIST', () => ioctl(fd, KCOV_IOC_REMOTE_DETACH));
  });
  test('attach to what nobody registered: ENOENT (subr_kcov.c:350)', () =>
    expectErrno('ENOENT', () => ioctl(kcov(), KCOV_IOC_REMOTE_ATTACH, { subsystem: 99, id: 2n })));
  test('detach without attach, and twice: ENOENT (subr_kcov.c:362)', () => {
    expectErrno('ENOENT', () => ioctl(kcov(), KCOV_IOC_REMOTE_DETACH));
    const { fd } = attached();
    ioctl(fd, KCOV_IOC_REMOTE_DETACH);
    expectErrno('ENOENT', () => ioctl(fd, KCOV_IOC_REMOTE_DETACH));
  });
  test('a descriptor that was closed while enabled is out of reach of both', () => {
    const { fd } = traced(8, KCOV_MODE_TRACE_PC);
    close(fd);
    expectErrno('EBADF', () => ioctl(fd, KCOV_IOC_REMOTE_ATTACH, newSection()));
    expectErrno('EBADF', () => ioctl(fd, KCOV_IOC_REMOTE_DETACH));
  });
});
