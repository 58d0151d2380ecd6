import { expect, test } from 'vitest';
import { project, vitest } from './project.ts';

const TESTS = `
import { fuzz } from 'kcovjs/vitest';
fuzz('ends', { timeout: 300 }, (data) => {
  while (data[0] === 76);
});
fuzz('calls back', { timeout: 300 }, (data, done) => {
  while (data[0] === 76);
  done();
});
`;

test('an input that once did not end fails when the time of its test is over, and the others run', () => {
  const cwd = project({
    'a.test.ts': TESTS,
    'corpus/a/ends/regressions/timeout-in-ends': 'L',
    'corpus/a/ends/regressions/timeout-mended': 'M',
    'corpus/a/calls-back/regressions/timeout-in-calls-back': 'L',
  });
  const { states, output } = vitest(cwd);
  expect(states).toEqual({
    'ends > the empty input': 'passed',
    'ends > regressions/timeout-in-ends': 'failed',
    'ends > regressions/timeout-mended': 'passed',
    'calls back > the empty input': 'passed',
    'calls back > regressions/timeout-in-calls-back': 'failed',
  });
  expect(output).toContain('Error: Test timed out in 300ms.');
  expect(output).toContain('❯ a.test.ts:3:1\n');
});
