import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { ALL } from '../all.ts';
import { emptyFolder, kcovjs, ROOT } from './kcovjs.ts';
import { Running } from './running.ts';

const TWELVE = join(ROOT, 'test/fixtures/campaign/twelve.mjs');
const NINE = join(ROOT, 'test/fixtures/campaign/nine.mjs');
const LETTERS = join(ROOT, 'test/fixtures/campaign/letters.mjs');

interface Listed {
  title: string;
  kind: string;
  file: string;
  count: number;
  reproduced: number;
}

/** `KCOVJS_KILLS=50 npx vitest run test/cli/campaign.test.ts` for the long one. */
const KILLS = Number(process.env['KCOVJS_KILLS'] ?? 2);

let running: Running[] = [];
const start = (args: readonly string[], cwd?: string): Running => {
  const one = new Running(args, cwd);
  running.push(one);
  return one;
};
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running = [];
});

const findings = (corpus: string, cwd: string): Listed[] =>
  kcovjs(['findings', corpus, '--json'], { cwd })
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Listed);

const isWhole = (folder: string, name: string): boolean =>
  createHash('sha1')
    .update(readFileSync(join(folder, name)))
    .digest('hex') === name;

const coveredBy = (one: Running): number =>
  Math.max(0, ...one.messages.map((message) => Number(message['covered'] ?? 0)));

/** Processes whose parent this is. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')[1]!.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Endless loops and full memory cost their limits at each turn: minutes, until all are found. */
const KINDS = [
  ...['error', 'error', 'error', 'error', 'detector', 'detector', 'rejection', 'exit', 'crash'],
  ...(ALL ? ['timeout', 'timeout', 'oom'] : []),
];

test('faults of all kinds are listed, each once, small and reproducible', async () => {
  const one = start([
    ...[
      'fuzz',
      ALL ? TWELVE : NINE,
      'corpus',
      '--workers',
      '2',
      '--keep-going',
      '--timeout',
      '3000',
      '--json',
    ],
    ...['--', '-rss_limit_mb=700'],
  ]);
  const folders = () =>
    new Set(one.messages.filter(({ type }) => type === 'finding').map(({ folder }) => folder));
  await one.until('findings', () => folders().size >= KINDS.length, 240_000);
  one.child.kill('SIGINT');
  const { code, stderr } = await one.end();
  const { cwd } = one;
  const found = findings('corpus', cwd);
  expect(found.map(({ kind }) => kind).sort(), stderr).toEqual(KINDS.sort());
  expect(new Set(found.map(({ title }) => title)).size).toBe(found.length);
  for (const { title, file, reproduced, count } of found) {
    const input = readFileSync(join(cwd, file)).toString('latin1');
    expect(input, title).toMatch(/^(aa|bb|cc|dd.|ee|ff|gg|hh|ii|jj|kk|ll)$/s);
    expect(reproduced, title).toBe(10);
    expect(count, title).toBeGreaterThan(0);
  }
  expect(code).toBe(77);
}, 400_000);

