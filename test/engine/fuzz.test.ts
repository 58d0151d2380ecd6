import { describe, expect, it } from 'vitest';
import { run } from './by-hand.ts';

describe('what is traced guides libFuzzer', () => {
  it('PCs: step by step to an input that fails', () => {
    const target = `(data) => {
      if (data[0] === 0x4b) { pc(1); if (data[1] === 0x43) { pc(2); if (data[2] === 0x4f) { pc(3); if (data[3] === 0x56) throw new Error('found'); } } }
    }`;
    const { result, stderr, files, read } = run(target, ['-runs=3000000']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(stderr).toMatch(/^==\d+== Uncaught Exception: Jazzer\.js: Error: found$/m);
    expect(stderr).toMatch(/Test unit written to \.\/crash-/);
    expect(files).toHaveLength(1);
    expect(read(files[0]!).subarray(0, 4).toString()).toBe('KCOV');
  });

  it('strings: a word that no chance would find', () => {
    const target = `(data) => { pc(1); if (equals('open sesame', data.toString('latin1'), 2)) throw new Error('found'); }`;
    const { result, files, read } = run(target, ['-runs=2000000']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(read(files[0]!).toString()).toBe('open sesame');
  });

  it('numbers: a word of four bytes', () => {
    const target = `(data) => { if (data.length >= 4) { pc(1); if (equals(0x6b636f76, data.readUInt32BE(0), 2)) throw new Error('found'); } }`;
    const { result, files, read } = run(target, ['-runs=2000000']);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(read(files[0]!).subarray(0, 4).toString()).toBe('kcov');
  });
});

describe('a run that finds nothing', () => {
  it('ends with 0, its lines on standard error', () => {
    const { result, stdout, stderr, files } = run('() => pc(1)', ['-runs=500']);
    expect(result).toMatchObject({ code: 0, stats: { runs: 500 } });
    expect(stderr).toMatch(/^Done 500 runs in \d+ second\(s\)$/m);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(files).toEqual([]);
  });

  it('is what every comparison is wanted of with -use_value_profile=1', () => {
    const { result } = run('() => pc(1)', ['-runs=500', '-use_value_profile=1']);
    expect(result.stats.compareRuns).toBe(500);
  });
});

describe('a promise in the synchronous loop', () => {
  it('asks for the other loop: no finding, no file', () => {
    const target = `(data) => later().then(() => { throw new Error('found'); })`;
    const { result, stderr, files } = run(target, ['-runs=500']);
    expect(result).toMatchObject({ code: 0, restart: 'async', stats: { runs: 1 } });
    expect(stderr).not.toMatch(/Uncaught/);
    expect(files).toEqual([]);
  });

  it('that comes late, and with a report of a detector, does too', () => {
    const target = `(data) => {
      if (data.length < 3) return;
      const { Finding } = loadJazzer().findings;
      globalThis.JazzerJS.set('firstFinding', new Finding('detected'));
      return Promise.reject(new Error('found'));
    }`;
    const { result, stderr, files } = run(target, ['-runs=500']);
    expect(result).toMatchObject({ code: 0, restart: 'async' });
    expect(result.stats.runs).toBeGreaterThan(1);
    expect(stderr).not.toMatch(/Uncaught/);
    expect(files).toEqual([]);
  });

  it('is passed over where the loop was asked for', () => {
    const { result } = run(`async () => { throw new Error('found'); }`, ['-runs=500'], { loop: 'sync' });
    expect(result).toMatchObject({ code: 0, stats: { runs: 500 } });
  });
});

describe('the asynchronous loop', () => {
  it.each([
    [
      'an async function takes it by itself',
      `async (data) => { await later(); if (isAB(data)) throw new Error('found'); }`,
      {},
    ],
    [
      'a callback takes it by itself',
      `(data, done) => { setTimeout(() => done(isAB(data) ? new Error('found') : undefined)); }`,
      {},
    ],
    [
      'a promise, where it was asked for',
      `(data) => later().then(() => { if (isAB(data)) throw new Error('found'); })`,
      { loop: 'async' },
    ],
    [
      'a plain function, where it was asked for',
      `(data) => { if (isAB(data)) throw new Error('found'); }`,
      { loop: 'async' },
    ],
    [
      'an error of a timer that nobody waits for',
      `async (data) => { if (isAB(data)) { setTimeout(() => { throw new Error('found'); }); await later(500); } }`,
      {},
    ],
  ])('%s', (_, target, options) => {
    const { result, stderr, files, read } = run(target, ['-runs=2000000', '-max_len=8'], options);
    expect(result).toMatchObject({ code: 77, error: 'Error: found' });
    expect(stderr).toMatch(/^==\d+== Uncaught Exception: Jazzer\.js: Error: found$/m);
    expect(read(files[0]!).subarray(0, 2).toString()).toBe('AB');
  });
});

describe('how a run ends', () => {
  it('a timeout with 77, after the time that was asked for', () => {
    const { status, stderr, files } = run('(data) => { if (data.length > 2) for (;;); }', ['-timeout=1']);
    expect(status).toBe(77);
    expect(stderr).toMatch(/libFuzzer: timeout after [12] seconds/);
    expect(files).toEqual([expect.stringMatching(/^timeout-/)]);
  });

  it.each([
    [
      'the error that was expected with 0',
      ['RangeError'],
      `() => { throw new RangeError('x'); }`,
      0,
      /INFO: Received expected error "RangeError"/,
    ],
    [
      'another error with 78',
      ['RangeError'],
      `() => { throw new TypeError('x'); }`,
      78,
      /"TypeError" is not in expected errors/,
    ],
    [
      'no error with 78',
      ['RangeError'],
      '() => {}',
      78,
      /Received no error, but expected one of \[RangeError\]/,
    ],
  ])('%s', (_, expectedErrors, target, code, line) => {
    const { result, stderr } = run(target, ['-runs=10'], { expectedErrors });
    expect(result.code).toBe(code);
    expect(stderr).toMatch(line);
  });
});
