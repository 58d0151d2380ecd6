import { afterEach, describe, expect, test } from 'vitest';
import {
  ioctl,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../harness/index.ts';
import { kcovSilenceEnter, kcovSilenceLeave } from '../../src/kernel.ts';
import { attached, cleanUp, compare, hit, instrumented, kcov, map, traced } from './helpers.ts';
import { ioctlOf, mapOf, Process } from './lwps.ts';

afterEach(cleanUp);

describe('silence (subr_kcov.c:428, :437)', () => {
  test('PCs inside are not traced, before and after are (subr_kcov.c:606)', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    hit();
    kcovSilenceEnter();
    hit(5);
    expect(words[0]).toBe(1n);
    kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(2n);
  });
  test('comparisons inside are not traced, before and after are (subr_kcov.c:652)', () => {
    const { words } = traced(16, KCOV_MODE_TRACE_CMP);
    compare();
    kcovSilenceEnter();
    compare();
    kcovSilenceLeave();
    compare();
    expect(words[0]).toBe(2n);
  });
  test('instrumented code that silences itself', () => {
    const { words } = traced(64, KCOV_MODE_TRACE_PC);
    const run = instrumented<(enter: () => void, leave: () => void) => void>(
      `(function (enter, leave) {
        enter();
        for (let i = 0; i < 5; i++) if (i > 9) return;
        leave();
      })`,
      '/kernel/silent.js',
    );
    words[0] = 0n;
    run(kcovSilenceEnter, kcovSilenceLeave);
    const silent = Number(words[0]);
    words[0] = 0n;
    run(
      () => {},
      () => {},
    );
    expect(silent).toBeGreaterThan(0);
    expect(Number(words[0])).toBeGreaterThan(silent);
  });
  test('it does not nest: one leave ends any number of enters (subr_kcov.c:442)', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    kcovSilenceEnter();
    kcovSilenceEnter();
    kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(1n);
    kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(2n);
  });
  test('without a trace both are quiet, and nothing is remembered (subr_kcov.c:432, :441)', () => {
    kcovSilenceEnter();
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    hit();
    expect(words[0]).toBe(1n);
    kcovSilenceLeave();
  });
  test('it belongs to the LWP that asks, not to others (subr_kcov.c:430)', () => {
    const process = new Process();
    const flows = [process.lwp(), process.lwp()].map((l) => {
      const file = process.open(8);
      process.as(l, () => ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC));
      return { l, words: mapOf(file, 8) };
    });
    process.as(flows[0]!.l, () => flows[0]!.l.silenceEnter());
    for (const { l } of flows) process.as(l, () => hit());
    expect(flows.map(({ words }) => words[0])).toEqual([0n, 1n]);
  });
});

describe('silence stays in the KD (subr_kcov.c:433)', () => {
  test('over disable and enable, until somebody leaves', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    kcovSilenceEnter();
    ioctl(fd, KCOV_IOC_DISABLE);
    // Leaving without a KD ends nothing.
    kcovSilenceLeave();
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    hit();
    expect(words[0]).toBe(0n);
    kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(1n);
  });
  test('over a change of mode', () => {
    const { fd, words } = traced(16, KCOV_MODE_TRACE_PC);
    kcovSilenceEnter();
    ioctl(fd, KCOV_IOC_DISABLE);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP);
    compare();
    expect(words[0]).toBe(0n);
  });
  test('and another KD of the same LWP has none', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    kcovSilenceEnter();
    ioctl(fd, KCOV_IOC_DISABLE);
    const other = traced(8, KCOV_MODE_TRACE_PC);
    hit();
    expect([words[0], other.words[0]]).toEqual([0n, 1n]);
  });
  test('the next owner of the KD is silent as well (subr_kcov.c:401-403)', () => {
    const process = new Process();
    const [first, second, file] = [process.lwp(), process.lwp(), process.open(8)];
    process.as(first, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      first.silenceEnter();
      ioctlOf(file, KCOV_IOC_DISABLE);
    });
    process.as(second, () => {
      ioctlOf(file, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
      hit();
      second.silenceLeave();
      hit();
    });
    expect(mapOf(file, 1)[0]).toBe(1n);
  });
  test('a section stays silent over leave and enter, and for all its descriptors', () => {
    const { fd, section, enter, leave } = attached();
    const words = map(fd, 8);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    enter();
    kcovSilenceEnter();
    leave();
    enter();
    hit();
    leave();
    ioctl(fd, KCOV_IOC_DISABLE);
    const other = kcov();
    ioctl(other, KCOV_IOC_REMOTE_ATTACH, section);
    ioctl(other, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    enter();
    hit();
    expect(words[0]).toBe(0n);
    kcovSilenceLeave();
    hit();
    expect(words[0]).toBe(1n);
    leave();
  });
});
