import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { Mutator } from '../../harness/engine/mutator.ts';
import { type Instruction, MACHINES } from '../../harness/engine/mutator-code.ts';
import { mutatorElf } from '../../harness/engine/mutator-elf.ts';
import { DRIVERS, type Driver } from './mutator-driver.ts';

const exec = promisify(execFile);
const BOX_SIZE = 16 + (1 << 20);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kcovjs-mutator-'));
});

const run = (command: string, args: string[], input?: Buffer): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'latin1', input, stdio: 'pipe', maxBuffer: 1 << 26 });

/** Another of the same machine's binutils. */
const tool = ({ as }: Driver, name: string): string => as.replace(/as$/, name);

describe.each(Object.keys(MACHINES))('the shared object for %s', (name) => {
  const machine = MACHINES[name]!;
  const driver = DRIVERS[name]!;
  const file = `mutator-${name}.so`;
  const elf = Buffer.from(mutatorElf(machine, BOX_SIZE));
  /** Where things are, as readelf sees it. */
  let symbols: Map<string, number>;
  let sections: Map<string, number>;

  beforeAll(() => {
    writeFileSync(join(folder, file), elf);
    const rows = (args: string, row: RegExp): Map<string, number> =>
      new Map(
        [...run('readelf', ['-W', args, file]).matchAll(row)].map((m) => [m[2]!, Number.parseInt(m[1]!, 16)]),
      );
    symbols = rows('--dyn-syms', /: ([0-9a-f]{16}) +\d+ FUNC +GLOBAL DEFAULT +\d+ (\w+)/g);
    sections = new Map(
      [...run('readelf', ['-SW', file]).matchAll(/\] (\.\S+) +\w+ +([0-9a-f]{16})/g)].map((m) => [
        m[1]!,
        Number.parseInt(m[2]!, 16),
      ]),
    );
  });

  it('has nothing that readelf or eu-elflint would warn of', () => {
    const { stdout, stderr } = spawnSync('readelf', ['-aW', file], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/warning|error|<corrupt>/i);
    expect(run('eu-elflint', ['--strict', file])).toBe('No errors\n');
    expect([...symbols.keys()]).toEqual(['LLVMFuzzerCustomMutator', 'napi_register_module_v1']);
  });

  it('has no segment that is both written and run, and a stack that is not run', () => {
    const segments = [
      ...run('readelf', ['-lW', file]).matchAll(/^ +(LOAD|DYNAMIC|GNU_STACK).* (R|RW|R E) +0x/gm),
    ];
    expect(segments.map(([, type, flags]) => `${type} ${flags}`)).toEqual([
      'LOAD R E',
      'LOAD RW',
      'DYNAMIC RW',
      'GNU_STACK RW',
    ]);
  });

  it('has the bytes that binutils makes of the listing', () => {
    const [text, box, got] = [sections.get('.text')!, sections.get('.bss')!, sections.get('.got')!];
    const listing = machine.listing({ text, box, got, boxSize: BOX_SIZE });
    const lines = Object.values(listing).flatMap((code: Instruction[]) =>
      code.map(({ assembly }) => assembly),
    );
    const syntax = name === 'x64' ? '.intel_syntax noprefix\n' : '';
    writeFileSync(join(folder, `${name}.s`), `${syntax}.text\n${lines.join('\n')}\n`);
    run(driver.as, [`${name}.s`, '-o', `${name}.o`]);
    const places = [`-Ttext=0x${text.toString(16)}`, `--defsym=box=${box}`, `--defsym=got=${got}`, '-e0'];
    run(driver.ld, [...places, `${name}.o`, '-o', `${name}.elf`]);
    run(tool(driver, 'objcopy'), ['-O', 'binary', '-j', '.text', `${name}.elf`, `${name}.bin`]);
    const bytes = Object.values(listing).flatMap((code: Instruction[]) => code.flatMap((one) => one.bytes));
    expect(Buffer.from(bytes).toString('hex')).toBe(
      readFileSync(join(folder, `${name}.bin`))
        .subarray(0, bytes.length)
        .toString('hex'),
    );
    expect(elf.subarray(text, text + bytes.length).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
  });

  it('is disassembled instruction by instruction', () => {
    const disassembly = run(tool(driver, 'objdump'), ['-d', file]);
    const listing = machine.listing({ text: 0, box: 0, got: 0, boxSize: BOX_SIZE });
    const count = Object.values(listing).reduce((sum, code: Instruction[]) => sum + code.length, 0);
    expect([...disassembly.matchAll(/^ +[0-9a-f]+:\t[0-9a-f ]+\t\w/gm)]).toHaveLength(count);
    expect(disassembly).not.toMatch(/\(bad\)|undefined/);
  });

  interface Case {
    size: number;
    max: number;
    length?: number;
    limit?: number;
    connected?: boolean;
  }

  /** Calls a function as libFuzzer or Node would. */
  function call(symbol: string, { size, max, length = 0, limit = 0xffffffff, connected = true }: Case) {
    const program = `driver-${name}`;
    if (!existsSync(join(folder, program))) {
      writeFileSync(join(folder, `image-${name}`), mapped(elf, sections.get('.bss')!));
      writeFileSync(
        join(folder, `${program}.s`),
        driver.source(`image-${name}`, sections.get('.got')!, BOX_SIZE),
      );
      run(driver.as, [`${program}.s`, '-o', `${program}.o`]);
      run(driver.ld, ['--no-warn-rwx-segments', `${program}.o`, '-o', program]);
    }
    const request = Buffer.alloc(104);
    [symbols.get(symbol)!, size, max].forEach((value, i) => {
      request.writeBigUInt64LE(BigInt(value), 8 * i);
    });
    request.writeUInt32LE(length, 24);
    request.writeUInt32LE(limit, 28);
    request.writeUInt32LE(Number(connected), 32);
    for (let i = 0; i < 64; i++) request[40 + i] = i + 1;
    const [command, ...args] = [...driver.emulator, join(folder, program)];
    const answer = Buffer.from(run(command!, args, request), 'latin1');
    const words = Array.from({ length: 7 }, (_, i) => Number(answer.readBigUInt64LE(8 * i)));
    return {
      result: words[0]!,
      passed: words.slice(1),
      length: answer.readUInt32LE(56),
      limit: answer.readUInt32LE(60),
      data: [...answer.subarray(72)],
    };
  }

  const mutate = (request: Case) => call('LLVMFuzzerCustomMutator', request);
  const zeros = (n: number): number[] => Array(n).fill(0) as number[];

  it.each([1, 7, 64])('a candidate of %i bytes is the input, once', (length) => {
    const bytes = Array.from({ length }, (_, i) => i + 1);
    const { result, data, ...rest } = mutate({ size: 3, max: 64, length, limit: 9 });
    expect([result, data]).toEqual([length, [...bytes, ...zeros(64 - length)]]);
    expect(rest).toEqual({ length: 0, limit: 9, passed: zeros(6) });
  });

  it('a candidate that is too long waits, and libFuzzer mutates', () => {
    const { result, passed, length, data } = mutate({ size: 3, max: 6, length: 7 });
    expect([result, passed.slice(0, 3), length]).toEqual([99, [0, 3, 6], 7]);
    expect(data).toEqual(zeros(64));
  });

  it.each([
    ['no limit', { size: 3, max: 50 }, 50],
    ['a limit', { size: 3, max: 50, limit: 20 }, 20],
    ['a limit above max_size', { size: 3, max: 50, limit: 60 }, 50],
    ['a limit below the size, which is kept', { size: 30, max: 50, limit: 20 }, 30],
    ['a size above max_size', { size: 60, max: 50, limit: 20 }, 50],
    ['lengths of more than 32 bits', { size: 2 ** 33, max: 2 ** 34, limit: 0xffffffff }, 2 ** 33],
  ])('libFuzzer mutates within %s', (_, request, max) => {
    const { result, passed } = mutate(request);
    expect([result, ...passed.slice(0, 3)]).toEqual([99, 0, request.size, max]);
  });

  it('leaves the input as it is where libFuzzer is not known', () => {
    const { result, passed } = mutate({ size: 5, max: 50, connected: false });
    expect([result, passed]).toEqual([5, zeros(6)]);
  });

  it('gives Node the box as its exports', () => {
    const { result, passed } = call('napi_register_module_v1', { size: 0, max: 0 });
    // env, the box, its size, no finalizer, no hint; the value that Node sets is the result.
    expect([result, ...passed]).toEqual([55, 0, 0, BOX_SIZE, 0, 0, 0]);
  });
});