describe('a campaign', () => {
  test('that does not keep going ends with what it found first, and says where that is', async () => {
    const { code, stderr, cwd } = kcovjs(['fuzz', LETTERS, 'corpus', '--workers', '2']);
    expect(stderr).toMatch(/Uncaught Exception: Jazzer.js: Error: a word/);
    const [, file] = /Test unit written to (.+)/.exec(stderr)!;
    expect(readFileSync(join(cwd, file!)).toString().startsWith('word')).toBe(true);
    expect(code).toBe(77);
  }, 120_000);

  test('does not count as fuzzing the time in which it only looks at what was found', async () => {
    const cwd = emptyFolder();
    const slow = `export function fuzz(data) {
      if (data[0] !== 65) return;
      for (const end = performance.now() + 400; performance.now() < end; );
      throw new Error('late');
    }`;
    writeFileSync(join(cwd, 'slow.mjs'), slow);
    const one = start(['fuzz', 'slow.mjs', 'corpus', '--workers', '1', '--json'], cwd);
    expect((await one.end()).code).toBe(77);
    const { elapsed, fuzzed } = one.messages.at(-1) as { elapsed: number; fuzzed: number };
    // It is run again ten times.
    expect(elapsed - fuzzed).toBeGreaterThan(4000);
  }, 120_000);

  test('without a finding ends with exit code 0', () => {
    const { code } = kcovjs(['fuzz', LETTERS, 'corpus', '--workers', '2', '--', '-runs=2000', '-max_len=3']);
    expect(code).toBe(0);
  }, 120_000);

  test('has its folder for itself', async () => {
    const first = start(['fuzz', LETTERS, 'corpus', '--keep-going', '--json']);
    await first.until('a worker', () => childrenOf(first.child.pid!).length > 0);
    const { code, stderr } = kcovjs(['fuzz', LETTERS, 'corpus', '--keep-going'], { cwd: first.cwd });
    expect(stderr).toBe(
      `kcovjs: corpus: another campaign works there (process ${first.child.pid}); stop it or name another folder\n`,
    );
    expect(code).toBe(2);
  }, 120_000);

  test('finishes and reports at the first Ctrl-C', async () => {
    const one = start(['fuzz', LETTERS, 'corpus', '--keep-going', '--json']);
    await one.until('the finding', () => one.messages.some(({ type }) => type === 'finding'));
    one.child.kill('SIGINT');
    const { code } = await one.end();
    expect(code).toBe(77);
    expect(one.messages.at(-1)).toMatchObject({ type: 'summary' });
    expect(findings('corpus', one.cwd)).toHaveLength(1);
  }, 120_000);

  test('ends at once at the second', async () => {
    const one = start(['fuzz', TWELVE, 'corpus', '--keep-going', '--json']);
    await one.until('a finding', () => one.messages.some(({ type }) => type === 'finding'));
    one.child.kill('SIGINT');
    await one.until('the answer', () => one.stderr.includes('once more to end at once'));
    one.child.kill('SIGINT');
    expect((await one.end()).code).toBe(130);
  }, 120_000);

  test('whose reader goes away goes on', async () => {
    const one = start(['fuzz', LETTERS, 'corpus', '--keep-going', '--json', '--', '-max_total_time=5']);
    await one.until('a status', () => one.lines.length > 0);
    one.child.stdout!.destroy();
    expect((await one.end()).code).toBe(77);
    expect(findings('corpus', one.cwd)).toHaveLength(1);
  }, 120_000);

  test('refuses a target that cannot be loaded, and leaves nothing behind', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'broken.mjs'), "import './nowhere.mjs';\nexport function fuzz() {}\n");
    const { code, stderr } = kcovjs(['fuzz', 'broken.mjs', 'corpus', '--workers', '2'], { cwd });
    expect(stderr).toMatch(/^kcovjs: .*broken\.mjs: cannot be loaded: .*nowhere\.mjs.*\n$/);
    expect(code).toBe(2);
    expect(readdirSync(cwd)).toEqual(['broken.mjs']);
  }, 120_000);
});

describe('nothing is lost', () => {
  test(
    `when it is killed at any moment, ${KILLS} times`,
    async () => {
      const cwd = emptyFolder();
      const corpus = join(cwd, 'corpus');
      const filesOf = (): string[] => (existsSync(corpus) ? readdirSync(corpus) : []);
      let known = new Set<string>();
      let covered = 0;
      for (let i = 0; i < KILLS; i++) {
        const one = start(['fuzz', LETTERS, 'corpus', '--workers', '2', '--keep-going', '--json'], cwd);
        await one.until('an input', () => filesOf().length > 0);
        await setTimeout(Math.random() * 3000);
        const victims = childrenOf(one.child.pid!);
        // Now the parent, now one of its processes and then the parent.
        if (i % 2 === 1 && victims[0] !== undefined) process.kill(victims[0], 'SIGKILL');
        one.child.kill('SIGKILL');
        await one.end();
        covered = Math.max(covered, coveredBy(one));
        const names = new Set(readdirSync(corpus));
        for (const name of names) expect(isWhole(corpus, name), name).toBe(true);
        for (const name of known) expect(names, name).toContain(name);
        known = names;
      }
      const last = start(
        ['fuzz', LETTERS, 'corpus', '--keep-going', '--json', '--', '-max_total_time=5'],
        cwd,
      );
      await last.end();
      expect(coveredBy(last)).toBeGreaterThanOrEqual(covered);
      expect(coveredBy(last)).toBeGreaterThan(0);
      const state = join(cwd, 'corpus.kcovjs');
      for (const folder of readdirSync(join(state, 'findings')).filter((name) => !name.startsWith('.')))
        expect(() =>
          JSON.parse(readFileSync(join(state, 'findings', folder, 'finding.json'), 'utf8')),
        ).not.toThrow();
    },
    120_000 + KILLS * 30_000,
  );

  test('workers end when their campaign is killed', async () => {
    const one = start(['fuzz', LETTERS, 'corpus', '--workers', '2', '--keep-going', '--json']);
    await one.until('workers', () => childrenOf(one.child.pid!).length >= 2);
    const workers = childrenOf(one.child.pid!);
    one.child.kill('SIGKILL');
    const end = performance.now() + 30_000;
    while (workers.some((pid) => existsSync(`/proc/${pid}`)) && performance.now() < end)
      await setTimeout(100);
    expect(workers.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  }, 120_000);

  test('where the corpus folder is deleted while it runs', async () => {
    const one = start(['fuzz', LETTERS, 'corpus', '--keep-going', '--json']);
    await one.until('the finding', () => one.messages.some(({ type }) => type === 'finding'));
    rmSync(join(one.cwd, 'corpus'), { recursive: true });
    await setTimeout(1000);
    one.child.kill('SIGINT');
    expect((await one.end()).code).toBe(77);
    expect(findings('corpus', one.cwd)).toHaveLength(1);
  }, 120_000);
});

/** A file system of one megabyte, if it can be had. */
function smallDisk(): string | undefined {
  const folder = emptyFolder();
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]).status === 0
    ? folder
    : undefined;
}

