import { expect, test } from 'vitest';
import { Folds } from '../../../harness/report/model/fold.ts';
import type { DetailChunk } from '../../../harness/report/page/data.ts';
import fc from '../../fast-check.ts';
import { callPrograms } from './call-programs.ts';
import { chunksOf, measure } from './measuring.ts';
import { type Node, treeOf, unfolded, written } from './trees.ts';

/** `KCOVJS_TREES_RUNS=3000 npx vitest run test/report/model/traces.test.ts --testTimeout=3600000` for an hour. */
const RUNS = Number(process.env['KCOVJS_TREES_RUNS'] ?? 40);

/** The tree that a program writes down itself. */
class Recorded {
  readonly root: Node = { name: '', calls: [] };
  readonly #open = [this.root];
  #fuel = 60;

  enter(name: string): void {
    const node: Node = { name, calls: [] };
    this.#open.at(-1)!.calls.push(node);
    this.#open.push(node);
    if (this.#fuel-- <= 0) throw new Error('no more fuel');
  }

  leave(): void {
    this.#open.pop();
  }
}

async function bothTrees(
  text: string,
  inputs: readonly unknown[],
): Promise<{ real: string[]; read: string[] }> {
  const trees: Recorded[] = [];
  let at = -1;
  const tree = {
    enter: (name: string) => trees[at]!.enter(name),
    leave: () => trees[at]!.leave(),
  };
  const run = {
    name: 'program.js',
    text: text.replace('exports.run = f0', 'exports.run = (n) => { begin(); f0(n); }'),
  };
  const globals = {
    tree,
    list: [],
    begin: () => {
      at++;
      trees.push(new Recorded());
    },
  };
  const measured = await measure(run, inputs, globals);
  const chunk = chunksOf(measured).get('details-0') as DetailChunk;
  const read = inputs.map((_, i) => written(treeOf(chunk, i)[0]!.calls));
  return { real: inputs.map((_, i) => written(trees[i]!.root.calls)), read };
}

test(
  'the call tree of a program without recursion is the one that it writes down itself',
  async () => {
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(callPrograms(false), async ({ text }) => {
        const { real, read } = await bothTrees(text, [1, 2, 3]);
        calls += real.join().split('f').length;
        expect(read).toEqual(real);
      }),
      { numRuns: RUNS },
    );
    expect(calls / RUNS).toBeGreaterThan(10);
  },
  Math.max(120_000, RUNS * 500),
);

test(
  'with recursion most trees are the real ones, and each has every call in its order',
  async () => {
    let [trees, exact] = [0, 0];
    await fc.assert(
      fc.asyncProperty(callPrograms(true), async ({ text }) => {
        const { real, read } = await bothTrees(text, [1, 2, 3]);
        const names = (tree: string): string => tree.replace(/[^f\d]+/g, ' ').trim();
        expect(read.map(names)).toEqual(real.map(names));
        trees += real.length;
        exact += read.filter((tree, i) => tree === real[i]).length;
      }),
      { numRuns: RUNS },
    );
    expect(exact / trees).toBeGreaterThan(0.7);
  },
  Math.max(120_000, RUNS * 500),
);

/** What a run does, as its own lines and the trees of what it calls. */
async function detail(text: string, inputs: readonly unknown[], globals = {}): Promise<DetailChunk> {
  return chunksOf(await measure({ name: 'program.js', text }, inputs, globals)).get(
    'details-0',
  ) as DetailChunk;
}

test('steps are the lines of a call in their order, and turns of a loop are folded', async () => {
  const text = `exports.run = function run(n) {
  for (let i = 0; i < n; i++) {
    if (i % 2)
      helper(i);
    else
      n--;
  }
};
function helper(i) {
  return i > 100 ?
    1 :
    2;
}
`;
  const { inputs, calls, functions } = await detail(text, [40]);
  const [run] = calls.filter(({ fn }) => functions[fn]!.name === 'run');
  expect(inputs[0]!.sections[0]!.steps).toEqual([{ call: calls.indexOf(run!) }]);
  expect(run!.steps).toContainEqual({ times: 13, steps: [3, 6, 3, 4, { call: 0 }] });
  expect(functions.map(({ name, file, line }) => [name, file, line])).toEqual([
    ['helper', 0, 9],
    ['run', 0, 1],
  ]);
  expect(calls[0]).toEqual({ fn: 0, steps: [12] });
});

