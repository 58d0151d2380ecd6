import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kcovjs, ROOT } from '../cli/kcovjs.ts';
import { Project } from './program.ts';

const project = new Project();
const PRELUDE = `
  import { fork, spawnSync } from 'node:child_process';
  register({ include: ['*'] });
  const env = { ...process.env, KCOVJS_INCLUDE: '*' };
  const IMPORT = ['--import', 'kcovjs/register'];
  const spawn = (...words) => spawnSync(process.execPath, [...IMPORT, 'child.mjs', ...words], { env, encoding: 'utf8' });
  const start = async (...words) => {
    const child = fork('child.mjs', words, { execArgv: IMPORT, env });
    await once(child, 'message');
    return { child, ask: async (...words) => { child.send(words); return (await once(child, 'message'))[0]; } };
  };
`;
const run = (body: string, temporary?: string): unknown => project.run(PRELUDE, body, temporary);

describe('a section that a child process has registered', () => {
  test('shows its parent what the child ran in it, with the child as it goes on', () =>
    expect(
      run(`
        const before = caught(() => attach(7, 1));
        const { child, ask } = await start('register:7:1');
        const { words, enable, disable } = attach(7, 1);
        await ask('section:7:1:50');
        enable();
        await ask('section:7:1:2', 'section:7:1:1');
        disable();
        const seen = places([...words.subarray(1, Number(words[0]) + 1)]);
        await ask('section:7:1:50');
        words[0] = 0n;
        enable();
        await ask('section:7:1:3');
        disable();
        child.kill();
        return { before, seen, after: words[0] };`),
    ).toEqual({
      before: 'ENOENT',
      seen: [
        'work child.mjs:4',
        'work child.mjs:7',
        'work child.mjs:7',
        'work child.mjs:4',
        'work child.mjs:7',
      ],
      after: 4,
    }));

  test('is read after any ioctl on the descriptor, before it is disabled', () =>
    expect(
      run(`
        const { child, ask } = await start('register:7:1');
        const { fd, words, enable } = attach(7, 1);
        enable();
        words[0] = 0n; // In the order of the manual: enable, reset, run, read.
        await ask('section:7:1:2');
        ioctl(fd, kcovjs.KCOV_IOC_SETBUFSIZE, 2);
        child.kill();
        return words[0];`),
    ).toBe(3));

  test('is there from its registration for a run that began before, also where the parent stood still', () =>
    expect(
      run(`
        const { remotes } = collect(() => spawn('register:8:1', 'section:8:1:4'), { remote: true });
        return remotes.map(({ subsystem, id, pcs }) => [subsystem, id, places(pcs)]);`),
    ).toEqual([[8, 1, ['work child.mjs:4', ...Array(4).fill('work child.mjs:7')]]]));

  test('gives comparisons in CMP mode', () =>
    expect(
      run(`
        const { remotes } = collect(() => spawn('register:8:1', 'section:8:1:2'), { mode: 'cmp', remote: true });
        return remotes[0].cmps.filter(({ size, constant }) => size === 1 && !constant).map(({ arg1, arg2 }) => [arg1, arg2]);`),
    ).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]));

  test('gathers what several children ran in it, one after the other', () =>
    expect(
      run(`
        spawn('register:8:1');
        const { words, enable, disable } = attach(8, 1);
        enable();
        for (const amount of [1, 2, 3]) spawn('section:8:1:' + amount);
        disable();
        return words[0];`),
    ).toBe(9));

  test('fills no more than there is', () =>
    expect(
      run(`
        const { remotes } = collect(() => spawn('register:8:1', 'section:8:1:200000', 'section:8:1:200000'), { remote: true });
        return [remotes[0].pcs.length, remotes[0].overflowed];`),
    ).toEqual([262_143, true]));
});

describe('child processes', () => {
  test('register a section once among them (subr_kcov.c:254)', () =>
    expect(
      run(`
        const { child } = await start('register:1:1');
        const second = spawn('register:1:1').stdout;
        child.kill();
        return [second, spawn('register:2:2', 'register:2:2').stdout];`),
    ).toEqual(Array(2).fill('kcov_remote_register: kr already exists\n')));

  test('take over the section of one that is gone, and whoever is attached stays so', () =>
    expect(
      run(`
        spawn('register:1:1');
        const { words, enable, disable } = attach(1, 1);
        enable();
        const second = spawn('register:1:1', 'section:1:1:3').stdout;
        disable();
        return [second, words[0]];`),
    ).toEqual(['', 4]));

  test('are in a section one at a time (subr_kcov.c:285), unless one was killed in it', () =>
    expect(
      run(`
        const { child } = await start('register:1:1', 'enter:1:1');
        const held = spawn('enter:1:1').stdout;
        child.kill('SIGKILL');
        await once(child, 'exit');
        return [held, spawn('enter:1:1').stdout];`),
    ).toEqual(['kernel diagnostic assertion "refs == 1" failed\n', '']));

  test('that nobody instruments, or whose parent is no harness, go on as they are', () => {
    const alone = spawnSync(process.execPath, ['child.mjs', 'register:1:1', 'section:1:1:3'], {
      cwd: project.folder,
      encoding: 'utf8',
    });
    expect(alone).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(
      run(`return spawnSync(process.execPath, ['child.mjs', 'section:1:1:3'], { encoding: 'utf8' }).stderr;`),
    ).toBe('');
  });

  test('leave nothing behind when the parent has ended', () => {
    const temporary = mkdtempSync(join(tmpdir(), 'kcovjs-left-'));
    const during = run(
      `spawn('register:1:1', 'section:1:1:3'); attach(1, 1).enable();
       return (await import('node:fs')).readdirSync(${JSON.stringify(temporary)}).length;`,
      temporary,
    );
    expect(during).toBe(1);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test('a bug in a child process is found step by step, and replayed with its trace', () => {
  const cwd = join(project.folder, 'campaign');
  cpSync(join(ROOT, 'test/fixtures/processes'), cwd, { recursive: true });
  const fuzzed = kcovjs(['fuzz', 'target.mjs', '--', '-max_total_time=90', '-seed=1'], { cwd });
  expect(fuzzed.stderr).toContain('Error: bug');
  expect(fuzzed.code).toBe(77);
  const found = readdirSync(cwd).find((name) => name.startsWith('crash-'))!;
  const { stdout } = kcovjs(['replay', 'target.mjs', found], { cwd });
  expect(stdout).toContain('remote section 1/1: 3 PCs');
  expect(stdout).toContain('parse.mjs:3');
});