test('a disk that is full is told of in a line, and what was found is kept when there is room again', async (context) => {
  const cwd = smallDisk();
  if (cwd === undefined) return context.skip('mount is refused here');
  try {
    const ballast = join(cwd, 'ballast');
    const one = start(['fuzz', LETTERS, 'corpus', '--keep-going', '--json'], cwd);
    await one.until('a worker', () => childrenOf(one.child.pid!).length > 0);
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']);
    await one.until('the note', () =>
      one.messages.some(({ type, text }) => type === 'note' && /no space left|ENOSPC/.test(String(text))),
    );
    rmSync(ballast);
    await one.until('the finding', () => one.messages.some(({ type }) => type === 'finding'));
    await one.until('an input', () => readdirSync(join(cwd, 'corpus')).length > 0);
    one.child.kill('SIGINT');
    expect((await one.end()).code).toBe(77);
    for (const name of readdirSync(join(cwd, 'corpus')))
      expect(isWhole(join(cwd, 'corpus'), name)).toBe(true);
    expect(findings('corpus', cwd)).toHaveLength(1);
  } finally {
    spawnSync('umount', ['-l', cwd]);
  }
}, 180_000);

test('a folder that cannot be written is one line', () => {
  const cwd = smallDisk();
  if (cwd === undefined) return;
  try {
    spawnSync('mount', ['-o', 'remount,ro', cwd]);
    const { code, stderr } = kcovjs(['fuzz', LETTERS, join(cwd, 'corpus'), '--keep-going']);
    expect(stderr).toMatch(/^kcovjs: .*corpus: cannot be written: EROFS; name another folder\n$/);
    expect(code).toBe(2);
  } finally {
    spawnSync('umount', ['-l', cwd]);
  }
});

test('a run that would not come back is shown by replay, as the finding says', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'input'), 'hh');
  const { code, stdout } = kcovjs(['replay', TWELVE, 'input', '--timeout', '500'], { cwd });
  expect(stdout).toMatch(/input \(2 bytes\): timeout: .*\n {4}at hh .*twelve\.mjs:15/);
  expect(code).toBe(77);
}, 60_000);

test('what the target read of its input stands beside the finding', async () => {
  const cwd = emptyFolder();
  const core = pathToFileURL(join(ROOT, 'node_modules/@jazzer.js/core/dist/core.js')).href;
  writeFileSync(
    join(cwd, 'decodes.mjs'),
    `import { FuzzedDataProvider } from '${core}';
    export function fuzz(data) {
      const provider = new FuzzedDataProvider(data);
      const number = provider.consumeIntegralInRange(0, 9);
      const text = provider.consumeString(3);
      if (number === 7) throw new Error('seven');
    }\n`,
  );
  kcovjs(['fuzz', 'decodes.mjs', 'corpus', '--workers', '1'], { cwd });
  const [found] = findings('corpus', cwd);
  expect(found).toMatchObject({ title: expect.stringContaining('seven') });
  const { decoded } = JSON.parse(readFileSync(join(cwd, found!.file, '../finding.json'), 'utf8')) as {
    decoded: string[];
  };
  expect(decoded[0]).toBe('consumeIntegralInRange(0, 9) → 7');
  expect(decoded[1]).toMatch(/^consumeString\(3\) → '/);
}, 120_000);

test('the regression test of a finding fails with it, and passes when it is mended', () => {
  const cwd = mkdtempSync(join(ROOT, 'test/fixtures/campaign/tmp-'));
  try {
    const target = join(cwd, 'target.mjs');
    writeFileSync(target, "export function fuzz(data) { if (data[0] === 0x41) throw new Error('A'); }\n");
    kcovjs(['fuzz', target, join(cwd, 'corpus'), '--workers', '1'], { cwd: ROOT });
    const [found] = findings(join(cwd, 'corpus'), ROOT);
    const run = () => spawnSync('npx', ['vitest', 'run', basename(cwd)], { cwd: ROOT, encoding: 'utf8' });
    const output = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;
    const file = resolve(ROOT, found!.file, '../regression.test.ts');
    // The package's own name does not resolve within it.
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        "'kcovjs/vitest'",
        JSON.stringify(join(ROOT, 'harness/vitest/index.ts')),
      ),
    );
    expect(output(run())).toMatch(/Error: A/);
    writeFileSync(target, 'export function fuzz() {}\n');
    expect(run().status).toBe(0);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}, 120_000);

