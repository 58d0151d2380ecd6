import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALL } from '../all.ts';
import { ROOT } from '../cli/kcovjs.ts';
import { installed, type Ran, run, VITEST } from './user.ts';

/** What is fuzzed under vitest 4 has tests of its own; the long tests fuzz the example too. */
const IS_WHOLE = VITEST.startsWith('5') || ALL;

const CORPUS = 'test/corpus/bencode';
const TEXT = `${CORPUS}/decode/takes-any-input`;
const PROPERTY = `${CORPUS}/decode-is-the-inverse-of-encode`;

describe(`the example, installed from the packed project, with vitest ${VITEST}`, () => {
  let folder: string;
  let fuzzed: Ran;
  const regressions = (of: string): string[] => readdirSync(join(folder, of, 'regressions'));
  const found = (of: string): string => regressions(of).find((name) => name.includes('error'))!;

  beforeAll(async () => {
    folder = await installed('docs/examples/vitest');
  }, 300_000);

  test('its types are right', async () => {
    expect(await run(folder, 'npm', 'run', '--silent', 'typecheck')).toEqual({ code: 0, output: '' });
  });

  test('seeds and past crashes are tests by their names', async () => {
    const { code, output } = await run(folder, 'npm', 'test', '--', '--reporter=verbose');
    expect(output).toContain(`v${VITEST}`);
    expect(output).toMatch(/✓ .* > decode > takes any input > regressions\/text-that-is-not-utf8 /);
    expect(output).toMatch(/✓ .* > decode > takes any input > seeds\/torrent /);
    expect(output).toMatch(/Tests +7 passed \(7\)/);
    expect(code).toBe(0);
  });

  describe('kcovjs vitest', { skip: !IS_WHOLE }, () => {
    beforeAll(async () => {
      fuzzed = await run(folder, 'env', 'KCOVJS_FUZZ=120', 'npm', 'run', 'fuzz', '--', '--reporter=verbose');
    }, 300_000);

    test('finds what is wrong, each in its test, and leaves the others alone', () => {
      expect(fuzzed.output).toMatch(/✓ .* > decode > reads a dictionary/);
      expect(fuzzed.output).toMatch(/× .* > decode > takes any input > fuzzing/);
      expect(fuzzed.output).toMatch(/× .* > decode is the inverse of encode > fuzzing/);
      expect(fuzzed.output).toMatch(/✓ .* > a stream gives the same values however it is cut > fuzzing/);
      expect(fuzzed.code).toBe(1);
    });

    test('says what was thrown, where, on which value, and what runs it again', () => {
      expect(fuzzed.output).toContain('RangeError: The number NaN cannot be converted to a BigInt');
      expect(fuzzed.output).toMatch(/❯ Decoder\.#integer src\/decode\.ts:\d+:\d+/);
      expect(fuzzed.output).toMatch(/fails with +\(.*\d{16}n.*\)/);
      expect(fuzzed.output).toContain(
        `npx vitest run test/bencode.test.ts -t 'decode.*takes any input.*${found(TEXT)}'`,
      );
    });

    test('keeps what it found among the regressions, and what is new in the cache', () => {
      expect(found(TEXT)).toMatch(/^rangeerror-the-number-nan/);
      expect(found(PROPERTY)).toMatch(/^assertionerror/);
      expect(existsSync(join(folder, CORPUS, 'a-stream-gives-the-same-values-however-it-is-cut'))).toBe(
        false,
      );
      const cache = join(folder, 'node_modules/.cache/kcovjs/fuzz/test-bencode.test.ts');
      expect(readdirSync(join(cache, 'decode/takes-any-input')).length).toBeGreaterThan(3);
    });

    test('from then on it is a test that fails', async () => {
      const { code, output } = await run(folder, 'npx', 'vitest', 'run', '--reporter=verbose');
      expect(output).toContain(`decode > takes any input > regressions/${found(TEXT)}`);
      expect(output).toContain(`decode is the inverse of encode > regressions/${found(PROPERTY)}`);
      const failed = regressions(TEXT).length - 1 + regressions(PROPERTY).length;
      expect(output).toMatch(new RegExp(`Tests +${failed} failed \\| 7 passed`));
      expect(code).toBe(1);
    });
  });

  test.runIf(IS_WHOLE)('all else that a fuzz test may be is there too', async () => {
    cpSync(join(ROOT, 'test/fixtures/vitest/features.ts'), join(folder, 'test/features.test.ts'));
    const config = `export default { test: { tags: [{ name: 'slow' }] } };`;
    writeFileSync(join(folder, 'vitest.config.ts'), config);
    expect(await run(folder, 'npm', 'run', '--silent', 'typecheck')).toEqual({ code: 0, output: '' });
    const ran = await run(folder, 'npx', 'vitest', 'run', 'features');
    expect(ran.output).toMatch(/Tests +7 passed \| 1 skipped \| 1 todo \(9\)/);
    const tagged = await run(folder, 'npx', 'vitest', 'run', 'features', '--tags-filter=slow');
    expect(tagged.output).toMatch(/Tests +1 passed/);
    const fuzzed = await run(folder, 'npx', 'kcovjs', 'vitest', 'features', '-t', 'values');
    expect(fuzzed.output).toMatch(/Tests +2 passed/);
    expect([ran.code, tagged.code, fuzzed.code]).toEqual([0, 0, 0]);
  });
});
