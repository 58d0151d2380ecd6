import { expect, test } from 'vitest';
import type { FindingRecord } from '../../../harness/findings/record.ts';
import { replayCommand } from '../../../harness/report/model/commands.ts';
import { operandsOf } from '../../../harness/report/model/operands.ts';
import { pageOf } from '../../../harness/report/model/page.ts';
import type { FunctionTable, InputTable } from '../../../harness/report/page/data.ts';
import { chunksOf, type Measurement, measure } from './measuring.ts';

const TEXT = 'exports.run = (n) => {\n  if (n > 1) throw new Error(n);\n  return n;\n};\n';
const context = {
  target: './my target.mjs',
  command: 'kcovjs report',
  replay: "kcovjs replay './my target.mjs'",
  made: new Date(0),
  generator: 'kcovjs 1',
};

const record = (path: string): FindingRecord => ({
  version: 1,
  folder: '/corpus.findings/__proto__',
  file: '/corpus.findings/__proto__/input',
  inputs: [],
  title: 'Error: 5',
  kind: 'error',
  target: 'x',
  count: 3,
  reproduced: 10,
  examined: true,
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-02T00:00:00.000Z',
  stack: [
    `at run (${path}:2:20)`,
    `at async file://${path}:4:1`,
    'at elsewhere (/other.js:1:1)',
    'at <anonymous>',
  ],
  command: 'kcovjs replay x y',
});

/** The same with a finding, and its input behind those of the corpus. */
function withFinding({ measured, sources, coverage, path }: Measurement) {
  const fault = { kind: 'error' as const, error: { name: 'Error', message: 'a\nb', stack: [] } };
  const own = { ...measured.inputs[0]!, path: '/corpus.findings/x', finding: '__proto__', fault };
  const inputs = [{ ...measured.inputs[0]!, fault }, ...measured.inputs.slice(1), own];
  const past = {
    findings: [record(path)],
    history: [{ start: 0, points: [{ seconds: 1, covered: 2, inputs: 3, executions: 4 }] }],
  };
  return pageOf({ ...measured, inputs, notes: ['a note'] }, past, context, sources, coverage);
}

test('the index has the target, its inputs, findings with where their stacks are, and the history', async () => {
  const measurement = await measure({ name: '__proto__.js', text: TEXT }, [1, 5]);
  const { index } = withFinding(measurement);
  expect(index).toMatchObject({ version: 1, target: './my target.mjs', made: '1970-01-01T00:00:00.000Z' });
  expect(index.files.map(({ path }) => path)).toEqual(['__proto__.js']);
  expect(index.inputs).toEqual({ count: 2, findings: 1, failed: 1, bytes: 3 });
  expect(index.detailed).toEqual([0, 1]);
  expect(index.notes).toEqual(['a note']);
  expect(index.history).toEqual([
    { start: '1970-01-01T00:00:00.000Z', points: [{ seconds: 1, covered: 2, inputs: 3, executions: 4 }] },
  ]);
  const [finding] = index.findings;
  expect(finding).toMatchObject({ slug: '__proto__', title: 'Error: 5', count: 3, reproduced: 10, input: 2 });
  expect(finding!.stack.map(({ file, line }) => [file, line])).toEqual([
    [0, 2],
    [0, 4],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('chunks have what the index promises', async () => {
  const measurement = await measure({ name: 'program.js', text: TEXT }, [1, 5]);
  const chunks = chunksOf({ ...measurement, page: withFinding(measurement) });
  expect([...chunks.keys()]).toEqual(['file-0', 'functions', 'inputs-0', 'details-0']);
  const { pcs, ...functions } = chunks.get('functions') as FunctionTable;
  expect(functions).toEqual({ names: ['exports.run'], files: [0], lines: [1], calls: [2] });
  expect(pcs).toEqual([[4, 4]]);
  const inputs = chunks.get('inputs-0') as InputTable;
  expect(inputs.names).toEqual(['0', '1', 'x']);
  expect(inputs.faults).toEqual({ 0: 'Error: a b', 2: 'Error: a b' });
  expect(chunks.get('details-0')).toMatchObject({
    inputs: {
      1: { path: 'corpus/1', size: 2, data: 'AAA=', command: "kcovjs replay './my target.mjs' corpus/1" },
    },
  });
});

test('chunks are made when they are asked for', async () => {
  const { page } = await measure({ name: 'program.js', text: TEXT }, [1]);
  const [first] = page.chunks;
  expect(first!.name).toBe('file-0');
});

test.each([
  ['in/x', 'kcovjs replay a.mjs in/x'],
  ["it's", "kcovjs replay a.mjs 'it'\\''s'"],
  ['$(reboot)\n', "kcovjs replay a.mjs '$(reboot)\n'"],
  ['--all', 'kcovjs replay a.mjs ./--all'],
])('a command runs again what it names: %s', (input, expected) => {
  expect(replayCommand('kcovjs replay a.mjs', input)).toBe(expected);
});

const shown = (left: unknown, right: unknown): string[] => {
  const value = (value: unknown) => ({ value: value as number, constant: false });
  const operands = operandsOf(value(left), value(right));
  return [operands.left.value, operands.right.value];
};

test('operands are shown as they would be written, long ones around their first difference', () => {
  expect(shown(1.5, -0)).toEqual(['1.5', '-0']);
  expect(shown(10n, Number.NaN)).toEqual(['10n', 'NaN']);
  expect(shown('a"\n', 'b')).toEqual(['"a\\"\\n"', '"b"']);
  expect(shown(Uint8Array.of(0x7f, 0x45), new Uint8Array(0))).toEqual(['7f 45', '']);
  const [long, other] = shown(`${'a'.repeat(500)}b${'c'.repeat(500)}`, 'a'.repeat(502));
  expect(long).toBe(`…"aaab${'c'.repeat(56)}"…`);
  expect(other).toBe(`…"${'a'.repeat(60)}"`);
  const [bytes] = shown(new Uint8Array(100), new Uint8Array(50).fill(0).fill(9, 40));
  expect(bytes).toBe(`… ${'00 '.repeat(20)}…`);
});
