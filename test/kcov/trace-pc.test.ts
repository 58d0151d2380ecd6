import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import {
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../harness/index.ts';
import { compile } from '../instrument/fake-kernel.ts';
import { cleanUp, compare, hit, instrumented, kcov, map, PC_WORD, SYSCALL, traced } from './helpers.ts';

afterEach(cleanUp);

/** Both ways to emit a site are one behaviour: the callback that is called, and its body inlined at each site. */
const loop = instrumented<(n: number) => void>(
  '(function (n) { for (let i = 0; i < n; i++) { if (i < 0) return; } })',
  '/kernel/loop.js',
);
const TRACERS = { called: (n: number) => hit(n), inlined: (n: number) => loop(n) };
const tracers = Object.entries(TRACERS);

describe('guards, each alone keeps a PC out of the buffer (subr_kcov.c:585-614)', () => {
  test('not traced: no KD (subr_kcov.c:596)', () => {
    const words = map(kcov(8), 8);
    for (const [, trace] of tracers) trace(3);
    expect(words[0]).toBe(0n);
  });
  test('not enabled any more (subr_kcov.c:601)', () => {
    const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
    ioctl(fd, KCOV_IOC_DISABLE);
    for (const [, trace] of tracers) trace(3);
    expect(words[0]).toBe(0n);
  });
  test.each([KCOV_MODE_NONE, KCOV_MODE_TRACE_CMP])('mode %i (subr_kcov.c:611)', (mode) => {
    const { fd, words } = traced(8, mode);
    hit(3);
    ioctl(fd, KCOV_IOC_DISABLE);
    expect(words[0]).toBe(0n);
  });
  test('PC mode leaves comparisons out (subr_kcov.c:657)', () => {
    const { words } = traced(16, KCOV_MODE_TRACE_PC);
    compare(3);
    expect(words[0]).toBe(0n);
  });
});

describe('an entry (subr_kcov.c:617-621)', () => {
  test('is the PC, behind the count', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    hit(3);
    expect([...words]).toEqual([3n, PC_WORD, PC_WORD, PC_WORD, 0n, 0n, 0n, 0n]);
  });
  test('is written whole over what the user left there', () => {
    for (const [, trace] of tracers) {
      const { fd, words } = traced(8, KCOV_MODE_TRACE_PC);
      words.fill(0x5555555555555555n, 1);
      trace(1);
      const n = Number(words[0]);
      expect(n).toBeGreaterThan(0);
      for (let i = 1; i <= n; i++) expect(words[i]! >> 32n).toBe(0xffffffffn);
      expect(words[n + 1]).toBe(0x5555555555555555n);
      ioctl(fd, KCOV_IOC_DISABLE);
    }
  });
  test('goes where the user set the count, forwards and back', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    words[0] = 4n;
    hit(1);
    expect([...words]).toEqual([5n, 0n, 0n, 0n, 0n, PC_WORD, 0n, 0n]);
    words.fill(0n);
    hit(1);
    expect([...words.subarray(0, 3)]).toEqual([1n, PC_WORD, 0n]);
  });
});

describe('how many fit: one entry less than the buffer has (subr_kcov.c:196, :618)', () => {
  const SIZES = [2, 3, 4, 5, 6, 7, 8, 9, 512, 513, 1024];
  test.each(
    tracers.flatMap(([name, trace]) => SIZES.map((size) => ({ name, trace, size }))),
  )('$size entries, $name', ({ size, trace }) => {
    const fd = kcov(size);
    // The buffer goes on to the end of its last page; nothing is written there.
    const words = map(fd, Math.ceil(size / 512) * 512);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
    trace(2 * size);
    expect(words[0]).toBe(BigInt(size - 1));
    expect(words[size - 1]).not.toBe(0n);
    expect(words.subarray(size).every((word) => word === 0n)).toBe(true);
  });
  test.each(tracers)('the largest buffer, %s', (_name, trace) => {
    const { words } = traced(KCOV_BUF_MAX_ENTRIES, KCOV_MODE_TRACE_PC);
    trace(KCOV_BUF_MAX_ENTRIES + 10);
    expect(words[0]).toBe(BigInt(KCOV_BUF_MAX_ENTRIES - 1));
    expect(words[KCOV_BUF_MAX_ENTRIES - 1]! >> 32n).toBe(0xffffffffn);
  });
});

