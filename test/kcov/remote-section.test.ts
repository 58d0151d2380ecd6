import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../harness/index.ts';
import { kcovRemoteEnter, kcovRemoteLeave, kcovRemoteRegister } from '../../src/kernel.ts';
import {
  assertion,
  attached,
  cleanUp,
  compare,
  expectErrno,
  expectPanic,
  hit,
  instrumented,
  kcov,
  map,
  newSection,
  registered,
  SYSCALL,
  traced,
} from './helpers.ts';
import { Process } from './lwps.ts';

afterEach(cleanUp);

const attach = (fd: number, section: { subsystem: number; id: number }): unknown =>
  ioctl(fd, KCOV_IOC_REMOTE_ATTACH, section);
const enable = (fd: number, mode = KCOV_MODE_TRACE_PC): unknown => ioctl(fd, KCOV_IOC_ENABLE, mode);
const disable = (fd: number): unknown => ioctl(fd, KCOV_IOC_DISABLE);
const detach = (fd: number): unknown => ioctl(fd, KCOV_IOC_REMOTE_DETACH);

describe('register (subr_kcov.c:247)', () => {
  test('twice: a panic (subr_kcov.c:253)', () => {
    const { section } = registered();
    expectPanic('kcov_remote_register: kr already exists', () =>
      kcovRemoteRegister(section.subsystem, section.id),
    );
  });
  test('a subsystem and an id are one name together (subr_kcov.c:239)', () => {
    const { section } = registered();
    kcovRemoteRegister(section.subsystem + 1, section.id);
    expectErrno('ENOENT', () => attach(kcov(), { ...section, subsystem: section.subsystem + 2 }));
  });
  test.each([
    [-1, 2n ** 64n - 1n],
    [-1n, 2n ** 64n - 1n],
    [2 ** 40, 2n ** 40n],
    [2n ** 64n + 3n, 3],
  ])('both are uint64_t: %s is %s (subr_kcov.c:247)', (a, b) => {
    const { section } = registered();
    kcovRemoteRegister(section.id, a);
    expectPanic('kcov_remote_register: kr already exists', () => kcovRemoteRegister(BigInt(section.id), b));
    kcovRemoteRegister(a, section.id);
    expectPanic('kcov_remote_register: kr already exists', () => kcovRemoteRegister(b, section.id));
  });
  test('a section begins with a buffer of zeros, disabled (subr_kcov.c:257, :264)', () => {
    const { fd, enter, leave } = attached();
    enter();
    hit();
    leave();
    expect(map(fd, KCOV_BUF_MAX_ENTRIES).every((word) => word === 0n)).toBe(true);
    expectErrno('ENOENT', () => disable(fd));
  });
});

describe('enter, leave (subr_kcov.c:272, :295)', () => {
  test('what nobody registered: a panic (subr_kcov.c:280, :302)', () => {
    const { subsystem, id } = newSection();
    expectPanic('kcov_remote_enter: unable to find kr', () => kcovRemoteEnter(subsystem, id));
    expectPanic('kcov_remote_leave: unable to find kr', () => kcovRemoteLeave(subsystem, id));
  });
  test('enter twice: a panic (subr_kcov.c:285)', () => {
    const { enter } = attached();
    enter();
    expectPanic(assertion('refs == 1'), enter);
  });
  test('leave without enter: a panic (subr_kcov.c:307)', () => {
    const { leave } = attached();
    expectPanic(assertion('refs == 0'), leave);
  });
  test('leave twice: a panic (subr_kcov.c:307)', () => {
    const { enter, leave } = attached();
    enter();
    leave();
    expectPanic(assertion('refs == 0'), leave);
  });
  test('enter while traced: a panic, whether the section is enabled or not (subr_kcov.c:287)', () => {
    const sections = [attached(), attached()];
    enable(sections[0]!.fd);
    traced(8, KCOV_MODE_TRACE_PC);
    for (const { enter } of sections) expectPanic(assertion('l->l_kcov == NULL'), enter);
  });
  test('enter another section from inside an enabled one: a panic (subr_kcov.c:287)', () => {
    const [a, b] = [attached(), attached()];
    enable(a.fd);
    a.enter();
    expectPanic(assertion('l->l_kcov == NULL'), b.enter);
  });
  test('enter another section from inside a disabled one is not noticed (subr_kcov.c:287)', () => {
    const [a, b] = [attached(), attached()];
    enable(b.fd);
    const words = map(b.fd, 8);
    a.enter();
    b.enter();
    hit();
    // Leaving either ends the trace (subr_kcov.c:309).
    a.leave();
    hit();
    b.leave();
    expect(words[0]).toBe(1n);
  });
  test('enter twice while traced: the count is held first (subr_kcov.c:285, :287)', () => {
    const { fd, enter } = attached();
    enable(fd);
    enter();
    expectPanic(assertion('refs == 1'), enter);
  });
  test('what runs inside, and only that, is in the section (subr_kcov.c:290)', () => {
    const { fd, enter, leave } = attached();
    const words = map(fd, KCOV_BUF_MAX_ENTRIES);
    enable(fd);
    hit();
    enter();
    hit(2);
    leave();
    hit();
    enter();
    hit();
    leave();
    expect(words[0]).toBe(3n);
  });
  test('instrumented code that enters and leaves is traced between', () => {
    const { fd, enter, leave } = attached();
    const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/remote.js');
    const work = instrumented<(...parts: (() => void)[]) => void>(
      '(function (enter, work, leave) { enter(); try { work(); } finally { leave(); } })',
      '/kernel/work.js',
    );
    const words = map(fd, 64);
    const count = (request: number): number => {
      words[0] = 0n;
      work(enter, () => void syscall(request), leave);
      return Number(words[0]);
    };
    expect(count(7)).toBe(0);
    enable(fd);
    const [known, unknown] = [count(7), count(41)];
    expect(known).toBeGreaterThan(0);
    expect(unknown).not.toBe(known);
    syscall(7);
    expect(Number(words[0])).toBe(unknown);
    disable(fd);
    enable(fd, KCOV_MODE_TRACE_CMP);
    expect(count(41)).toBeGreaterThan(0);
  });
  test('comparisons in CMP mode (subr_kcov.c:320)', () => {
    const { fd, enter, leave } = attached();
    enable(fd, KCOV_MODE_TRACE_CMP);
    enter();
    hit();
    compare();
    leave();
    expect(map(fd, 4)[0]).toBe(1n);
  });
  test('leave drops whatever trace the LWP has, and strands its KD (subr_kcov.c:309)', () => {
    const { enter, leave } = attached();
    enter(); // Not enabled: the LWP has no KD.
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    hit();
    leave();
    hit();
    expect(words[0]).toBe(1n);
    // Enabled, and nobody's: nothing but close ends it.
    expectErrno('EBUSY', () => enable(fd));
    expectErrno('ENOENT', () => disable(fd));
    expectErrno('EBUSY', () => ioctl(fd, KCOV_IOC_SETBUFSIZE, 8));
    expectErrno('EEXIST', () => detach(fd));
    close(fd);
    expect(enable(kcov(8))).toBeUndefined();
  });
});

