import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type Imported, importInputs } from '../../harness/corpus/import.ts';
import { UsageError } from '../../harness/usage.ts';
import fc from '../fast-check.ts';

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-import-'));

function put(folder: string, files: Record<string, string | Uint8Array>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function imported(...paths: string[]): { inputs: Imported[]; lines: string[] } {
  const lines: string[] = [];
  return { inputs: [...importInputs(paths, (line) => lines.push(line))], lines };
}

const text = (input: Imported): string => Buffer.from(input.read()).toString('latin1');
const contents = (...paths: string[]): string[] => imported(...paths).inputs.map(text);

/** An archive as Python's zipfile writes it; `write` is a body that has `z`. */
function pythonZip(write: string): string {
  const path = join(emptyFolder(), 'corpus.zip');
  const script = `import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:\n${write.replace(/^/gm, ' ')}`;
  execFileSync('python3', ['-c', script, path]);
  return path;
}

describe('folders', () => {
  test('of libFuzzer: every file in them and below, sorted, hidden ones and campaigns aside', () => {
    const folder = put(emptyFolder(), {
      b: '2',
      a: '1',
      'deeper/c': '3',
      '.hidden': 'x',
      '.git/config': 'x',
      'corpus.kcovjs/state': 'x',
    });
    const { inputs, lines } = imported(folder);
    expect(inputs.map(({ name }) => name)).toEqual([`${folder}/a`, `${folder}/b`, `${folder}/deeper/c`]);
    expect(inputs.map(text)).toEqual(['1', '2', '3']);
    expect(inputs.every(({ kind }) => kind === 'input')).toBe(true);
    expect(lines).toEqual([]);
  });
  test('single files and several folders, in the order in which they are named', () => {
    const [one, other] = [put(emptyFolder(), { a: '1' }), put(emptyFolder(), { b: '2' })];
    expect(contents(join(other, 'b'), one, other)).toEqual(['2', '1', '2']);
  });
  test('with links: followed, but not around; those that lead nowhere are no inputs', () => {
    const folder = put(emptyFolder(), { 'in/a': '1' });
    symlinkSync(folder, join(folder, 'in/up'));
    symlinkSync(join(folder, 'in/a'), join(folder, 'link'));
    symlinkSync('/nowhere', join(folder, 'broken'));
    expect(contents(folder)).toEqual(['1', '1']);
  });
  test('with names that are no text, and with pipes, which would never end', () => {
    const folder = put(emptyFolder(), { a: '1' });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0xfe)]), '2');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(contents(folder)).toEqual(['1', '2']);
  });
  test('nothing at a path is a mistake of the caller', () => {
    expect(() => imported('/nowhere/at/all')).toThrow(
      new UsageError('/nowhere/at/all: no such file or folder; give inputs, corpus folders or zip files'),
    );
  });
});

describe('an output folder of AFL++ 4', () => {
  const instance = (name: string, id: string) => ({
    [`${name}/queue/id:000000,time:0,execs:0,orig:seed`]: `seed ${id}`,
    [`${name}/queue/id:000001,src:000000,time:12,execs:345,op:havoc,rep:2,+cov`]: `found ${id}`,
    [`${name}/queue/.state/deterministic_done/id:000000,time:0,execs:0,orig:seed`]: '',
    [`${name}/crashes/README.txt`]: 'Command line used to find this crash:',
    [`${name}/crashes/id:000000,sig:06,src:000000,time:99,execs:900,op:flip1,pos:0`]: `crash ${id}`,
    [`${name}/crashes.2026-11-20-10:00:00/id:000000,sig:11,src:000001,time:9,execs:80,op:havoc,rep:1`]: `old ${id}`,
    [`${name}/hangs/id:000000,src:000001,time:800,execs:9000,op:havoc,rep:4`]: `hang ${id}`,
    [`${name}/fuzzer_stats`]: 'start_time        : 1',
    [`${name}/fuzzer_setup`]: '# environment variables:',
    [`${name}/plot_data`]: '# relative_time, cycles_done',
    [`${name}/cmdline`]: './target',
    [`${name}/fuzz_bitmap`]: '\xff\xff',
    [`${name}/fastresume.bin`]: '\0\0',
    [`${name}/target_hash`]: 'abc',
    [`${name}/.cur_input`]: 'x',
    [`${name}/.synced/main`]: 'x',
  });
  const folder = put(emptyFolder(), { ...instance('default', '1'), ...instance('second', '2') });

  test('of one or several: queues, and apart from them what crashed and hung; no state of its own', () => {
    const found = imported(folder).inputs.map((input) => [input.kind, text(input)]);
    const of = (id: string) => [
      ['crash', `crash ${id}`],
      ['crash', `old ${id}`],
      ['hang', `hang ${id}`],
      ['input', `seed ${id}`],
      ['input', `found ${id}`],
    ];
    expect(found).toEqual([...of('1'), ...of('2')]);
  });
  test('one instance, or a folder of it', () => {
    expect(contents(join(folder, 'default'))).toHaveLength(5);
    expect(contents(join(folder, 'default/queue'))).toEqual(['seed 1', 'found 1']);
    expect(contents(join(folder, 'default/crashes'))).toEqual(['crash 1']);
  });
  test('a folder that only has such names is none', () => {
    expect(contents(put(emptyFolder(), { 'queue/a': '1', cmdline: '2' }))).toEqual(['2', '1']);
  });
});

