import { inputName } from '../../../harness/inputs.ts';
import type { CoverageRecord, RecordedFile } from '../../../harness/report/compare/record.ts';
import fc from '../../fast-check.ts';

/** A file of which each line that begins with `+` is covered, by the inputs that stand behind it, and with `-` is not. */
export function fileOf(path: string, lines: readonly string[], inputs: readonly string[]): RecordedFile {
  const code = lines.flatMap((line, i) => {
    const [, sign, names] = /^([+-])[^@]*@?(.*)$/.exec(line) ?? [];
    const smallest = (names ?? '')
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => inputs.indexOf(name));
    return sign === undefined
      ? []
      : [{ line: i + 1, hits: sign === '+' ? smallest.length + 1 : 0, smallest }];
  });
  return {
    path,
    // What is covered, and by whom, is no part of the text.
    text: lines.map((line) => line.replace(/^[+-]/, '').replace(/@.*/, '')).join('\n'),
    lines: {
      line: code.map(({ line }) => line),
      hits: code.map(({ hits }) => hits),
      smallest: code.map(({ smallest }) => smallest),
    },
    functions: { name: [], line: [], calls: [], smallest: [] },
    branches: { type: [], line: [], column: [], arm: [], hits: [] },
  };
}

export function recordOfFiles(
  files: Readonly<Record<string, readonly string[]>>,
  inputs: readonly string[] = [],
): CoverageRecord {
  const recorded = Object.entries(files).map(([path, lines]) => fileOf(path, lines, inputs));
  const hits = recorded.flatMap(({ lines }) => lines.hits);
  const none = [0, 0] as [number, number];
  return {
    format: 'kcovjs record',
    version: 1,
    target: 'fuzz.mjs',
    made: '2026-01-01T00:00:00.000Z',
    totals: {
      statements: none,
      branches: none,
      functions: none,
      lines: [hits.filter((one) => one > 0).length, hits.length],
      pcs: none,
    },
    inputs: {
      names: inputs.map((name) => `corpus/${name}`),
      sizes: inputs.map(({ length }) => length),
      ids: inputs.map((name) => inputName(Buffer.from(name))),
    },
    files: recorded,
  };
}

const INPUTS = ['a', 'bb', 'ccc', 'dddd'];

/** Few different lines, so that two revisions have many in common. */
const line = fc
  .tuple(fc.constantFrom('', '+', '-'), fc.constantFrom('x', 'y', 'z', '}'), fc.subarray(INPUTS))
  .map(([sign, text, inputs]) => (sign === '+' ? `+${text}@${inputs.join(' ')}` : sign + text));

const withCounts = fc.array(
  fc.record({ name: fc.constantFrom('f', 'g'), line: fc.integer({ min: 1, max: 6 }), calls: fc.nat(2) }),
  { maxLength: 5 },
);

export const anyRecord: fc.Arbitrary<CoverageRecord> = fc
  .tuple(
    fc.dictionary(fc.constantFrom('a.js', 'b.js', 'lib/c.ts', 'd.js'), fc.array(line, { maxLength: 14 })),
    withCounts,
    fc.subarray(INPUTS),
  )
  .map(([files, counts, kept]) => {
    const record = recordOfFiles(files, INPUTS);
    for (const file of record.files) {
      file.functions = {
        name: counts.map(({ name }) => name),
        line: counts.map((one) => one.line),
        calls: counts.map(({ calls }) => calls),
        smallest: counts.map(() => []),
      };
      file.branches = {
        type: counts.map(() => 'if'),
        line: counts.map((one) => one.line),
        column: counts.map(() => 1),
        arm: counts.map((_, i) => i),
        hits: counts.map(({ calls }) => calls),
      };
    }
    record.inputs.ids = record.inputs.ids.map((id, i) => (kept.includes(INPUTS[i]!) ? id : `other ${i}`));
    return record;
  });
