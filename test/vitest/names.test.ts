import { expect, test } from 'vitest';
import { kcovjs } from '../cli/kcovjs.ts';
import { project } from './project.ts';

const TEST = `
import { describe, test } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
describe('a parser', () => {
  fuzz.each(['objects', 'lists'])('reads %s', () => {});
  test('is no fuzz test', () => {});
});
`;
const cwd = project({ 'parser.test.ts': TEST, 'other.ts': TEST, 'corpus/one': '1' });

function refused(target: string): string {
  const { code, stderr } = kcovjs(['replay', target, 'corpus/one'], { cwd });
  expect(code).toBe(2);
  return stderr;
}

test('a name that no fuzz test of the file has is answered with those that there are', () => {
  expect(refused('parser.test.ts#a parser > reads')).toBe(
    `kcovjs: parser.test.ts#a parser > reads: ${cwd}/parser.test.ts has no fuzz test ` +
      `'a parser > reads'; it has 'a parser > reads objects', 'a parser > reads lists'\n`,
  );
});

test('a file that vitest does not take for a test file is named as such', () => {
  expect(refused('other.ts#a parser > reads lists')).toContain(
    `the configuration of vitest does not take ${cwd}/other.ts for a test file`,
  );
});