test('what goes on without being called is named so', async () => {
  const text = `async function wait(n) {
  await null;
  done(n);
}
function done(n) { return n; }
exports.run = (n) => { const first = wait(n); other(); return first; };
function other() {}
`;
  const { functions, inputs, calls } = await detail(text, [1]);
  const [section] = inputs[0]!.sections;
  expect(written(treeOf({ inputs, calls, functions }, 0))).toBe(
    'exports.run(wait, other), wait (resumed)(done)',
  );
  expect(section!.cut).toBeUndefined();
});

test('a generator goes on in whoever asks it', async () => {
  const text = `function* count(n) {
  for (let i = 0; i < n; i++) {
    yield i;
    step(i);
  }
}
function step(i) { return i; }
function use(i) { return i; }
exports.run = (n) => { for (const i of count(n)) use(i); use(0); };
`;
  const chunk = await detail(text, [2]);
  const turn = 'count (resumed)(step)';
  expect(written(treeOf(chunk, 0))).toBe(`exports.run(count, use, ${turn}, use, ${turn}, use)`);
});

test('default values are evaluated in the call that they belong to', async () => {
  const text = `function base() { return 10; }
function digit(n, radix = base(), list = [n]) { return n < radix ? list : 0; }
exports.run = (n) => { digit(n); digit(n, 2); digit(n); };
`;
  const chunk = await detail(text, [2]);
  expect(written(treeOf(chunk, 0))).toBe('exports.run(digit(base), digit, digit(base))');
});

test('equal calls stand in a chunk once, whichever inputs make them', async () => {
  const text =
    'exports.run = (n) => { for (let i = 0; i < n; i++) f(i); };\nfunction f(i) { return i ? 1 : 2; }\n';
  const { calls, functions } = await detail(text, [3, 3, 3, 9]);
  expect(calls.map(({ fn }) => functions[fn]!.name).sort()).toEqual(['exports.run', 'exports.run', 'f']);
});

test('calls nested deeper than a thousand are left out, with a word', async () => {
  const text = 'exports.run = function down(n) { return n ? down(n - 1) : 0; };\n';
  const { inputs, calls } = await detail(text, [999, 1000]);
  expect(inputs[0]!.sections[0]!.cut).toBeUndefined();
  expect(inputs[1]!.sections[0]!.cut).toBe('calls nested deeper than 1000 are left out');
  // The calls of the first, and those of the second as far as they are shown.
  expect(calls).toHaveLength(1000);
});

test('folding loses nothing, and what repeats itself becomes short', () => {
  const run = fc.record({ steps: fc.array(fc.nat(3), { minLength: 1, maxLength: 16 }), times: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), (runs) => {
      const steps = runs.flatMap(({ steps, times }) => Array.from({ length: times }, () => steps).flat());
      const folds = new Folds();
      const open = (list: readonly number[]): number[] =>
        list.flatMap((step) => {
          if (step >= 0) return [step];
          const { times, steps } = folds.at(step);
          return Array.from({ length: times }, () => open(steps)).flat();
        });
      expect(open(folds.fold(steps))).toEqual(steps);
    }),
  );
  const turns = Array.from({ length: 1000 }, () => [1, 2, 2, 2, 2, 3, 4]).flat();
  expect(new Folds().fold(turns)).toHaveLength(1);
  expect([...unfolded([{ times: 2, steps: [1, { times: 3, steps: [2] }] }])]).toEqual([
    1, 2, 2, 2, 1, 2, 2, 2,
  ]);
});

test('a function and an input that are named like what all objects have are as any other', async () => {
  const text =
    'exports.run = { __proto__(n) { return constructor(n); } }.__proto__;\nfunction constructor(n) { return n ? 1 : 2; }\n';
  const { functions, calls, inputs } = await detail(text, [1]);
  expect(written(treeOf({ functions, calls, inputs }, 0))).toBe('__proto__(constructor)');
});
