import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Measured } from '../../harness/report/measure/measured.ts';
import { Symbolizer } from '../../harness/symbolize/symbolizer.ts';
import { KERNBASE } from '../../src/abi/text.ts';
import { ROOT } from '../cli/kcovjs.ts';
import { files, lineHits, measured } from './corpora.ts';

const names = ({ inputs }: Measured): string[] => inputs.map(({ path }) => basename(path));

/** What must not depend on when and where something ran. */
const lasting = ({ inputs, pcs, compares, details, modules, elf }: Measured) => ({
  inputs: inputs.map(({ path, milliseconds: _, ...rest }) => ({ ...rest, name: basename(path) })),
  pcs: [...pcs].sort(([a], [b]) => a - b),
  compares: [...compares],
  details: [...details],
  modules,
  elf: Buffer.from(elf).toString('base64'),
});

describe('a corpus', () => {
  const target = join(
    files({
      't.cjs': `const late = () => require('./late.cjs');
let table;
function lazily() {
  table ??= ['a', 'b'];
}
exports.fuzz = (data) => {
  const text = data.toString();
  lazily();
  for (const c of text) if (table.includes(c)) late().known(c);
  if (text.length === 9) throw new RangeError('nine');
};
`,
      'late.cjs': `exports.known = (c) => {
  if (c === 'b') return 1;
};
`,
    }),
    't.cjs',
  );

  test('counts as in one process, loading once, with its inputs in their order', async () => {
    const inputs = { z: 'x', y: 'x', long: 'xxaxbbxx', nine: '123456789', finding: 'bbb' };
    const result = await measured(target, inputs, { findings: ['finding'], jobs: 3 });
    expect(names(result)).toEqual(['y', 'z', 'long', 'nine', 'finding']);
    expect(lineHits(result)).toMatchObject({
      't.cjs:1': 1 + 3, // And three calls of the function that stands there.
      't.cjs:3': 4,
      't.cjs:4': 1, // The one time that it is assigned.
      'late.cjs:1': 1 + 3,
      'late.cjs:2': 2 + 1,
    });
    expect(result.inputs.map(({ fault }) => fault?.error.name)).toEqual([
      ...[undefined, undefined, undefined, 'RangeError', undefined],
    ]);
    expect(result.inputs.at(-1)).toMatchObject({ finding: 'of-finding', first: 0 });
    const smallest = [...result.pcs.values()].map((one) => one.smallest);
    expect(smallest.every((list) => !list.includes(4))).toBe(true);
    expect(result.modules.map(({ filename }) => basename(filename))).toEqual(['late.cjs', 't.cjs']);
  });

  test('gives what is first of an input: what no smaller one reaches', async () => {
    const { inputs, pcs } = await measured(target, { one: 'x', two: 'xx', a: 'xxa', b: 'xxbb' });
    const firsts = inputs.map((_, i) => [...pcs.values()].filter(({ smallest }) => smallest[0] === i).length);
    expect(inputs.map(({ first }) => first)).toEqual(firsts);
    expect(firsts[1]).toBe(0);
    expect(firsts[2]).toBeGreaterThan(0);
    const byLoading = [...pcs.values()].filter((reached) => reached.inputs === 0);
    expect(byLoading).toEqual([{ hits: 1, inputs: 0, smallest: [] }]);
    const all = [...pcs.values()].find((reached) => reached.inputs === 4);
    expect(all?.smallest).toEqual([0, 1, 2, 3]);
  });

  test('comes to the same, however many processes there are', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 350 }, (_, i) => [`i${i}`, 'x'.repeat(i % 7) + (i % 50 === 0 ? 'ab' : '') + i]),
    );
    const [one, three] = [
      await measured(target, many, { jobs: 1 }),
      await measured(target, many, { jobs: 3 }),
    ];
    expect(lasting(three)).toEqual(lasting(one));
    expect(one.inputs).toHaveLength(350);
  });
});

