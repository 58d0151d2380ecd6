import { afterEach, describe, expect, it } from 'vitest';
import { flag } from '../../harness/engine/flags.ts';
import { type EngineOptions, jazzerOptions } from '../../harness/engine/options.ts';

const fuzzerOptions = (options: EngineOptions) => jazzerOptions(options, true).get('fuzzerOptions');
const timeout = (options: EngineOptions) => jazzerOptions(options, true).get('timeout');

describe('what libFuzzer is given', () => {
  it('is the corpus, and then the flags as they are', () => {
    const given = fuzzerOptions({ corpus: ['a', 'b'], libFuzzerFlags: ['-runs=5', '-seed=1'] });
    expect(given.filter((one) => !one.startsWith('-timeout'))).toEqual(['a', 'b', '-runs=5', '-seed=1']);
  });

  it('ends a timeout as a finding ends, unless told otherwise', () => {
    expect(fuzzerOptions({})).toContain('-timeout_exitcode=77');
    const told = fuzzerOptions({ libFuzzerFlags: ['-timeout_exitcode=9'] });
    expect(flag(told, 'timeout_exitcode')).toBe('9');
  });
});

describe('the time that a run may take', () => {
  it.each<[string, EngineOptions, number]>([
    ["is Jazzer.js's by default", {}, 5000],
    ['is set in milliseconds', { timeout: 1500 }, 1500],
    ["is libFuzzer's flag in seconds, which wins", { timeout: 1500, libFuzzerFlags: ['-timeout=2'] }, 2000],
    ['is the last of several flags', { libFuzzerFlags: ['-timeout=2', '-timeout=3'] }, 3000],
    ['is not another flag with a like name', { libFuzzerFlags: ['-timeout_exitcode=1'] }, 5000],
  ])('%s', (_, options, expected) => expect(timeout(options)).toBe(expected));

  it('has no limit with -timeout=0, as libFuzzer has it', () => {
    expect(timeout({ libFuzzerFlags: ['-timeout=0'] })).toBeGreaterThan(365 * 86400 * 1000);
  });
});

describe('other options', () => {
  afterEach(() => {
    delete process.env['JAZZER_EXCLUDES'];
  });

  it('reach Jazzer.js under its names; what is not set keeps its default', () => {
    const options = jazzerOptions({ includes: ['lib'], disableBugDetectors: ['ssrf'] }, false);
    expect(options.get('includes')).toEqual(['lib']);
    expect(options.get('excludes')).toEqual([]);
    expect(options.get('disableBugDetectors')).toEqual(['ssrf']);
    expect(options.get('sync')).toBe(false);
    expect(jazzerOptions({}, true).get('excludes')).toEqual(['node_modules']);
  });

  it('come from the environment where they are not set, as with Jazzer.js', () => {
    process.env['JAZZER_EXCLUDES'] = '["vendor"]';
    expect(jazzerOptions({}, true).get('excludes')).toEqual(['vendor']);
    expect(jazzerOptions({ excludes: ['dist'] }, true).get('excludes')).toEqual(['dist']);
  });
});
