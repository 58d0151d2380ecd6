import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { putAll } from '../../harness/corpus/output.ts';
import { inputName as nameOf } from '../../harness/inputs.ts';
import { UsageError } from '../../harness/usage.ts';

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-output-'));

function expectWhole(folder: string): void {
  for (const name of readdirSync(folder)) expect(nameOf(readFileSync(join(folder, name)))).toBe(name);
}

test('inputs stand under their SHA-1, beside what is there, and nothing else is left', () => {
  const parent = emptyFolder();
  const folder = join(parent, 'deep/corpus');
  putAll(folder, [Buffer.from('a'), Buffer.from('b'), Buffer.from('a')]);
  putAll(folder, [Buffer.from('b'), Buffer.from('')]);
  expectWhole(folder);
  expect(readdirSync(folder)).toHaveLength(3);
  expect(readdirSync(join(parent, 'deep'))).toEqual(['corpus']);
});

test('a folder that is a file is one line', () => {
  const path = join(emptyFolder(), 'file');
  writeFileSync(path, '');
  expect(() => putAll(path, [Buffer.from('a')])).toThrow(
    new UsageError(`${path}: cannot be written: EEXIST`),
  );
});

test('killed at any moment, every file that is there is whole', async () => {
  const module = resolve(import.meta.dirname, '../../dist/harness/corpus/output.js');
  const script = `
    import { putAll } from ${JSON.stringify(module)};
    function* inputs() { for (let i = 0; ; i++) yield Buffer.alloc(300_000, String(i)); }
    putAll('corpus', inputs());`;
  const cwd = emptyFolder();
  const folder = join(cwd, 'corpus');
  mkdirSync(folder);
  for (let round = 1; round <= 10; round++) {
    const before = readdirSync(folder).length;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd, stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (readdirSync(folder).length < before + 3 && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    await ended;
  }
  expect(readdirSync(folder).length).toBeGreaterThanOrEqual(30);
  expectWhole(folder);
});
