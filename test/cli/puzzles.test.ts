import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kcovjs } from './kcovjs.ts';

/** A few of those that test/feedback/hints solves in process, here through libFuzzer and our mutator. */
const PUZZLES = [
  'be64-const',
  'byte-loop-xor',
  'five-checks',
  'json-value',
  'map-key',
  'regex-uuid',
  'holdout/query-string',
];

describe('from an empty corpus, in 15 seconds, a campaign solves', () => {
  test.each(PUZZLES)('%s', { timeout: 60_000 }, (name) => {
    const target = join(import.meta.dirname, `../fixtures/puzzles/${name}.cjs`);
    const { code, stderr } = kcovjs(['fuzz', target, '--', '-max_total_time=15']);
    expect(stderr).toContain('solved');
    expect(code).toBe(77);
  });
});
