import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkExports, writeExports } from '../../harness/export/files.ts';
import { emptyFolder } from '../cli/kcovjs.ts';
import { campaign, finding } from '../screen/states.ts';

const state = campaign(754, { findings: [finding(1)], phase: 'done' });

test('the files that are asked for are written, and nothing else', () => {
  const cwd = emptyFolder();
  const options = { sarif: join(cwd, 'out/k.sarif'), junit: join(cwd, 'k.xml'), version: '1.2.3' };
  checkExports(options);
  writeExports(state, options, '/work/app');
  expect(readdirSync(cwd).sort()).toEqual(['k.xml', 'out']);
  expect(readdirSync(join(cwd, 'out'))).toEqual(['k.sarif']);
  expect(JSON.parse(readFileSync(options.sarif, 'utf8'))).toMatchObject({ version: '2.1.0' });
  expect(readFileSync(options.junit, 'utf8')).toMatch(/^<\?xml/);
});

test('what cannot be written is said beforehand, and in the end, in one line', () => {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'k.xml'));
  expect(() => checkExports({ sarif: '/dev/null/k.sarif', version: '1' })).toThrow(
    /^\/dev\/null\/k\.sarif: cannot be written: E\w+; name another file$/,
  );
  expect(() => writeExports(state, { junit: join(cwd, 'k.xml'), version: '1' })).toThrow(
    /k\.xml: cannot be written: EISDIR; name another file/,
  );
  expect(readdirSync(cwd)).toEqual(['k.xml']);
});