/** What the dynamic linker maps of a shared object, up to where its content ends. */
function mapped(elf: Buffer, size: number): Buffer {
  const memory = Buffer.alloc(size);
  for (let i = 0; i < elf.readUInt16LE(56); i++) {
    const at = 64 + 56 * i;
    if (elf.readUInt32LE(at) !== 1) continue;
    const [offset, address, length] = [8, 16, 32].map((field) => Number(elf.readBigUInt64LE(at + field)));
    elf.copy(memory, address, offset, offset! + length!);
  }
  return memory;
}

describe('the box', () => {
  it('refuses what libFuzzer would not take or what does not fit', () => {
    const mutator = new Mutator(new ArrayBuffer(16 + 8));
    expect(mutator.capacity).toBe(8);
    for (const length of [0, 9])
      expect(() => mutator.offer(new Uint8Array(length))).toThrow(`1 to 8 bytes, not ${length}`);
    expect(mutator.pending).toBe(false);
    mutator.offer(new Uint8Array(8));
    expect(mutator.pending).toBe(true);
  });
});

describe('with libFuzzer', () => {
  const built = (name: string): string =>
    JSON.stringify(new URL(`../../dist/harness/engine/${name}.js`, import.meta.url).href);

  /** Fuzzes in a process of its own. `body` is the target; `seen` has what ran so far. */
  async function fuzz(body: string, { loop = '', flags = ['-runs=2000'], env = {}, after = '' } = {}) {
    const script = `
      import { loadAddon } from ${built('addon')};
      import { loadMutator } from ${built('mutator')};
      import { requireFromCore } from ${built('resolve')};
      loadAddon({ mutator: true });
      const mutator = loadMutator();
      const { addon } = requireFromCore()('@jazzer.js/fuzzer/dist/addon.js');
      const counters = Buffer.alloc(64);
      addon.registerModuleCounters(counters);
      const seen = [], told = {};
      const target = ${loop === 'Async' ? 'async' : ''} (data) => {
        seen.push(Buffer.from(data));
        counters[0] = 1;
        ${body}
      };
      const flags = ['fuzzer', '-seed=1', ...${JSON.stringify(flags)}];
      await addon.startFuzzing${loop}(target, flags${loop === 'Async' ? '' : ', () => {}'});
      ${after}
      console.log(JSON.stringify(told));`;
    const { stdout, stderr } = await exec(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    return { told: JSON.parse(stdout) as Record<string, unknown>, stderr };
  }

  it.each([
    ['sync', ''],
    ['async', 'Async'],
  ])('candidates are the next inputs of the %s loop, and other inputs are mutated', async (_, loop) => {
    const { told, stderr } = await fuzz(
      `
        const n = seen.length;
        if (n > 100 && n <= 200) {
          told.taken ??= 0;
          if (!mutator.pending && data.toString() === 'candidate ' + n) told.taken++;
        }
        if (n >= 100 && n < 200) mutator.offer(Buffer.from('candidate ' + (n + 1)));`,
      {
        loop,
        flags: ['-runs=2000', '-max_len=100'],
        after: `
          told.runs = seen.length > 1900;
          const others = seen.slice(200);
          told.different = new Set(others.map(String)).size > 500;
          told.longest = Math.max(...others.map((one) => one.length));
          told.candidates = others.filter((one) => /^candidate \\d+$/.test(one)).length;`,
      },
    );
    expect(stderr).toMatch(/found LLVMFuzzerCustomMutator/);
    expect(stderr).not.toContain('kcovjs:');
    expect(told).toEqual({ taken: 100, runs: true, different: true, longest: 100, candidates: 0 });
  });

  it('a candidate of the full length arrives whole', async () => {
    const { told } = await fuzz(
      `
        const candidate = () => Buffer.from(Uint8Array.from({ length: mutator.capacity }, (_, i) => i * 31 + (i >> 8)));
        if (seen.length === 50) mutator.offer(candidate());
        if (seen.length === 51) told.whole = candidate().equals(data);`,
      { flags: ['-runs=100', `-max_len=${1 << 20}`] },
    );
    expect(told).toEqual({ whole: true });
  });

  it('the limit holds for mutations, and not for candidates', async () => {
    const { told } = await fuzz(
      `
        const n = seen.length;
        if (n === 1) mutator.limit = 8;
        if (n === 1500) mutator.limit = 20;
        if (n === 3000) mutator.offer(Buffer.alloc(90));
        const part = n <= 1500 ? 'first' : n <= 3000 ? 'second' : n === 3001 ? 'candidate' : n <= 3006 ? 'itsMutations' : 'rest';
        told[part] = Math.max(told[part] ?? 0, data.length);`,
      { flags: ['-runs=4000', '-max_len=100'] },
    );
    // libFuzzer goes on with what the mutator gave it, up to five times.
    expect(told).toEqual({ first: 8, second: 20, candidate: 90, itsMutations: 90, rest: 20 });
  });

  it('one file is made, and used by all', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const cache = join(home, 'kcovjs');
    const mutators = () => readdirSync(cache).filter((name) => name.startsWith('mutator-'));
    const env = { XDG_CACHE_HOME: home };
    await Promise.all([1, 2, 3].map(() => fuzz('', { flags: ['-runs=10'], env })));
    expect(mutators()).toHaveLength(1);
    const path = join(cache, mutators()[0]!);
    expect(readFileSync(path).equals(mutatorElf(MACHINES[process.arch]!, BOX_SIZE))).toBe(true);
    const { ino } = statSync(path);
    await fuzz('', { flags: ['-runs=10'], env });
    expect(statSync(path).ino).toBe(ino);
  });

  it('libFuzzer is found in a file that another process has put anew since it was loaded', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const script = `
      import { copyFileSync, renameSync } from 'node:fs';
      import { createRequire } from 'node:module';
      import { addonPath, loadAddon } from ${built('addon')};
      import { Mutator } from ${built('mutator')};
      loadAddon();
      const { filename } = createRequire(import.meta.url).cache[addonPath()];
      const isCopy = filename.startsWith(${JSON.stringify(home)});
      if (isCopy) {
        copyFileSync(filename, filename + '.new');
        renameSync(filename + '.new', filename);
      }
      const mutator = new Mutator(new ArrayBuffer(1024));
      mutator.connect(filename);
      console.log(isCopy, mutator.connected);`;
    const { stdout } = await exec(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, XDG_CACHE_HOME: home },
    });
    // A system that is new enough loads the file of the package itself.
    expect(stdout).toMatch(/^(?:true|false) true\n$/);
  });

  it('where no folder takes it, one line says so, and there is none', async () => {
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    const script = `
      import { loadMutator } from ${built('mutator')};
      console.log([loadMutator(), loadMutator()].join() === ',');`;
    const { stdout, stderr } = await exec(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, XDG_CACHE_HOME: file, TMPDIR: file },
    });
    expect(stdout).toBe('true\n');
    expect(stderr).toMatch(/^kcovjs: no mutator of our own: .*ENOTDIR.*\n$/);
  });
});