test('ten workers on whatever cores there are stay in step', async () => {
  const one = start(['fuzz', LETTERS, 'corpus', '--workers', '10', '--keep-going', '--json']);
  const corpus = join(one.cwd, 'corpus');
  const copies = (): number[] =>
    Array.from({ length: 10 }, (_, i) => {
      const queue = join(one.cwd, `corpus.kcovjs/workers/${i + 1}/queue`);
      return existsSync(queue) ? readdirSync(queue).length : 0;
    });
  // Each has what the others found.
  await one.until('a finding', () => one.messages.some(({ type }) => type === 'finding'));
  await one.until('ten in step', () => copies().every((count) => count >= 5), 90_000);
  one.child.kill('SIGINT');
  expect((await one.end()).code).toBe(77);
  for (const name of readdirSync(corpus)) expect(isWhole(corpus, name), name).toBe(true);
  expect(findings('corpus', one.cwd).map(({ title }) => title)).toEqual([expect.stringMatching('a word of')]);
}, 180_000);

test('several targets get their turns', async () => {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'fuzz'));
  writeFileSync(join(cwd, 'fuzz', 'letters.mjs'), readFileSync(LETTERS));
  writeFileSync(
    join(cwd, 'fuzz', 'other.mjs'),
    "export function fuzz(data) { if (data.length === 7) throw new Error('seven'); }\n",
  );
  writeFileSync(
    join(cwd, 'fuzz', 'campaign.json'),
    JSON.stringify({
      workers: 1,
      maxTotalTime: 40,
      targets: [
        { target: 'letters.mjs', corpus: 'corpus/letters' },
        { target: 'other.mjs', corpus: 'corpus/other' },
      ],
    }),
  );
  const one = start(['campaign', 'fuzz/campaign.json', '--json'], cwd);
  await one.until(
    'a finding of each',
    () =>
      new Set(one.messages.filter(({ type }) => type === 'finding').map(({ target }) => target)).size === 2,
  );
  one.child.kill('SIGINT');
  const { code, stderr } = await one.end();
  expect(
    findings('fuzz/corpus/letters', cwd).map(({ title }) => title),
    stderr,
  ).toHaveLength(1);
  expect(
    findings('fuzz/corpus/other', cwd).map(({ title }) => title),
    stderr,
  ).toHaveLength(1);
  expect(code).toBe(77);
}, 180_000);

test('a mistake in a configuration is one line that names the field', () => {
  const cwd = emptyFolder();
  const lineFor = (config: unknown): string => {
    writeFileSync(join(cwd, 'campaign.json'), JSON.stringify(config));
    const { code, stderr } = kcovjs(['campaign', 'campaign.json'], { cwd });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr.trimEnd();
  };
  const target = { target: 't.mjs', corpus: 'c' };
  expect(lineFor({})).toMatch(/^kcovjs: campaign\.json: targets: expected array, received undefined$/);
  expect(lineFor({ targets: [] })).toMatch(/campaign\.json: targets: too small/);
  expect(lineFor({ targets: [{ ...target, weight: -1 }] })).toMatch(/targets\[0\]\.weight: too small/);
  expect(lineFor({ targets: [{ ...target, wieght: 1 }] })).toMatch(
    /targets\[0\]: unrecognized key: "wieght"/,
  );
  expect(lineFor({ targets: [target, target] })).toMatch(/targets\[1\]\.corpus: targets\[0\] has it too/);
  expect(lineFor({ targets: [target] })).toMatch(/t\.mjs: no such target/);
});