describe('zip files', () => {
  test('of fflate: contents of every kind come back, packed or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1 }),
        fc.nat(9),
        (files, level) => {
          const path = join(emptyFolder(), 'corpus.zip');
          writeFileSync(
            path,
            zipSync(Object.fromEntries(files.map((data, i) => [`f${i}`, data])), { level: level as 0 }),
          );
          const { inputs } = imported(path);
          expect(inputs.map((input) => Buffer.from(input.read()).toString('hex')).sort()).toEqual(
            files.map((data) => Buffer.from(data).toString('hex')).sort(),
          );
        },
      ),
      { numRuns: 20 },
    );
  });
  test('of Python, as OSS-Fuzz has them: folders, comments, names that are there twice', () => {
    const path = pythonZip(
      [
        "z.writestr('corpus/', b'')",
        "z.writestr('corpus/a', b'1' * 5000)",
        "z.writestr('b', b'2', zipfile.ZIP_STORED)",
        'import warnings; warnings.simplefilter("ignore")',
        "z.writestr('b', b'3')",
        "z.comment = b'PK\\x05\\x06' * 10",
      ].join('\n'),
    );
    expect(contents(path)).toEqual(['1'.repeat(5000), '2', '3']);
    expect(imported(path).inputs[0]!.name).toBe(`${path}: corpus/a`);
  });
  test('of more than 65,535 files', () => {
    const path = pythonZip('for i in range(70000): z.writestr(str(i), str(i).encode(), zipfile.ZIP_STORED)');
    const { inputs } = imported(path);
    expect(inputs).toHaveLength(70_000);
    expect(text(inputs[69_999]!)).toBe('69999');
  });
  test('written to a pipe: sizes are in the directory alone', () => {
    const path = join(emptyFolder(), 'corpus.zip');
    const script =
      "import sys, zipfile\nwith zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('a', b'PK' * 1000)";
    writeFileSync(path, execFileSync('python3', ['-c', script]));
    expect(contents(path)).toEqual(['PK'.repeat(1000)]);
  });
  test('names lead nowhere: they are only names', () => {
    const path = pythonZip("z.writestr('../../etc/passwd', b'1')\nz.writestr('/etc/passwd', b'2')");
    expect(contents(path)).toEqual(['1', '2']);
  });
  test('a folder of nothing but archives', () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, '2026-11-01.zip'), zipSync({ a: Buffer.from('1') }));
    writeFileSync(join(folder, '2026-11-02.ZIP'), zipSync({ a: Buffer.from('2') }));
    const { inputs, lines } = imported(folder);
    expect(inputs.map(text)).toEqual(['1', '2']);
    expect(lines).toEqual([`${folder}: holds only zip files, which are taken for archives of inputs`]);
    // Beside others they are inputs: somebody fuzzes what reads archives.
    writeFileSync(join(folder, 'seed'), '3');
    expect(imported(folder).inputs).toHaveLength(3);
  });
});

describe('archives that are broken', () => {
  const sound = zipSync({ a: Buffer.from('1'.repeat(100)), b: Buffer.from('2') }, { level: 6 });
  const written = (bytes: Uint8Array): string => {
    const path = join(emptyFolder(), 'corpus.zip');
    writeFileSync(path, bytes);
    return path;
  };
  test('an entry that claims to be larger than anything is refused before it is unpacked', () => {
    const path = pythonZip("z.writestr('bomb', b'\\0' * (1 << 26))\nz.writestr('fine', b'1')");
    const { inputs } = imported(path);
    expect(() => inputs[0]!.read()).toThrow(`${path}: bomb: has 67108864 bytes, more than 16777216`);
    expect(text(inputs[1]!)).toBe('1');
  });
  test('an entry that claims to be smaller than it is is unpacked no further', () => {
    const path = pythonZip("z.writestr('bomb', b'\\0' * (1 << 26))");
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(10, bytes.indexOf('PK\x01\x02') + 24);
    const [bomb] = imported(written(bytes)).inputs;
    expect(() => bomb!.read()).toThrow('bomb: is damaged');
  });
  test('entries that share their bytes are refused', () => {
    const bytes = readFileSync(pythonZip("for i in range(9): z.writestr(str(i), b'\\0' * 100000)"));
    const first = bytes.indexOf('PK\x01\x02');
    for (let at = first; at !== -1; at = bytes.indexOf('PK\x01\x02', at + 1))
      bytes.writeUInt32LE(first - 100, at + 20);
    const path = written(bytes);
    expect(imported(path)).toEqual({ inputs: [], lines: [`${path}: its entries overlap`] });
  });
  test.each<[string, Uint8Array, RegExp]>([
    ['no archive at all', Buffer.from('hello'), /corpus\.zip: is no zip file, or is cut off$/],
    ['an empty file', Buffer.alloc(0), /corpus\.zip: is no zip file, or is cut off$/],
    ['one that lacks its end', sound.subarray(0, -10), /corpus\.zip: is no zip file, or is cut off$/],
    ['one that lacks its beginning', sound.subarray(20), /corpus\.zip: is (damaged|cut off)$/],
  ])('%s is one line', (_, bytes, message) => {
    const { inputs, lines } = imported(written(bytes));
    expect(inputs).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(message)]);
  });
  test('whatever is changed in one, it is read as it was, or refused in one line', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(sound);
        bytes[at]! ^= change;
        const { inputs, lines } = imported(written(bytes));
        expect(lines.length).toBeLessThanOrEqual(1);
        for (const input of inputs) {
          try {
            expect(['1'.repeat(100), '2']).toContain(text(input));
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
