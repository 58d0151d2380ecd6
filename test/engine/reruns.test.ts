import { describe, expect, it } from 'vitest';
import { run } from './by-hand.ts';

/** The frames of the report, and what was said after them. */
const reported = (stderr: string) => ({
  frames: [...stderr.matchAll(/^ {4}at (\S+)/gm)].map(([, name]) => name),
  notes: [...stderr.matchAll(/^kcovjs: (.*)$/gm)].map(([, note]) => note),
});

/** Fails deep inside, and writes into its input first. */
const DEEP = `(data) => {
  const isFound = isAB(data);
  data.fill(0);
  const inner = () => { throw new TypeError('found'); };
  const outer = () => inner();
  if (isFound) outer();
}`;

describe('the report of a run without stacks', () => {
  it.each([
    ['of the synchronous loop', 'sync'],
    ['of the asynchronous loop', 'async'],
  ])('has the stack, %s', (_, loop) => {
    const { result, stderr, files, read } = run(DEEP, ['-runs=2000000'], { loop });
    expect(result).toMatchObject({ code: 77, error: 'TypeError: found' });
    expect(reported(stderr)).toMatchObject({ frames: ['inner', 'outer', expect.any(String)], notes: [] });
    expect(read(files[0]!).subarray(0, 2).toString()).toBe('AB');
  });

  it.each([
    [
      'of a timer',
      `async () => { setTimeout(function tick() { throw new Error('found'); }); await later(50); }`,
      'Timeout.tick',
    ],
    [
      'of a rejection',
      `async () => { await later(); (function inner() { throw new Error('found'); })(); }`,
      'inner',
    ],
    [
      'of a callback',
      `(data, done) => { setTimeout(function tick() { done(new Error('found')); }); }`,
      'Timeout.tick',
    ],
    [
      'of an error that is frozen',
      `() => (function inner() { throw Object.freeze(new Error('found')); })()`,
      'inner',
    ],
    [
      'of a stack overflow',
      `() => { const down = () => 1 + down(); try { down(); } catch (error) { error.message = 'found'; error.name = 'Error'; throw error; } }`,
      'down',
    ],
    [
      'of a limit that the target sets for itself',
      `() => { Error.stackTraceLimit = 1; (function inner() { throw new Error('found'); })(); }`,
      'inner',
    ],
  ])('has that %s', (_, target, name) => {
    const { result, stderr } = run(target, ['-runs=10']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(reported(stderr).frames[0]).toBe(name);
    expect(reported(stderr).notes).toEqual([]);
  });

  it('has that of a bug detector in a hook', () => {
    const target = `(await import('node:child_process').then(({ default: cp }) => () => (function inner() {
      try { cp.execSync('jaz_zer'); } catch {}
    })()))`;
    const { result, stderr } = run(target, ['-runs=10'], { detectors: true });
    expect(result.error).toMatch(/^Error: Command Injection/);
    expect(reported(stderr).frames).toContain('inner');
  });
});

describe('an execution is repeated', () => {
  it('only for a stack', () => {
    const { result } = run(`((n) => () => { throw 'run ' + ++n; })(0)`, ['-runs=10']);
    expect(result).toMatchObject({ code: 77, error: 'run 1' });
  });

  it('not where stacks were asked for', () => {
    const { result, stderr } = run(`((n) => () => { throw new Error('run ' + ++n); })(0)`, ['-runs=10'], {
      stackTraces: true,
    });
    expect(result).toMatchObject({ code: 77, error: 'Error: run 1' });
    expect(reported(stderr).frames).not.toEqual([]);
  });

  it('not where it took so long that libFuzzer might call it a timeout', () => {
    const target = `((n) => () => {
      for (const start = Date.now(); Date.now() - start < 600; );
      throw new Error('run ' + ++n);
    })(0)`;
    const { result, stderr } = run(target, ['-runs=10', '-timeout=2']);
    expect(result).toMatchObject({ code: 77, error: 'Error: run 1' });
    expect(reported(stderr).notes).toEqual(['it took too long to be run anew for its stack']);
  });
});

describe('a failure that is not the same when it is run anew', () => {
  it('is reported as it was where nothing fails', () => {
    const { result, stderr, files } = run(`((n) => () => { if (n++ === 5) throw new Error('found'); })(0)`, [
      '-runs=100',
    ]);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(reported(stderr).notes).toEqual(['it did not happen again when the input was run anew']);
    expect(files).toHaveLength(1);
  });

  it('is reported as it was where another error comes', () => {
    const { result, stderr } = run(
      `((n) => () => { if (n++ === 0) throw new RangeError('found'); throw new TypeError('other'); })(0)`,
      ['-runs=100'],
    );
    expect(result).toMatchObject({ code: 77, error: 'RangeError: found' });
    expect(reported(stderr).notes).toEqual([
      'when it was run anew for its stack, it ended with TypeError: other',
    ]);
  });

  it('does not wait for a promise that never settles', () => {
    const target = `((n) => async () => {
      if (n++ === 0) setTimeout(() => { throw new Error('found'); });
      await new Promise(() => {});
    })(0)`;
    const { result, stderr } = run(target, ['-runs=100', '-timeout=4']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(reported(stderr).notes).toHaveLength(1);
  });
});

describe('a target that takes stacks apart', () => {
  const CALLER = `const caller = () => /at (\\S+)/.exec(new Error('x').stack)[1];`;

  it.each([
    'sync',
    'async',
  ])('gets them once it has failed for the lack, and that is no finding (%s)', (loop) => {
    const target = `() => { ${CALLER} pc(1); caller(); }`;
    const { result, stderr, files } = run(target, ['-runs=500'], { loop });
    expect(result).toMatchObject({ code: 0, stats: { runs: 500 } });
    expect(reported(stderr).notes).toEqual([expect.stringContaining('--stack-traces')]);
    expect(files).toEqual([]);
  });

  it('is fuzzed on', () => {
    const target = `(data) => { ${CALLER} caller(); if (isAB(data)) throw new Error('found'); }`;
    const { result, stderr } = run(target, ['-runs=2000000']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(reported(stderr).frames).not.toEqual([]);
  });

  it('gets them from the start where that was asked for', () => {
    const { result, stderr } = run(`() => { ${CALLER} caller(); }`, ['-runs=500'], { stackTraces: true });
    expect(result).toMatchObject({ code: 0, stats: { runs: 500 } });
    expect(reported(stderr).notes).toEqual([]);
  });
});

describe('a polluted prototype', () => {
  const found = /^Error: Prototype Pollution\n {4}Prototype of (\w+) changed/;

  it.each(['sync', 'async'])('is found with the input that did it (%s)', (loop) => {
    const target = `(data) => { if (data[0] === 0x41) Object.prototype.polluted = 1; }`;
    const { result, stderr, files, read } = run(target, ['-runs=2000000', '-max_len=8'], {
      detectors: true,
      loop,
    });
    expect(found.exec(result.error!)![1]).toBe('Object');
    expect(stderr).toMatch(/Uncaught Exception: Jazzer\.js: Prototype Pollution\n/);
    expect(read(files[0]!).subarray(0, 1).toString()).toBe('A');
  });

  it.each(['sync', 'async'])('that is seen late is traced to its input, which is written (%s)', (loop) => {
    const target = `(data) => {
      if (data[0] === 0x41) Object.defineProperty(Array.prototype, 'polluted', { value: 1, configurable: true });
    }`;
    const { result, stderr, files, read } = run(target, ['-runs=2000000', '-max_len=8'], {
      detectors: true,
      loop,
    });
    expect(found.exec(result.error!)![1]).toBe('Array');
    expect(reported(stderr).notes).toEqual([]);
    expect(files).toEqual([expect.stringMatching(/^crash-/)]);
    expect(stderr).toContain(`Test unit written to ./${files[0]}`);
    expect(read(files[0]!).subarray(0, 1).toString()).toBe('A');
  });

  it('that is seen late and cannot be undone is reported with all inputs that may have done it', () => {
    const target = `(data) => { if (data[0] === 0x41) Object.defineProperty(Array.prototype, 'polluted', { value: 1 }); }`;
    const { result, stderr, files, read } = run(target, ['-runs=2000000', '-max_len=8'], { detectors: true });
    expect(found.exec(result.error!)![1]).toBe('Array');
    expect(reported(stderr).notes).toEqual([
      expect.stringMatching(/^it came with this input or with one of the \d+ before it$/),
    ]);
    expect(files.some((file) => file.startsWith('crash-'))).toBe(true);
    expect(files.some((file) => read(file).subarray(0, 1).toString() === 'A')).toBe(true);
  });
});