test('a corpus with inputs that hang, exit, abort and exhaust memory is measured whole', async () => {
  const target = join(
    files({
      't.cjs': `const cases = {
  loop() { for (;;); },
  exit() { process.exit(5); },
  kill() { process.kill(process.pid, 'SIGKILL'); },
  abort() { process.abort(); },
  native() { process.reallyExit = undefined; process.dlopen({ exports: {} }, '/nowhere'); },
  memory() { for (const list = []; ; ) list.push(new Array(1e6).fill(1)); },
  fine() { return 'fine'; },
};
exports.fuzz = (data) => cases[data.toString().split(' ')[0]]?.();
`,
    }),
    't.cjs',
  );
  const deadly = ['loop', 'exit', 'kill', 'abort', 'memory'];
  const inputs = Object.fromEntries(
    [...deadly, 'native', 'fine', 'fine again', 'x'].map((name) => [name, name]),
  );
  const result = await measured(target, inputs, { timeout: 1000, memory: 300 });
  expect(Object.fromEntries(result.inputs.map(({ path, fault }) => [basename(path), fault?.kind]))).toEqual({
    ...{ loop: 'timeout', exit: 'exit', kill: 'crash', abort: 'crash', memory: 'oom', native: 'error' },
    ...{ fine: undefined, 'fine again': undefined, x: undefined },
  });
  expect(lineHits(result)).toMatchObject({ 't.cjs:8': 2 });
  expect(result.notes.join()).toMatch(
    /and 1 more: the end of its process; what it reaches is not in the numbers/,
  );
});

describe('operands of comparisons', () => {
  test('are those that came closest, each pair once, as they were', async () => {
    const target = join(
      files({
        't.cjs': `exports.fuzz = (data) => {
  const text = data.toString();
  if (data[0] - 100 === -1) return 1;
  if (text === 'password') return 2;
  if (BigInt(data.length) === 10n) return 3;
  if (data.length / 2 === 0.25) return 4;
  if (text.includes('needle')) return 5;
  if (data.equals(Buffer.from([1, 2, 3]))) return 6;
  switch (text[0]) { case 'q': return 7; }
};
`,
      }),
      't.cjs',
    );
    const { compares, elf } = await measured(target, {
      a: 'pass',
      b: 'passwo',
      c: 'passwo',
      d: 'needl',
      e: 'aaaa',
    });
    const symbolizer = new Symbolizer(elf);
    const of = (line: number) =>
      [...compares]
        .filter(([pc]) => symbolizer.lookup(KERNBASE + BigInt(pc))?.line === line)
        .flatMap(([, list]) =>
          list.map(({ left, right, distance, input }) => [left.value, right.value, distance, input]),
        );
    // In the order of their sizes and names: a, e, d, b, c.
    expect(of(3)).toEqual([
      [-1, -3, 2, 1],
      [-1, 10, 11, 2],
      [-1, 12, 13, 0],
    ]);
    expect(of(4)).toEqual([
      ['password', 'passwo', 2, 3],
      ['password', 'pass', 4, 0],
      ['password', 'aaaa', 7, 1],
    ]);
    expect(of(5)).toContainEqual([10n, 6n, 4, 3]);
    expect(of(6)).toContainEqual([0.25, 2, 1.75, 0]);
    expect(of(7)[0]).toEqual(['needl', 'needle', 1, 2]);
    expect(of(8)[0]).toEqual([Buffer.from('pass'), Buffer.from([1, 2, 3]), 4, 0].map(asBytes));
    expect(of(9)).toContainEqual(['q', 'p', 1, 0]);
    expect([...compares.values()].every((list) => list.length <= 3)).toBe(true);
    const password = [...compares.values()].flat().find(({ left }) => left.value === 'password');
    expect(password).toMatchObject({ left: { constant: true }, right: { constant: false } });
  });

  const asBytes = (value: unknown): unknown => (Buffer.isBuffer(value) ? new Uint8Array(value) : value);

  test('are cut where they are long', async () => {
    const target = join(
      files({ 't.cjs': `exports.fuzz = (data) => data.toString() === 'short' && 1;` }),
      't.cjs',
    );
    const { compares } = await measured(target, { long: 'x'.repeat(100_000) });
    expect([...compares.values()].map(([pair]) => pair!.right.value)).toEqual(['x'.repeat(256)]);
  });
});

