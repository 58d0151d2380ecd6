import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
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

afterEach(cleanUp);

const attach = (fd: number, section: { subsystem: number; id: number }): unknown =>
  ioctl(fd, KCOV_IOC_REMOTE_ATTACH, section);
const enable = (fd: number, mode = KCOV_MODE_TRACE_PC): unknown => ioctl(fd, KCOV_IOC_ENABLE, mode);
const disable = (fd: number): unknown => ioctl(fd, KCOV_IOC_DISABLE);
const detach = (fd: number): unknown => ioctl(fd, KCOV_IOC_REMOTE_DETACH);

describe('enable, disable of a section (subr_kcov.c:313, :328)', () => {
  test('enable twice: EBUSY, and the first mode stays (subr_kcov.c:316)', () => {
    const { fd, enter, leave } = attached();
    enable(fd);
    expectErrno('EBUSY', () => enable(fd));
    expectErrno('EBUSY', () => enable(fd, KCOV_MODE_TRACE_CMP));
    enter();
    compare();
    hit();
    leave();
    expect([...map(fd, 3)].map((word) => word > 0n)).toEqual([true, true, false]);
  });
  test('disable before enable, and twice: ENOENT (subr_kcov.c:331)', () => {
    const { fd } = attached();
    expectErrno('ENOENT', () => disable(fd));
    enable(fd);
    disable(fd);
    expectErrno('ENOENT', () => disable(fd));
  });
  test('an unknown mode: EINVAL, before EBUSY (subr_kcov.c:388)', () => {
    const { fd } = attached();
    for (const mode of [-1, 3]) expectErrno('EINVAL', () => enable(fd, mode));
    enable(fd);
    expectErrno('EINVAL', () => enable(fd, 3));
  });
  test('MODE_NONE enables and traces nothing (subr_kcov.c:145)', () => {
    const { fd, enter, leave } = attached();
    enable(fd, KCOV_MODE_NONE);
    enter();
    hit();
    compare();
    leave();
    expect(map(fd, 1)[0]).toBe(0n);
    expectErrno('EBUSY', () => enable(fd));
  });
  test('who is traced himself may enable and disable it (subr_kcov.c:391, :412)', () => {
    const { fd } = attached();
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    enable(fd);
    disable(fd);
    hit();
    expect(words[0]).toBe(1n);
  });
  test('without a buffer of its own the descriptor is no ENOBUFS (subr_kcov.c:391, :398)', () =>
    expect(enable(attached().fd)).toBeUndefined());
  test('a section has no owner: any descriptor that is attached disables it (subr_kcov.c:412)', () => {
    const { fd, section, enter, leave } = attached();
    const other = kcov();
    attach(other, section);
    enable(fd);
    expectErrno('EBUSY', () => enable(other));
    disable(other);
    expectErrno('ENOENT', () => disable(fd));
    enter();
    hit();
    leave();
    expect(map(fd, 1)[0]).toBe(0n);
  });
  test('descriptors of one section map one buffer (subr_kcov.c:543)', () => {
    const { fd, section, enter, leave } = attached();
    const other = kcov();
    attach(other, section);
    enable(fd);
    enter();
    hit(2);
    leave();
    expect(map(other, 1)[0]).toBe(2n);
  });
  test('the count is not reset from one enable to the next (subr_kcov.c:320)', () => {
    const { fd, enter, leave } = attached();
    for (let i = 0; i < 2; i++) {
      enable(fd);
      enter();
      hit();
      leave();
      disable(fd);
    }
    expect(map(fd, 1)[0]).toBe(2n);
  });
});

describe('attach, detach (subr_kcov.c:342, :358)', () => {
  test('attach again, to the same: nothing changes, an enabled one stays so (subr_kcov.c:352)', () => {
    const { fd, section } = attached();
    enable(fd);
    expect(attach(fd, section)).toBeUndefined();
    expectErrno('EBUSY', () => enable(fd));
  });
  test('attach to another: the first is left as it is, enabled (subr_kcov.c:352)', () => {
    const { fd, section, enter, leave } = attached();
    const other = registered();
    const words = map(fd, 8);
    enable(fd);
    attach(fd, other.section);
    // The descriptor speaks for the other from now on.
    expectErrno('ENOENT', () => disable(fd));
    enter();
    hit();
    leave();
    expect([words[0], map(fd, 1)[0]]).toEqual([1n, 0n]);
    // Another descriptor ends it.
    const rescue = kcov();
    attach(rescue, section);
    expect(disable(rescue)).toBeUndefined();
  });
  test('attach to what is not there leaves the first attached (subr_kcov.c:350)', () => {
    const { fd } = attached();
    expectErrno('ENOENT', () => attach(fd, newSection()));
    expect(enable(fd)).toBeUndefined();
  });
  test('attach to one that somebody enabled, and that somebody is in (subr_kcov.c:346)', () => {
    const { fd, section, enter, leave } = attached();
    enable(fd);
    enter();
    const other = kcov();
    expect(attach(other, section)).toBeUndefined();
    hit();
    leave();
    expect(map(other, 1)[0]).toBe(1n);
  });
  test('attach is refused by what the descriptor itself is, not by its remote: no EEXIST (subr_kcov.c:346)', () => {
    const { fd } = attached();
    enable(fd);
    expect(attach(fd, registered().section)).toBeUndefined();
  });
  test('detach an enabled one: no EEXIST, and it is disabled (subr_kcov.c:360, :364)', () => {
    const { fd, section } = attached();
    enable(fd);
    expect(detach(fd)).toBeUndefined();
    attach(fd, section);
    expectErrno('ENOENT', () => disable(fd));
  });
  test('detach disables a section that another descriptor enabled (subr_kcov.c:364)', () => {
    const { fd, section, enter, leave } = attached();
    const other = kcov();
    attach(other, section);
    enable(fd);
    detach(other);
    enter();
    hit();
    leave();
    expect(map(fd, 1)[0]).toBe(0n);
    expectErrno('ENOENT', () => disable(fd));
  });
  test('close disables a section that another descriptor enabled (subr_kcov.c:470)', () => {
    const { fd, section, enter, leave } = attached();
    const other = kcov();
    attach(other, section);
    enable(fd);
    close(other);
    enter();
    hit();
    leave();
    expect(map(fd, 1)[0]).toBe(0n);
    expectErrno('ENOENT', () => disable(fd));
  });
  test('close of a descriptor whose section is disabled: no error (subr_kcov.c:471)', () =>
    expect(close(attached().fd)).toBeUndefined());
  test('a buffer of its own is behind the section, and comes back with detach (subr_kcov.c:352, :365)', () => {
    const fd = kcov(8);
    map(fd, 8)[1] = 5n;
    const remote = registered();
    attach(fd, remote.section);
    expect(map(fd, KCOV_BUF_MAX_ENTRIES)[1]).toBe(0n);
    detach(fd);
    expect(map(fd, 8)[1]).toBe(5n);
    expectErrno('ENOMEM', () => map(fd, 1024), 'mmap');
    enable(fd);
    hit();
    expect(map(fd, 1)[0]).toBe(1n);
  });
  test('after detach, without a buffer of its own: ENOBUFS (subr_kcov.c:398)', () => {
    const { fd } = attached();
    detach(fd);
    expectErrno('ENOBUFS', () => enable(fd));
    expectErrno('ENOENT', () => disable(fd));
  });
});
