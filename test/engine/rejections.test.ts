import { describe, expect, it } from 'vitest';
import { run } from './by-hand.ts';

/** Fails for one input only, and leaves the loop to go on for all others. */
const onAB = (statement: string): string => `(data) => { if (isAB(data)) { ${statement} } }`;

describe('what a synchronous run leaves for the end of the tick belongs to that run', () => {
  it.each([
    ['a rejection that nobody handles', `Promise.reject(new Error('found'));`],
    ['an async function that nobody waits for', `(async () => { await null; throw new Error('found'); })();`],
    ['a next tick', `process.nextTick(() => { throw new Error('found'); });`],
    ['a microtask', `queueMicrotask(() => { throw new Error('found'); });`],
  ])('%s is a finding, with its input and its stack', (_, statement) => {
    const { result, stderr, files, read } = run(onAB(statement), ['-runs=2000000', '-max_len=8']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(stderr).toMatch(/^ {4}at /m);
    expect(files).toHaveLength(1);
    expect(read(files[0]!).subarray(0, 2).toString()).toBe('AB');
  });

  it('a rejection that is handled before the end is none', () => {
    const target = `() => { const one = Promise.reject(new Error('found')); queueMicrotask(() => one.catch(() => {})); }`;
    expect(run(target, ['-runs=500']).result).toMatchObject({ code: 0, stats: { runs: 500 } });
  });

  it('a rejection that the target handles itself is none', () => {
    const target = `(process.on('unhandledRejection', () => {}), () => { Promise.reject(new Error('found')); })`;
    expect(run(target, ['-runs=500']).result).toMatchObject({ code: 0, stats: { runs: 500 } });
  });

  it('continuations are traced', () => {
    const target = `(data) => {
      queueMicrotask(() => {
        if (data[0] === 0x4b) { pc(1); if (data[1] === 0x43) { pc(2); if (data[2] === 0x4f) { pc(3); if (data[3] === 0x56) throw new Error('found'); } } }
      });
    }`;
    const { result, files, read } = run(target, ['-runs=3000000']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(read(files[0]!).subarray(0, 4).toString()).toBe('KCOV');
  });

  it('what is thrown goes before what is rejected', () => {
    const target = `() => { Promise.reject(new Error('later')); throw new Error('found'); }`;
    expect(run(target, ['-runs=10']).result).toMatchObject({ code: 77, error: 'Error: found' });
  });
});