describe('details', () => {
  test('and operands are left out where nobody needs them, and nothing else', async () => {
    const code = 'exports.fuzz = (data) => data.length === 3 && 1;';
    const target = join(files({ 't.cjs': code }), 't.cjs');
    const inputs = { a: 'a', b: 'abc' };
    const [all, less] = [await measured(target, inputs), await measured(target, inputs, { closely: false })];
    expect(all.details.size).toBeGreaterThan(0);
    expect(all.compares.size).toBeGreaterThan(0);
    expect(lasting(less)).toEqual({ ...lasting(all), details: [], compares: [] });
  });

  test('have the trace in its order, what was read of the input, and the sections of other threads', async () => {
    const target = join(
      files({
        't.cjs': `const { FuzzedDataProvider } = require(${JSON.stringify(join(ROOT, 'node_modules/@jazzer.js/core'))});
exports.fuzz = (data) => {
  const provider = new FuzzedDataProvider(data);
  for (let i = provider.consumeIntegralInRange(0, 3); i > 0; i--) step();
};
function step() {}
`,
      }),
      't.cjs',
    );
    const { details, elf } = await measured(target, { input: 'abc\x02' });
    const symbolizer = new Symbolizer(elf);
    const { data, decoded, sections } = details.get(0)!;
    expect(Buffer.from(data).toString()).toBe('abc\x02');
    expect(decoded).toEqual(['consumeIntegralInRange(0, 3) → 2']);
    const lines = [...sections[0]!.pcs].map((pc) => symbolizer.lookup(KERNBASE + BigInt(pc))!.symbol);
    expect(lines.filter((symbol) => symbol === 'step')).toHaveLength(2);
    expect(lines.lastIndexOf('exports.fuzz')).toBeGreaterThan(lines.indexOf('step'));
  });

  test('name the remote section that something ran in', async () => {
    const target = join(ROOT, 'harness/targets/usb.ts');
    const { details, pcs, compares, elf } = await measured(
      target,
      { device: '\x12\x01\x00\x02' },
      { include: ['harness/targets/usb'] },
    );
    const { sections } = details.get(0)!;
    expect(sections[0]!.remote).toBeUndefined();
    expect(sections[1]).toMatchObject({ remote: { subsystem: '0', id: '1' }, overflowed: false });
    expect(sections[1]!.pcs.length).toBeGreaterThan(2);
    for (const pc of sections[1]!.pcs) expect(pcs.get(pc)?.smallest).toEqual([0]);
    const symbolizer = new Symbolizer(elf);
    const compared = [...compares.keys()].map((pc) => symbolizer.lookup(KERNBASE + BigInt(pc))?.file);
    expect(compared.map((file) => basename(file!))).toContain('descriptors.mjs');
  });

  test('of a trace that does not fit say so, and so do notes', async () => {
    const target = join(
      files({ 't.cjs': 'exports.fuzz = () => { for (let i = 0; i < 300000; i++) if (i < 0) return; };' }),
      't.cjs',
    );
    const { details, inputs, notes, pcs } = await measured(target, { a: 'a', b: 'bb' });
    expect(inputs.map(({ overflowed }) => overflowed)).toEqual([true, true]);
    expect(details.get(0)!.sections[0]!.overflowed).toBe(true);
    expect(notes).toEqual([`${inputs[0]!.path} and 1 more: the buffer was full; counts are a lower bound`]);
    expect(Math.max(...[...pcs.values()].map(({ hits }) => hits))).toBeGreaterThan(100_000);
  });
});