describe('a count that the user set beyond the limit (subr_kcov.c:618)', () => {
  const LIMIT = 7n; // Of a buffer of 8.
  test.each(
    tracers.flatMap(([name, trace]) =>
      [
        LIMIT,
        LIMIT + 1n,
        100n,
        2n ** 31n - 2n,
        2n ** 31n - 1n,
        2n ** 31n,
        2n ** 32n - 2n,
        2n ** 32n - 1n,
      ].map((count) => ({ name, trace, count })),
    ),
  )('$count: nothing is traced, $name', ({ trace, count }) => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    words[0] = count;
    trace(3);
    expect([...words]).toEqual([count, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });
  test('one below it: one more fits', () => {
    const { words } = traced(8, KCOV_MODE_TRACE_PC);
    words[0] = LIMIT - 1n;
    hit(3);
    expect([words[0], words[7]]).toEqual([LIMIT, PC_WORD]);
  });
  // The original reads 64 bits, and would trace nothing here.
  test('the count is its low half; the high half is neither read nor written (differs: subr_kcov.c:617)', () => {
    for (const [, trace] of tracers) {
      const { fd, words } = traced(4, KCOV_MODE_TRACE_PC);
      words[0] = 5n << 32n;
      trace(9);
      expect(words[0]).toBe((5n << 32n) + 3n);
      ioctl(fd, KCOV_IOC_DISABLE);
    }
  });
});

describe('instrumented code', () => {
  const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/syscall.js');
  const path = (request: number): bigint[] => {
    const { fd, words } = traced(64, KCOV_MODE_TRACE_PC);
    syscall(request);
    ioctl(fd, KCOV_IOC_DISABLE);
    return [...words.subarray(1, Number(words[0]) + 1)];
  };
  test('leaves another trace for another way through it, and the same for the same', () => {
    const paths = [-1, 7, 300, 41, 5].map(path);
    expect(new Set(paths.map(String)).size).toBe(5);
    expect([-1, 7, 300, 41, 5].map(path)).toEqual(paths);
  });
  test('gives what it gives without a trace', () =>
    expect([-1, 7, 300, 41, 5].map((request) => syscall(request))).toEqual([
      'EINVAL',
      'seven',
      'three hundred',
      'odd',
      'other',
    ]));
});

describe('cold: what runs before the system is up is not traced (subr_kcov.c:585)', () => {
  const DIST = pathToFileURL(resolve(import.meta.dirname, '../../dist/src')).href;
  const { code } = compile(`globalThis.f = ${SYSCALL};`, { standalone: true }, '/kernel/cold.js');
  /** In a process of its own, which nothing has booted. */
  const cold = (body: string): unknown => {
    const script = `
      import { runInThisContext } from 'node:vm';
      const load = () => runInThisContext(${JSON.stringify(code)});
      const user = () => import('${DIST}/user.js');
      ${body}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const TRACE = `
    const { open, ioctl, mmap } = await user();
    const counts = [1, 2].map((mode) => {
      const fd = open('/dev/kcov');
      ioctl(fd, ${0x80084b01}, 64);
      const words = new BigUint64Array(mmap(512, 3, 1, fd, 0).buffer, 0, 64);
      ioctl(fd, ${0x80044b02}, mode);
      f(41);
      ioctl(fd, ${0x20004b03});
      return Number(words[0]);
    });`;

  test('a stub stands in: the code runs, with every field as where nothing is traced', () =>
    expect(
      cold(`load();
        console.log(JSON.stringify([f(7), f(41), __kcov.end, __kcov.cmp, [...__kcov.buf]]));`),
    ).toEqual(['seven', 'odd', 0, 0, [0, 0]]));
  test('once it is up, code that was loaded cold is traced like any other', () => {
    const warm = cold(
      `${TRACE.replace('const counts', 'load(); const counts')} console.log(JSON.stringify(counts));`,
    );
    expect(cold(`load(); f(7); ${TRACE} console.log(JSON.stringify(counts));`)).toEqual(warm);
    for (const count of warm as number[]) expect(count).toBeGreaterThan(0);
  });
  test('code that annotates itself runs cold: sections and silence do nothing, and are not remembered', () =>
    expect(
      cold(`const api = await import('${DIST}/kernel.js');
        const calls = () => [
          api.kcovRemoteRegister(1, 2), api.kcovRemoteEnter(1, 2), api.kcovRemoteLeave(1, 2),
          api.kcovSilenceEnter(), api.kcovSilenceLeave(),
        ].length;
        const before = calls() + (load(), calls());
        (await import('${DIST}/boot.js')).boot();
        let panic;
        try { api.kcovRemoteEnter(1, 2); } catch (error) { panic = error.message; }
        console.log(JSON.stringify([before, panic]));`),
    ).toEqual([10, 'kcov_remote_enter: unable to find kr']));
  test('but the linker does not know it: its load went to the stub', () =>
    expect(
      cold(`load(); await user(); const { kldstat } = await import('${DIST}/ksyms/linker.js');
        (await import('${DIST}/boot.js')).boot();
        const before = kldstat().length; load();
        console.log(JSON.stringify([before, kldstat().length]));`),
    ).toEqual([1, 2]));
});

test('the callback and its inlined body leave the same PCs', () => {
  const run = (callbacks: 'inline' | 'call'): bigint[] => {
    const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/both.js', { callbacks });
    const { fd, words } = traced(64, KCOV_MODE_TRACE_PC);
    for (const request of [-1, 7, 300, 41, 5]) syscall(request);
    ioctl(fd, KCOV_IOC_DISABLE);
    return [...words];
  };
  expect(run('inline')).toEqual(run('call'));
});
