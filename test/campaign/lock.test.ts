import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lock } from '../../harness/campaign/lock.ts';
import { ROOT } from '../cli/kcovjs.ts';

let path: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'kcovjs-lock-')), 'lock');
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

/** Another process that takes the lock, and says whether it has it. */
async function taker(): Promise<{ child: ChildProcess; answer: string }> {
  const script = join(mkdtempSync(join(tmpdir(), 'kcovjs-lock-')), 'taker.mjs');
  const module = JSON.stringify(join(ROOT, 'dist/harness/campaign/lock.js'));
  writeFileSync(
    script,
    `import { lock } from ${module};
    const answer = await lock(process.argv[2], 'corpus').then(() => 'held', (error) => error.message);
    process.send(answer);
    setInterval(() => {}, 1000);`,
  );
  const child = fork(script, [path]);
  children.push(child);
  const [answer] = (await once(child, 'message')) as [string];
  return { child, answer };
}

test('who comes second is told who holds it', async () => {
  const { child } = await taker();
  await expect(lock(path, 'corpus')).rejects.toThrow(
    `corpus: another campaign works there (process ${child.pid}); stop it or name another folder`,
  );
});

test('it is free again when it is released, and nothing is left of it', async () => {
  (await lock(path, 'corpus')).release();
  expect(readdirSync(join(path, '..'))).toEqual([]);
  (await lock(path, 'corpus')).release();
});

test('a holder that was killed does not keep it', async () => {
  const { child, answer } = await taker();
  expect(answer).toBe('held');
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await lock(path, 'corpus')).release();
});

test('a holder that is stopped keeps it', async () => {
  const { child } = await taker();
  child.kill('SIGSTOP');
  await expect(lock(path, 'corpus')).rejects.toThrow('another campaign works there');
});

test('of many that come at once, over a lock that a crash has left, one holds it', async () => {
  const { child } = await taker();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const answers = await Promise.all(Array.from({ length: 6 }, taker));
  expect(answers.filter(({ answer }) => answer === 'held')).toHaveLength(1);
});

test('a path that is long is as good as any', async () => {
  const folder = join(path, '..', 'a'.repeat(200), 'b'.repeat(200));
  mkdirSync(folder, { recursive: true });
  (await lock(join(folder, 'lock'), 'corpus')).release();
});
