import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../harness/executor/fault.ts';
import { FindingStore } from '../../harness/findings/store.ts';
import { titleOf } from '../../harness/findings/title.ts';

let folder: string;
let store: FindingStore;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kcovjs-store-')), 'findings');
  store = new FindingStore(folder, () => {});
});

const fault = (message: string, line = 3): Fault => ({
  kind: 'error',
  error: { name: 'Error', message, stack: [`at parse (/app/parse.js:${line}:5)`] },
});
const add = (one: Fault, input = 'input', target = '/app/fuzz.js') => {
  const { key } = titleOf(one);
  const found = { fault: one, key, input: Buffer.from(input), target, command: ['replay'] };
  return store.add({ ...found, reproduced: 1, timeout: 5000 });
};
const find = (one: Fault) => store.find(titleOf(one).key, one);

test('a finding of a fuzz test has no test of its own: its input is one of the test that is there', () => {
  const { folder } = add(fault('no such thing'), 'AB', '/app/parser.test.ts#parses > anything');
  expect(readdirSync(folder)).not.toContain('regression.test.ts');
  expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toContain(
    '\nfixed       the command above passes then\n',
  );
});

test('a finding is a folder with all that belongs to it, and is there again after a restart', () => {
  const record = add(fault('no such thing'), 'AB');
  expect(readdirSync(record.folder).sort()).toEqual(
    ['README.txt', 'finding.json', 'input', 'originals', 'regression.test.ts'].sort(),
  );
  expect(readFileSync(record.file, 'utf8')).toBe('AB');
  store.seen(record.key!, 4, Buffer.from('CD'));
  store.update(record.key!, { input: Buffer.from('A'), reproduced: 10, examined: true });
  const again = new FindingStore(folder, () => {});
  expect(again.all).toEqual([expect.objectContaining({ count: 5, reproduced: 10, examined: true })]);
  expect(again.all[0]!.inputs).toHaveLength(2);
  expect(readFileSync(again.all[0]!.file, 'utf8')).toBe('A');
});

test('originals are bounded', () => {
  const { key } = add(fault('no such thing'));
  for (let i = 0; i < 30; i++) store.seen(key!, 1, Buffer.from(`${i}`));
  expect(readdirSync(join(store.get(key!)!.folder, 'originals'))).toHaveLength(10);
});

test('messages that differ only where no reader of the title sees it are one finding', () => {
  const long = 'the anchor must be set before its alias '.repeat(4);
  const first = add(fault(`${long}one`));
  expect(find(fault(`${long}other`))).toBe(first);
});

test('messages of one place that quote what was read are three findings, and then no more', () => {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
  for (const word of words)
    if (find(fault(`unknown tag ${word}`)) === undefined) add(fault(`unknown tag ${word}`));
  expect(store.all).toHaveLength(3);
  expect(find(fault('unknown tag zeta'))).toBe(store.all[2]);
  expect(find(fault('unknown tag eta', 9))).toBeUndefined();
});