describe('from inside a section', () => {
  test('enable comes too late for who is inside already (subr_kcov.c:289)', () => {
    const { fd, enter, leave } = attached();
    const words = map(fd, 8);
    enter();
    enable(fd);
    hit();
    expect(words[0]).toBe(0n);
    leave();
    enter();
    hit();
    expect(words[0]).toBe(1n);
    leave();
  });
  test('disable ends the trace at once, enable takes it up again (subr_kcov.c:601)', () => {
    const { fd, enter, leave } = attached();
    const words = map(fd, 8);
    enable(fd);
    enter();
    hit();
    disable(fd);
    hit();
    expect(words[0]).toBe(1n);
    enable(fd);
    hit();
    expect(words[0]).toBe(2n);
    leave();
  });
  test('the mode can change meanwhile (subr_kcov.c:320)', () => {
    const { fd, enter, leave } = attached();
    const words = map(fd, 16);
    enable(fd);
    enter();
    disable(fd);
    enable(fd, KCOV_MODE_TRACE_CMP);
    hit();
    compare();
    leave();
    expect([words[0], words[2], words[3]]).toEqual([1n, 1n, 2n]);
  });
  test('a descriptor of its own cannot be enabled: EBUSY (subr_kcov.c:396)', () => {
    const { fd, enter, leave } = attached();
    const own = kcov(8);
    enable(fd);
    enter();
    expectErrno('EBUSY', () => enable(own));
    expectErrno('ENOENT', () => disable(own));
    leave();
    expect(enable(own)).toBeUndefined();
  });
  test('closing or detaching ends the trace at once (subr_kcov.c:364, :471)', () => {
    for (const end of [close, detach]) {
      const { fd, enter, leave } = attached();
      const words = map(fd, 8);
      enable(fd);
      enter();
      hit();
      end(fd);
      hit();
      leave();
      expect(words[0]).toBe(1n);
    }
  });
});

describe('several LWPs and one section', () => {
  test('one is inside, and another ends and begins its trace (subr_kcov.c:323, :337)', () => {
    const process = new Process();
    const [worker, controller] = [process.lwp(), process.lwp()];
    const { fd, section } = attached();
    const words = map(fd, 8);
    const seen = (control: () => unknown): bigint => {
      process.as(controller, control);
      process.as(worker, () => hit());
      return words[0]!;
    };
    enable(fd);
    process.enter(worker, section);
    expect(seen(() => hit())).toBe(1n); // The other's own work is not in it.
    expect(seen(() => disable(fd))).toBe(1n);
    expect(seen(() => enable(fd))).toBe(2n);
    process.leave(worker, section);
    expect(seen(() => {})).toBe(2n);
  });
  test('one after another they work for it, into one buffer (subr_kcov.c:290)', () => {
    const process = new Process();
    const { fd, section } = attached();
    enable(fd);
    for (const l of [process.lwp(), process.lwp()]) {
      process.enter(l, section);
      process.as(l, () => hit());
      process.leave(l, section);
    }
    expect(map(fd, 1)[0]).toBe(2n);
  });
  test('two at the same time: a panic (subr_kcov.c:285)', () => {
    const process = new Process();
    const { section } = attached();
    process.enter(process.lwp(), section);
    expectPanic(assertion('refs == 1'), () => process.enter(process.lwp(), section));
  });
  test('one leaves for another: the count agrees, and the one that was inside stays traced (subr_kcov.c:307)', () => {
    const process = new Process();
    const [inside, other] = [process.lwp(), process.lwp()];
    const { fd, section } = attached();
    enable(fd);
    process.enter(inside, section);
    process.leave(other, section);
    process.as(inside, () => hit());
    expect(map(fd, 1)[0]).toBe(1n);
  });
});
